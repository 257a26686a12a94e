using Lockstep.Contracts.Events;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>
/// Gives every window of a query its schema: its own, one copied from another window, or its input's for kinds without
/// an own one. Each window depends on at most one other, so a chain is walked to its start and back: no recursion, and a
/// cycle just ends.
/// </summary>
internal sealed class SchemaResolver(ReadScope scope, string queryPath)
{
    private readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal);

    /// <summary>The windows with schemas, in the same order.</summary>
    public List<WindowDefinition> Resolve(IReadOnlyList<ReadWindow> windows, IReadOnlyList<EdgeDefinition> edges)
    {
        for (var i = 0; i < windows.Count; i++)
        {
            _indexes.TryAdd(windows[i].Window.Name, i);
        }

        var inputs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var edge in edges)
        {
            inputs.TryAdd(edge.Target, edge.Source);
        }

        var schemas = new Schema?[windows.Count];
        var done = new bool[windows.Count];
        for (var i = 0; i < windows.Count; i++)
        {
            ResolveChain(i, windows, inputs, schemas, done);
        }

        return [.. windows.Select((w, i) => w.Window with { Schema = schemas[i] })];
    }

    private void ResolveChain(
        int start, IReadOnlyList<ReadWindow> windows, Dictionary<string, string> inputs, Schema?[] schemas, bool[] done)
    {
        var chain = new Stack<int>();
        for (var next = start; next >= 0 && !done[next];)
        {
            // Marked on the way in, so that a cycle stops here; its windows stay without schema and are reported below.
            done[next] = true;
            chain.Push(next);
            next = Parent(windows[next], inputs) is { } name && _indexes.TryGetValue(name, out var index) ? index : -1;
        }

        while (chain.TryPop(out var index))
        {
            var parent = Parent(windows[index], inputs) is { } name && _indexes.TryGetValue(name, out var at) ? at : -1;
            schemas[index] = Make(windows[index], parent < 0 ? null : windows[parent].Window, parent < 0 ? null : schemas[parent]);
        }
    }

    private static string? Parent(ReadWindow window, Dictionary<string, string> inputs)
    {
        if (window.Schema is { } own)
        {
            return own.CopyFrom;
        }

        return TakesInputSchema(window.Window) && inputs.TryGetValue(window.Window.Name, out var input) ? input : null;
    }

    private static bool TakesInputSchema(WindowDefinition window) =>
        window is CopyWindowDefinition or FilterWindowDefinition or UnsupportedWindowDefinition { Kind: "union" or "filter" or "copy" };

    private Schema? Make(ReadWindow read, WindowDefinition? parent, Schema? parentSchema)
    {
        var (window, own) = (read.Window, read.Schema);
        var path = $"{queryPath}/{window.Name}";
        if (own is not null)
        {
            if (own.CopyFrom is not null && parentSchema is null)
            {
                scope.Error(ProblemCode.InvalidSchema, path, own.Position, parent is null
                    ? $"The schema copies window '{own.CopyFrom}', which does not exist."
                    : $"The schema copies window '{own.CopyFrom}', which has no schema.");
                return null;
            }

            return SchemaReader.Make(own, parentSchema, scope, path);
        }

        if (TakesInputSchema(window))
        {
            // A kind that is not run may have no schema here; that it is not run is said elsewhere, once.
            if (parentSchema is null && parent is not UnsupportedWindowDefinition && window is not UnsupportedWindowDefinition)
            {
                scope.Error(ProblemCode.MissingSchema, path, window.Position,
                    $"Window '{window.Name}' has the schema of its input, but there is no input with a schema.");
            }

            return parentSchema;
        }

        if (window is not UnsupportedWindowDefinition && !read.SchemaReported)
        {
            scope.Error(ProblemCode.MissingSchema, path, window.Position, $"Window '{window.Name}' needs a schema.");
        }

        return null;
    }
}
