using System.Collections.Immutable;

namespace Lockstep.Manager.Web.Deployments;

/// <summary>How a member's deaths were; immutable.</summary>
/// <param name="Deaths">When it died, oldest first; those within the window.</param>
/// <param name="EarlyInARow">Deaths shortly after the start, since it last lived for long.</param>
/// <param name="RetryAt">When it may be started again.</param>
/// <param name="GaveUp">Why nothing more is tried; null while something is.</param>
internal sealed record RestartHistory(
    ImmutableArray<DateTimeOffset> Deaths, int EarlyInARow, DateTimeOffset RetryAt, string? GaveUp)
{
    /// <summary>No deaths.</summary>
    public static RestartHistory None { get; } = new([], 0, DateTimeOffset.MinValue, null);
}

/// <summary>Decides when a member that died is started again, and when not any more; pure.</summary>
internal static class RestartPolicy
{
    /// <summary>A process that lived longer has started well: its death says nothing about the next.</summary>
    public static readonly TimeSpan LongLife = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Wait before the first restart; it doubles with each early death. Long enough that the start of the new process, which
    /// costs a core for a second, does not take the processor from the member that is just taking over.
    /// </summary>
    public static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>The window in which deaths are counted.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    /// <summary>Early deaths in a row after which it is given up.</summary>
    public const int EarlyLimit = 12;

    /// <summary>Deaths in the window after which it is given up.</summary>
    public const int WindowLimit = 200;

    private const int InvalidModel = 1;
    private const int Usage = 2;

    /// <summary>The history after one more death.</summary>
    /// <param name="history">Before it.</param>
    /// <param name="startedAt">When the process was started.</param>
    /// <param name="diedAt">When it died.</param>
    /// <param name="exitCode">Its exit code (128 + signal); null when nobody knows.</param>
    public static RestartHistory After(
        RestartHistory history, DateTimeOffset startedAt, DateTimeOffset diedAt, int? exitCode)
    {
        if (exitCode is InvalidModel or Usage)
        {
            return history with { GaveUp = $"it ended with exit code {exitCode}: its model or command line is refused (see its log)" };
        }

        var deaths = history.Deaths.RemoveAll(at => at < diedAt - Window).Add(diedAt);
        var early = diedAt - startedAt >= LongLife ? 0 : history.EarlyInARow + 1;
        var wait = early == 0 ? FirstWait : FirstWait * Math.Pow(2, Math.Min(early - 1, 20));
        var gaveUp = early >= EarlyLimit
            ? $"it died {early} times in a row shortly after its start"
            : deaths.Length >= WindowLimit
                ? $"it died {deaths.Length} times in {Window.TotalMinutes:F0} minutes"
                : null;
        return new RestartHistory(deaths, early, diedAt + (wait < LongestWait ? wait : LongestWait), gaveUp);
    }
}
