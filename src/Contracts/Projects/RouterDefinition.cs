using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects;

/// <summary>
/// A router (esp-router): its routes take events of windows of some engines, chosen by patterns, to destinations, which publish them
/// into windows or write them to files. It is read, checked, drawn and kept; this version does not run it.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="Engines">The engines it connects, in document order.</param>
/// <param name="Destinations">Where events go, in document order.</param>
/// <param name="Routes">Which events go where, in document order.</param>
/// <param name="Content">The whole element in canonical form.</param>
/// <param name="Position">Where it stands.</param>
public sealed record RouterDefinition(
    string Name,
    ImmutableArray<RouterPart> Engines,
    ImmutableArray<RouterPart> Destinations,
    ImmutableArray<RouteDefinition> Routes,
    string Content,
    TextPosition Position);

/// <summary>An engine or a destination of a router.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Its element's name, as publish-destination.</param>
/// <param name="Position">Where it stands.</param>
public sealed record RouterPart(string Name, string Kind, TextPosition Position);

/// <summary>A route of a router.</summary>
/// <param name="Name">Its name.</param>
/// <param name="To">Names of destinations.</param>
/// <param name="Patterns">Regular expressions by element name, as window-expr: what of each level it takes.</param>
/// <param name="Position">Where it stands.</param>
public sealed record RouteDefinition(
    string Name, ImmutableArray<string> To, ImmutableSortedDictionary<string, ExpressionText> Patterns, TextPosition Position);
