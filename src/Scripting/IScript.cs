namespace Lockstep.Scripting;

/// <summary>
/// A loaded script with its state. Values that go in and out are null, bool, long, double, string, byte[], lists
/// (<see cref="List{T}"/> of object) and maps (<see cref="Dictionary{TKey,TValue}"/> of string and object). One thread at a
/// time. Equal code given equal calls, times and draws gives equal results and states on every machine.
/// </summary>
public interface IScript : IDisposable
{
    /// <summary>What of its state <see cref="SaveState"/> had to leave out at the last call; null for nothing.</summary>
    string? Omitted { get; }

    /// <summary>True when it has a function of that name.</summary>
    /// <exception cref="ScriptException">It does not load.</exception>
    bool Has(string function);

    /// <summary>Calls a function.</summary>
    /// <param name="function">Its name.</param>
    /// <param name="results">How many results are wanted: 1 gives the first, more a list of so many.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <exception cref="ScriptException">It failed, or there is no such function.</exception>
    object? Call(string function, int results, params object?[] arguments);

    /// <summary>Calls a function once for each set of arguments, in order; for few round trips.</summary>
    /// <returns>One a call: its first result, or the <see cref="ScriptException"/> it ended with.</returns>
    object?[] CallEach(string function, IReadOnlyList<object?[]> calls);

    /// <summary>Its state, to be put back by <see cref="LoadState"/>.</summary>
    byte[] SaveState();

    /// <summary>Bytes that are equal for equal states.</summary>
    byte[] StateDigest();

    /// <summary>Replaces its state by one that the same code saved.</summary>
    /// <exception cref="ScriptException">It is not one.</exception>
    void LoadState(byte[] state);
}
