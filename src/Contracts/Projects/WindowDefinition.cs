using System.Collections.Immutable;
using Lockstep.Contracts.Events;

namespace Lockstep.Contracts.Projects;

/// <summary>A window as the model has it; one record type a kind. Schema and index are resolved by the reader.</summary>
public abstract record WindowDefinition
{
    /// <summary>Name, unique in the continuous query.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// The schema of what leaves the window; null only where the reader could not make one (a problem is reported then).
    /// Kinds without an own schema (copy, filter) have their input's.
    /// </summary>
    public Schema? Schema { get; init; }

    /// <summary>The primary index, looked up in window, continuous query, project; hash when none says otherwise.</summary>
    public IndexKind Index { get; init; } = IndexKind.Hash;

    /// <summary>Attribute pubsub-index: rows of a window without index are kept for subscribers that start late; null without it.</summary>
    public IndexKind? PubSubIndex { get; init; }

    /// <summary>The index that subscribers see: the window's own, else pubsub-index.</summary>
    public IndexKind SnapshotIndex => Index != IndexKind.Empty ? Index : PubSubIndex ?? IndexKind.Empty;

    /// <summary>True when the window may be published to and subscribed, by project and window attribute pubsub.</summary>
    public bool IsPubSub { get; init; } = true;

    /// <summary>Attribute output-insert-only.</summary>
    public bool OutputInsertOnly { get; init; }

    /// <summary>Attribute collapse-updates.</summary>
    public bool CollapseUpdates { get; init; }

    /// <summary>Attribute produces-only-inserts.</summary>
    public bool ProducesOnlyInserts { get; init; }

    /// <summary>The window's splitter; null for none.</summary>
    public SplitterDefinition? Splitter { get; init; }

    /// <summary>Its connectors.</summary>
    public ImmutableArray<ConnectorDefinition> Connectors { get; init; } = [];

    /// <summary>Its description; null for none.</summary>
    public string? Description { get; init; }

    /// <summary>Where it stands.</summary>
    public TextPosition Position { get; init; }

    /// <summary>Its kind as in the element name: source for window-source.</summary>
    public abstract string Kind { get; }

    /// <summary>True: the kind has no schema of its own in the model; <see cref="SchemaFrom"/> makes it.</summary>
    public virtual bool DerivesSchema => false;

    /// <summary>True: without an edge into it nothing ever leaves it.</summary>
    public virtual bool NeedsInput => true;

    /// <summary>True: its inputs may have different schemas.</summary>
    public virtual bool TakesDifferentInputs => false;

    /// <summary>The code of what <see cref="SchemaFrom"/> reports.</summary>
    internal virtual string SchemaProblemCode => ProblemCode.InvalidSchema;

    /// <summary>The schema that follows from the inputs; only for kinds that derive it.</summary>
    /// <param name="inputs">The windows in front of it, one an edge in document order; all have schemas.</param>
    /// <param name="report">Told why there is none.</param>
    /// <returns>Null: it was reported.</returns>
    internal virtual Schema? SchemaFrom(ImmutableArray<WindowInput> inputs, Action<string> report) => inputs[0].Schema;
}

/// <summary>A window in front of another, by the edge between them.</summary>
/// <param name="Window">Its name.</param>
/// <param name="Role">The edge's role; empty for none.</param>
/// <param name="Schema">Its schema; null where it has none.</param>
internal readonly record struct WindowInput(string Window, string Role, Schema? Schema);

/// <summary>An expression with the place where it stands, so that messages can say where.</summary>
/// <param name="Text">The text, trimmed.</param>
/// <param name="Position">Where it begins.</param>
public sealed record ExpressionText(string Text, TextPosition Position);

/// <summary>A user function (udf) of a window.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its return type as text.</param>
/// <param name="Body">Its code.</param>
public sealed record UserFunctionDefinition(string Name, string Type, ExpressionText Body);

/// <summary>expr-initialize: code run once, and user functions.</summary>
/// <param name="Initializer">Code that declares variables; null for none or an empty one.</param>
/// <param name="Functions">User functions.</param>
public sealed record ExpressionInitializer(ExpressionText? Initializer, ImmutableArray<UserFunctionDefinition> Functions);

/// <summary>splitter-expr: gives each output event the number of the slot whose edges it takes.</summary>
/// <param name="Initializer">Variables and functions; null for none.</param>
/// <param name="Expression">The expression over the output fields.</param>
public sealed record SplitterDefinition(ExpressionInitializer? Initializer, ExpressionText Expression)
{
    /// <summary>splitter-lua: the script that gives the slot instead of the expression; null for none.</summary>
    public ScriptDefinition? Script { get; init; }

    /// <summary>The function of the script that is called for each event.</summary>
    public string Function { get; init; } = "";
}

/// <summary>window-source.</summary>
public sealed record SourceWindowDefinition : WindowDefinition
{
    /// <summary>Accepts only inserts.</summary>
    public bool InsertOnly { get; init; }

    /// <summary>Makes the key: int64 from 0, or text.</summary>
    public bool AutogenKey { get; init; }

    /// <summary>Its retention; null for none.</summary>
    public RetentionDefinition? Retention { get; init; }

    /// <inheritdoc/>
    public override string Kind => "source";

    /// <inheritdoc/>
    public override bool NeedsInput => false;
}

/// <summary>window-copy.</summary>
public sealed record CopyWindowDefinition : WindowDefinition
{
    /// <summary>Its retention; null for none.</summary>
    public RetentionDefinition? Retention { get; init; }

    /// <inheritdoc/>
    public override string Kind => "copy";

    /// <inheritdoc/>
    public override bool DerivesSchema => true;
}

/// <summary>window-filter with an expression.</summary>
public sealed record FilterWindowDefinition : WindowDefinition
{
    /// <summary>Variables and functions; null for none.</summary>
    public ExpressionInitializer? Initializer { get; init; }

    /// <summary>Events for which it is true pass.</summary>
    public required ExpressionText Expression { get; init; }

    /// <inheritdoc/>
    public override string Kind => "filter";

    /// <inheritdoc/>
    public override bool DerivesSchema => true;
}

/// <summary>window-compute with expressions.</summary>
public sealed record ComputeWindowDefinition : WindowDefinition
{
    /// <summary>Variables and functions; null for none.</summary>
    public ExpressionInitializer? Initializer { get; init; }

    /// <summary>One expression a non-key field, in schema order.</summary>
    public required ImmutableArray<ExpressionText> Expressions { get; init; }

    /// <inheritdoc/>
    public override string Kind => "compute";
}

/// <summary>window-calculate.</summary>
public sealed record CalculateWindowDefinition : WindowDefinition
{
    /// <summary>Summary, Correlation, ...</summary>
    public required string Algorithm { get; init; }

    /// <summary>Parameters by name, as text.</summary>
    public ImmutableSortedDictionary<string, string> Parameters { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Input role to field name(s).</summary>
    public ImmutableSortedDictionary<string, string> InputMap { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Output role to field name(s).</summary>
    public ImmutableSortedDictionary<string, string> OutputMap { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <inheritdoc/>
    public override string Kind => "calculate";
}

/// <summary>A window of a kind that this version reads and draws but does not run.</summary>
/// <param name="KindName">Its kind as in the element name.</param>
/// <param name="Reason">Why it does not run, for the message.</param>
public sealed record UnsupportedWindowDefinition(string KindName, string Reason) : WindowDefinition
{
    /// <summary>The whole element in canonical form, so that nothing of the model is lost or left out of its digest.</summary>
    public string Content { get; init; } = "";

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <inheritdoc/>
    public override bool DerivesSchema => KindName is "union" or "filter" or "copy";
}
