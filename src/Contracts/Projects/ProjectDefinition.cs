using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects;

/// <summary>An edge of a continuous query; lists in the model are expanded to one edge a pair.</summary>
/// <param name="Source">Name of the window it comes from.</param>
/// <param name="Target">Name of the window it goes to.</param>
/// <param name="Role">data, model, left, right, position, geometry, request; empty when the model has none.</param>
/// <param name="Slot">The splitter slot it takes; null or -1 for all events.</param>
/// <param name="Position">Where it stands.</param>
public sealed record EdgeDefinition(string Source, string Target, string Role, int? Slot, TextPosition Position);

/// <summary>A continuous query: windows and edges, a graph without cycles.</summary>
/// <param name="Name">Its name, unique in the project.</param>
/// <param name="Windows">Windows in document order.</param>
/// <param name="Edges">Edges in document order.</param>
/// <param name="TracedWindows">Names of windows whose events are printed.</param>
/// <param name="Position">Where it stands.</param>
public sealed record ContinuousQueryDefinition(
    string Name,
    ImmutableArray<WindowDefinition> Windows,
    ImmutableArray<EdgeDefinition> Edges,
    ImmutableArray<string> TracedWindows,
    TextPosition Position)
{
    /// <summary>Of a template: names of windows that take events from the query that it is put into.</summary>
    public ImmutableArray<string> InputWindows { get; init; } = [];

    /// <summary>Of a template: names of windows whose events go on into that query.</summary>
    public ImmutableArray<string> OutputWindows { get; init; } = [];

    /// <summary>True for a window that takes its events from outside the query: it has no edge of its own.</summary>
    public bool IsOpen(string window) => InputWindows.Contains(window) && Edges.All(e => e.Target != window);
}

/// <summary>A project as the model has it, tokens replaced. Made by ProjectXmlReader; immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">Its description; null for none.</param>
/// <param name="Threads">Asked-for worker threads; results never depend on it.</param>
/// <param name="HeartbeatInterval">Time between timer ticks.</param>
/// <param name="UseTaggedToken">Attribute use-tagged-token.</param>
/// <param name="Properties">Project properties (tokens) by name.</param>
/// <param name="ContinuousQueries">Queries in document order.</param>
/// <param name="ConnectorGroups">Connector groups in document order.</param>
/// <param name="ConnectorGroupEdges">Order between connector groups.</param>
public sealed record ProjectDefinition(
    string Name,
    string? Description,
    int Threads,
    TimeSpan HeartbeatInterval,
    bool UseTaggedToken,
    ImmutableSortedDictionary<string, string> Properties,
    ImmutableArray<ContinuousQueryDefinition> ContinuousQueries,
    ImmutableArray<ConnectorGroupDefinition> ConnectorGroups,
    ImmutableArray<ConnectorGroupEdge> ConnectorGroupEdges)
{
    /// <summary>Modules and snippets of scripts.</summary>
    public ImmutableArray<ScriptModuleDefinition> Modules { get; init; } = [];

    /// <summary>Element mcp, its tools for language models, in canonical form; empty for none. Kept, but not served.</summary>
    public string Mcp { get; init; } = "";

    /// <summary>Routers beside the project in its document; without a query of its own the document holds only them. Kept, but not run.</summary>
    public ImmutableArray<RouterDefinition> Routers { get; init; } = [];

    /// <summary>What its scripts may do; no part of the model, but of its deployment.</summary>
    public ScriptGrants Grants { get; init; } = ScriptGrants.None;

    /// <summary>Where its files may lie; no part of the model either.</summary>
    public ModelFileGrants Files { get; init; } = ModelFileGrants.None;
}
