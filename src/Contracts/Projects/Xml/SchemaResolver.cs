using System.Collections.Immutable;
using Lockstep.Contracts.Events;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>
/// Gives every window of a query its schema: its own, one copied from another window, or one that follows from its inputs
/// (<see cref="WindowDefinition.SchemaFrom"/>). Windows are taken when those that their schema needs have theirs; a cycle just
/// ends, its windows stay without schema.
/// </summary>
/// <param name="scope">The reading.</param>
/// <param name="queryPath">Path of the query.</param>
/// <param name="open">Windows of a template whose inputs are not known here: they, and windows behind them, may have no schema.</param>
internal sealed class SchemaResolver(ReadScope scope, string queryPath, IReadOnlyList<string> open)
{
    private readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal);
    private IReadOnlyList<ReadWindow> _windows = [];
    private ILookup<string, EdgeDefinition> _edges = Array.Empty<EdgeDefinition>().ToLookup(e => e.Target, StringComparer.Ordinal);
    private Schema?[] _schemas = [];

    /// <summary>The windows with schemas, in the same order.</summary>
    public List<WindowDefinition> Resolve(IReadOnlyList<ReadWindow> windows, IReadOnlyList<EdgeDefinition> edges)
    {
        _windows = windows;
        _schemas = new Schema?[windows.Count];
        _edges = edges.ToLookup(e => e.Target, StringComparer.Ordinal);
        for (var i = 0; i < windows.Count; i++)
        {
            _indexes.TryAdd(windows[i].Window.Name, i);
        }

        foreach (var index in Order())
        {
            _schemas[index] = Make(index);
        }

        return [.. windows.Select((w, i) => w.Window with { Schema = _schemas[i] })];
    }

    /// <summary>All windows, each after those it needs; those on a cycle come last.</summary>
    private List<int> Order()
    {
        var waiting = new int[_windows.Count];
        var dependents = Enumerable.Range(0, _windows.Count).Select(_ => new List<int>()).ToArray();
        for (var i = 0; i < _windows.Count; i++)
        {
            foreach (var needed in Needs(i))
            {
                waiting[i]++;
                dependents[needed].Add(i);
            }
        }

        var order = Enumerable.Range(0, _windows.Count).Where(i => waiting[i] == 0).ToList();
        for (var next = 0; next < order.Count; next++)
        {
            order.AddRange(dependents[order[next]].Where(d => --waiting[d] == 0));
        }

        order.AddRange(Enumerable.Range(0, _windows.Count).Where(i => waiting[i] > 0));
        return order;
    }

    private IEnumerable<int> Needs(int index)
    {
        var (window, own) = (_windows[index].Window, _windows[index].Schema);
        var inputs = window.DerivesSchema ? _edges[window.Name].Select(e => e.Source) : [];
        return inputs.Append(own?.CopyFrom).Select(IndexOf).Where(i => i >= 0);
    }

    private int IndexOf(string? name) => name is not null && _indexes.TryGetValue(name, out var index) ? index : -1;

    private Schema? Make(int index)
    {
        var read = _windows[index];
        var (window, own) = (read.Window, read.Schema);
        var path = $"{queryPath}/{window.Name}";
        if (own is not null)
        {
            var given = MakeOwn(own, path);
            return window.DerivesSchema && window is not UnsupportedWindowDefinition ? Prefer(window, given, path) : given;
        }

        if (window.DerivesSchema)
        {
            return Derive(window, path);
        }

        if (window is not UnsupportedWindowDefinition && !read.SchemaReported)
        {
            scope.Error(ProblemCode.MissingSchema, path, window.Position, $"Window '{window.Name}' needs a schema.");
        }

        return null;
    }

    /// <summary>
    /// The schema of a window whose kind makes it, though the model gives one too: what the window puts out does not follow that one.
    /// Without inputs the given one is all that is known.
    /// </summary>
    private Schema? Prefer(WindowDefinition window, Schema? given, string path)
    {
        if (window.NeedsInput && _edges[window.Name].All(e => IndexOf(e.Source) < 0 || _schemas[IndexOf(e.Source)] is null))
        {
            return given;
        }

        var made = Derive(window, path);
        if (made is not null && given is not null && $"{made}" != $"{given}")
        {
            scope.Warn(ProblemCode.InvalidSchema, path, window.Position,
                $"A window of kind {window.Kind} makes its schema itself, which is {made}; the given one is not used.");
        }

        return made ?? given;
    }

    private Schema? MakeOwn(PendingSchema own, string path)
    {
        var parent = IndexOf(own.CopyFrom);
        var parentSchema = parent < 0 ? null : _schemas[parent];
        if (own.CopyFrom is not null && parentSchema is null)
        {
            scope.Error(ProblemCode.InvalidSchema, path, own.Position, parent < 0
                ? $"The schema copies window '{own.CopyFrom}', which does not exist."
                : $"The schema copies window '{own.CopyFrom}', which has no schema.");
            return null;
        }

        return SchemaReader.Make(own, parentSchema, scope, path);
    }

    private Schema? Derive(WindowDefinition window, string path)
    {
        var edges = _edges[window.Name].ToList();
        ImmutableArray<WindowInput> inputs =
            [.. edges.Select(e => new WindowInput(e.Source, e.Role, IndexOf(e.Source) is >= 0 and var at ? _schemas[at] : null))];
        if ((inputs.Length > 0 || !window.NeedsInput) && inputs.All(i => i.Schema is not null))
        {
            return window.SchemaFrom(inputs, message => scope.Error(window.SchemaProblemCode, path, window.Position, message));
        }

        // A kind that is not run may have no schema here; that it is not run is said elsewhere, once.
        var isUnknown = open.Contains(window.Name) || IsBehindUnknown(window.Name, []);
        if (!isUnknown && window is not UnsupportedWindowDefinition)
        {
            scope.Error(ProblemCode.MissingSchema, path, window.Position,
                $"Window '{window.Name}' has the schema of its input, but there is no input with a schema.");
        }

        return null;
    }

    private bool IsBehindUnknown(string window, HashSet<string> seen) => _edges[window].Any(e =>
        IndexOf(e.Source) is >= 0 and var at && _schemas[at] is null && seen.Add(e.Source)
        && (_windows[at].Window is UnsupportedWindowDefinition || open.Contains(e.Source) || IsBehindUnknown(e.Source, seen)));
}
