using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects;

/// <summary>function-context: what a functional window, an event loop or a url publisher computes.</summary>
public sealed record FunctionContextDefinition
{
    /// <summary>Nothing.</summary>
    public static FunctionContextDefinition Empty { get; } = new();

    /// <summary>Properties in document order: used as <c>#name</c>.</summary>
    public ImmutableArray<ContextPropertyDefinition> Properties { get; init; } = [];

    /// <summary>Regular expressions by name: used as <c>#name</c>.</summary>
    public ImmutableArray<FunctionDefinition> Expressions { get; init; } = [];

    /// <summary>Functions in document order: results are used as <c>$name</c>.</summary>
    public ImmutableArray<FunctionDefinition> Functions { get; init; } = [];

    /// <summary>True when there is nothing in it.</summary>
    public bool IsEmpty => Properties.IsEmpty && Expressions.IsEmpty && Functions.IsEmpty;
}

/// <summary>A function: computes the field of its name, or a variable.</summary>
/// <param name="Name">Field or variable.</param>
/// <param name="Body">Code in the functional language; for a regular expression its text.</param>
public sealed record FunctionDefinition(string Name, ExpressionText Body);

/// <summary>What a property of a function context is made into.</summary>
public enum ContextPropertyKind
{
    /// <summary>property-string.</summary>
    Text,

    /// <summary>property-list.</summary>
    List,

    /// <summary>property-set.</summary>
    Set,

    /// <summary>property-map.</summary>
    Map,

    /// <summary>property-xml.</summary>
    Xml,

    /// <summary>property-json.</summary>
    Json,
}

/// <summary>A property of a function context.</summary>
/// <param name="Name">Used as <c>#name</c>.</param>
/// <param name="Kind">What it is made into.</param>
/// <param name="Body">Gives its text: code in the functional language.</param>
/// <param name="Delimiter">What stands between items of a list, set or map.</param>
/// <param name="InnerDelimiter">What stands between key and value of a map.</param>
public sealed record ContextPropertyDefinition(
    string Name, ContextPropertyKind Kind, ExpressionText Body, string Delimiter = ",", string InnerDelimiter = "=");

/// <summary>What an event loop goes over.</summary>
public enum EventLoopKind
{
    /// <summary>event-loop-xml.</summary>
    Xml,

    /// <summary>event-loop-json.</summary>
    Json,

    /// <summary>event-loop-regex.</summary>
    Regex,
}

/// <summary>An event loop: one output event for each part of a document or text.</summary>
/// <param name="Kind">What it goes over.</param>
/// <param name="Name">Its name; may be empty.</param>
/// <param name="Data">Name under which the part is seen, as <c>$data</c>; empty for none.</param>
/// <param name="Use">Gives the document or text: use-xml, use-json or use-text.</param>
/// <param name="Path">XPath, JSON path or regular expression that finds the parts.</param>
/// <param name="Group">Group of the regular expression that is the part; 0 for the whole match.</param>
/// <param name="Context">What is computed for each part.</param>
public sealed record EventLoopDefinition(
    EventLoopKind Kind, string Name, string Data, ExpressionText Use, ExpressionText Path, int Group, FunctionContextDefinition Context);
