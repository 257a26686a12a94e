namespace Lockstep.Engine.Execution;

/// <summary>Names a window of a running project without text; in reports also a snippet of scripts, which is in no query.</summary>
/// <param name="Query">Index of the continuous query in the model, from 0; -1 for a snippet.</param>
/// <param name="Window">Index of the window in its query in the model, from 0; of a snippet among those that run.</param>
public readonly record struct WindowId(int Query, int Window)
{
    /// <summary>True for a snippet.</summary>
    public bool IsSnippet => Query < 0;

    /// <summary>The id of a snippet.</summary>
    internal static WindowId OfSnippet(int index) => new(-1, index);
}
