using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects;

/// <summary>An attribute or child element of a window.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Meaning">What it does, with its default, as part of a sentence.</param>
public sealed record WindowPart(string Name, string Meaning);

/// <summary>A kind of window: what its element may hold beside what all windows have.</summary>
/// <param name="Kind">As in the element's name: source for window-source.</param>
/// <param name="Meaning">What it does, in a sentence.</param>
/// <param name="Page">Page of the reference that says more, without extension; empty for none.</param>
/// <param name="Example">Folder of an example that has one.</param>
public sealed record WindowKindEntry(string Kind, string Meaning, string Page, string Example)
{
    /// <summary>Its attributes.</summary>
    public ImmutableArray<WindowPart> Attributes { get; init; } = [];

    /// <summary>Its child elements.</summary>
    public ImmutableArray<WindowPart> Elements { get; init; } = [];
}

/// <summary>The kinds of windows that run: what the reader takes for known, and what docs/reference/windows.md is made from.</summary>
public static partial class WindowTable
{
    /// <summary>What every window may have.</summary>
    public static ImmutableArray<WindowPart> SharedAttributes { get; } =
    [
        new("name", "name, unique within the query; required"), new("pubsub", "true: may be published to and subscribed, where the project says manual"),
        new("index", "pi_HASH or pi_RBTREE: rows are kept by key; pi_EMPTY: none are. Default: that of the query, else pi_HASH"),
        new("pubsub-index", "as index, for windows with pi_EMPTY: rows that subscribers with snapshot=true get first"),
        new("output-insert-only", "true: only inserts leave"),
        new("collapse-updates", "true: an update leaves as one Update, without its old half"), new("produces-only-inserts", "no effect here"),
        new("pulse-interval", "no effect here"), new("exp-max-string", "no effect here"), new("queue-height", "no effect here"),
    ];

    /// <summary>What every window may hold.</summary>
    public static ImmutableArray<WindowPart> SharedElements { get; } =
    [
        new("schema", "fields of what leaves, as `fields/field name type key`, or `copy` with the name of a window"),
        new("schema-string", "the same as text: `id*:int64,price:double`"), new("connectors", "see connectors.md"),
        new("splitter-expr", "which slot of the window's edges an event leaves by"), new("splitter-lua", "the same in Lua"),
        new("splitter-plug", "the same in C++: refused"),
    ];

    /// <summary>The entry of a kind; null for a kind that does not run.</summary>
    public static WindowKindEntry? Find(string kind) => All.FirstOrDefault(k => k.Kind == kind);
}
