using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects;

/// <summary>Which way a connector moves events.</summary>
public enum ConnectorDirection
{
    /// <summary>Into a window (pub).</summary>
    Publish,

    /// <summary>Out of a window (sub).</summary>
    Subscribe,
}

/// <summary>A connector of a window, as the model has it: properties are text and keep their order and names.</summary>
/// <param name="Class">fs, kafka, adapter, ...</param>
/// <param name="Name">Its name; made up (<c>connector1</c>) when the model has none.</param>
/// <param name="Direction">From the property or attribute <c>type</c>.</param>
/// <param name="IsActive">False: never started.</param>
/// <param name="Properties">All properties by name, <c>type</c> too; values trimmed.</param>
/// <param name="Position">Where it stands.</param>
public sealed record ConnectorDefinition(
    string Class,
    string Name,
    ConnectorDirection Direction,
    bool IsActive,
    ImmutableSortedDictionary<string, string> Properties,
    TextPosition Position);

/// <summary>One entry of a connector group.</summary>
/// <param name="Connector"><c>contquery/window/connector</c>.</param>
/// <param name="State">running, finished or stopped.</param>
public sealed record ConnectorGroupEntry(string Connector, string State);

/// <summary>A connector group: started when every entry of the groups before it has reached its state.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Entries">Its connectors.</param>
/// <param name="Position">Where it stands.</param>
public sealed record ConnectorGroupDefinition(string Name, ImmutableArray<ConnectorGroupEntry> Entries, TextPosition Position);

/// <summary>Says that a connector group waits for another.</summary>
/// <param name="Source">The group that comes first.</param>
/// <param name="Target">The group that waits.</param>
public sealed record ConnectorGroupEdge(string Source, string Target);
