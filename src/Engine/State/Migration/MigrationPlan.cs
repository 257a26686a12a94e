using System.Collections.Immutable;

namespace Lockstep.Engine.State.Migration;

/// <summary>What becomes of a window's state.</summary>
public enum MigrationOutcome
{
    /// <summary>Taken over as it is.</summary>
    Kept,

    /// <summary>Taken over row by row into the new schema or retention.</summary>
    Adapted,

    /// <summary>The window holds no state.</summary>
    Stateless,

    /// <summary>Starts empty, as was decided.</summary>
    StartedEmpty,

    /// <summary>The window is gone, and its state with it.</summary>
    Dropped,

    /// <summary>No rule carries it over, and nothing was decided.</summary>
    NotPossible,
}

/// <summary>What becomes of one window's state.</summary>
/// <param name="Window"><c>contquery/window</c>.</param>
/// <param name="Outcome">What.</param>
/// <param name="Reason">Why, as a sentence.</param>
public sealed record WindowMigration(string Window, MigrationOutcome Outcome, string Reason);

/// <summary>What becomes of the state of all windows: those of the new version in the order of its model, then those that are gone.</summary>
/// <param name="Windows">Window by window.</param>
public sealed record MigrationPlan(ImmutableArray<WindowMigration> Windows)
{
    /// <summary>False: for some window neither a rule nor a choice says what to do.</summary>
    public bool IsPossible => Windows.All(w => w.Outcome != MigrationOutcome.NotPossible);

    /// <summary>Every window that prevents it, as sentences; empty when it is possible.</summary>
    public string Problem => string.Join(" ", Windows.Where(w => w.Outcome == MigrationOutcome.NotPossible)
        .Select(w => $"{w.Window}: {w.Reason}"));
}
