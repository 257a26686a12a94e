namespace Lockstep.Engine.Windows;

/// <summary>
/// What can leave a window, known when the graph is built. Windows after it keep rows only where their output can
/// depend on them: that changes no result, only memory.
/// </summary>
/// <param name="InsertOnly">Nothing but Insert.</param>
/// <param name="Resolved">Nothing but Insert, update block with its delete, and Delete with the stored
/// values.</param>
/// <param name="UniqueKeys">An Insert's key never exists already.</param>
internal readonly record struct WindowTraits(bool InsertOnly, bool Resolved, bool UniqueKeys)
{
    /// <summary>What leaves a window that keeps its rows by key.</summary>
    public static WindowTraits OfStore { get; } = new(InsertOnly: false, Resolved: true, UniqueKeys: true);

    /// <summary>What can come over several edges.</summary>
    public static WindowTraits Merge(IReadOnlyList<WindowTraits> inputs) => inputs.Count == 1
        ? inputs[0]
        : new(inputs.All(i => i.InsertOnly), inputs.All(i => i.Resolved), UniqueKeys: false);
}
