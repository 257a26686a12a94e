using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects;

/// <summary>window-pattern: finds sequences of events; each match is one Insert under a made int64 key.</summary>
public sealed record PatternWindowDefinition : WindowDefinition
{
    /// <summary>Its patterns, each run on its own, in document order.</summary>
    public required ImmutableArray<PatternDefinition> Patterns { get; init; }

    /// <inheritdoc/>
    public override string Kind => "pattern";

    /// <inheritdoc/>
    public override bool TakesDifferentInputs => true;
}

/// <summary>A pattern.</summary>
/// <param name="Name">Its name; empty for none.</param>
/// <param name="IsActive">False: it is not run.</param>
/// <param name="Index">Fields whose values keep instances apart; empty for none.</param>
/// <param name="Events">Its events by name.</param>
/// <param name="LogicText">The logic as text.</param>
/// <param name="Logic">The logic; null when it could not be read, which was reported.</param>
/// <param name="Output">One entry for each field that is no key, in schema order.</param>
/// <param name="TimeFields">The clock, by source; empty for stream time.</param>
/// <param name="Position">Where it stands.</param>
public sealed record PatternDefinition(
    string Name,
    bool IsActive,
    ImmutableArray<string> Index,
    ImmutableArray<PatternEventDefinition> Events,
    ExpressionText LogicText,
    PatternLogic? Logic,
    ImmutableArray<PatternOutputDefinition> Output,
    ImmutableArray<PatternTimeField> TimeFields,
    TextPosition Position)
{
    /// <summary>The script whose functions test the events; null: they are tested by expressions.</summary>
    public ScriptDefinition? Script { get; init; }

    /// <summary>The function of the script that makes a match's event; null: <see cref="Output"/> makes it.</summary>
    public string? OutputFunction { get; init; }
}

/// <summary>An event of interest.</summary>
/// <param name="Name">Its name in the logic.</param>
/// <param name="Source">The window it comes from; empty for the only one.</param>
/// <param name="Expression">What must be true of it; names that are no fields are variables of the instance.</param>
/// <param name="Position">Where it stands.</param>
public sealed record PatternEventDefinition(string Name, string Source, ExpressionText Expression, TextPosition Position)
{
    /// <summary>The function of the pattern's script that tests it; null: the expression does.</summary>
    public string? Function { get; init; }
}

/// <summary>The value of one output field.</summary>
/// <param name="Event">The event whose fields it sees; empty for none.</param>
/// <param name="Field">The field to copy; null when there is an expression.</param>
/// <param name="Expression">The expression, empty for null; null when there is a field.</param>
/// <param name="Position">Where it stands.</param>
public sealed record PatternOutputDefinition(string Event, string? Field, ExpressionText? Expression, TextPosition Position);

/// <summary>The field that is the clock of a source's events.</summary>
/// <param name="Source">The window.</param>
/// <param name="Field">A date or stamp field of it.</param>
/// <param name="Position">Where it stands.</param>
public sealed record PatternTimeField(string Source, string Field, TextPosition Position);
