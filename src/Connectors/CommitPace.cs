namespace Lockstep.Connectors;

/// <summary>
/// How long a writer gathers before its next commit. Every commit costs the brokers a dozen requests, whatever its size, so a
/// writer that finds them slow (long commits) leaves them half as much time again: fewer and larger commits, and the
/// processor free for whoever is taking over.
/// </summary>
internal static class CommitPace
{
    /// <summary>No writer gathers longer than this.</summary>
    public static readonly TimeSpan MostLinger = TimeSpan.FromMilliseconds(20);

    /// <summary>The wait after a commit that took so long.</summary>
    /// <param name="commit">How long the last commit took.</param>
    /// <param name="least">The wait on quick brokers.</param>
    public static TimeSpan LingerAfter(TimeSpan commit, TimeSpan least) =>
        TimeSpan.FromTicks(Math.Max(least.Ticks, Math.Min(commit.Ticks / 2, MostLinger.Ticks)));
}
