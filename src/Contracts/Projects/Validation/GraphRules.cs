namespace Lockstep.Contracts.Projects.Validation;

/// <summary>Rules about names, edges and cycles of a continuous query.</summary>
internal static class GraphRules
{
    private const int NamesShown = 8;

    public static void Check(ContinuousQueryDefinition query, string path, ProblemList found)
    {
        if (query.Windows.Length == 0)
        {
            found.Error(ProblemCode.Empty, path, query.Position, "The continuous query has no windows.");
            return;
        }

        found.Duplicates(query.Windows, w => w.Name, w => w.Position, path, "windows");
        var names = query.Windows.Select(w => w.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var edge in query.Edges)
        {
            foreach (var end in new[] { edge.Source, edge.Target }.Where(end => !names.Contains(end)))
            {
                found.Error(ProblemCode.UnknownEdgeEnd, path, edge.Position,
                    $"The edge from '{edge.Source}' to '{edge.Target}' names window '{end}', which does not exist.");
            }
        }

        foreach (var (attribute, name) in Named("trace", query.TracedWindows).Concat(Named("input-windows", query.InputWindows))
            .Concat(Named("output-windows", query.OutputWindows)).Where(n => !names.Contains(n.Name)))
        {
            found.Warn(ProblemCode.UnknownTrace, path, query.Position, $"Attribute {attribute} names window '{name}', which does not exist.");
        }

        if (query.Windows.Where(w => query.IsOpen(w.Name)).Select(w => w.Name).ToList() is { Count: > 0 } open)
        {
            found.Warn(ProblemCode.InvalidInput, path, query.Position,
                $"This is a template: {List(open)} take events from a query that it is put into. It can be looked at, but does not run by itself.");
        }

        var pairs = query.Edges.Select(e => (e.Source, e.Target)).ToList();
        var onCycle = OnCycles(pairs);
        if (onCycle.Count > 0)
        {
            var position = query.Edges.First(e => onCycle.Contains(e.Source) && onCycle.Contains(e.Target)).Position;
            found.Error(ProblemCode.Cycle, path, position, $"Edges form a cycle through {List(onCycle)}.");
        }
    }

    private static IEnumerable<(string Attribute, string Name)> Named(string attribute, IEnumerable<string> names) =>
        names.Select(n => (attribute, n));

    /// <summary>Names that are on a cycle or between two: what is left after taking away ends again and again.</summary>
    public static HashSet<string> OnCycles(IReadOnlyCollection<(string Source, string Target)> edges)
    {
        var forward = WithoutEnds(edges);
        return WithoutEnds([.. edges.Where(e => forward.Contains(e.Source) && forward.Contains(e.Target)).Select(e => (e.Target, e.Source))]);
    }

    public static string List(IEnumerable<string> names)
    {
        var sorted = names.Order(StringComparer.Ordinal).ToList();
        return string.Join(", ", sorted.Take(NamesShown).Select(n => $"'{n}'")) + (sorted.Count > NamesShown ? ", ..." : "");
    }

    /// <summary>Takes away names without incoming edge until none is left (Kahn 1962).</summary>
    private static HashSet<string> WithoutEnds(IReadOnlyCollection<(string Source, string Target)> edges)
    {
        var left = edges.SelectMany(e => new[] { e.Source, e.Target }).ToHashSet(StringComparer.Ordinal);
        var incoming = left.ToDictionary(n => n, _ => 0, StringComparer.Ordinal);
        foreach (var edge in edges)
        {
            incoming[edge.Target]++;
        }

        var outgoing = edges.ToLookup(e => e.Source, e => e.Target, StringComparer.Ordinal);
        var ready = new Queue<string>(incoming.Where(i => i.Value == 0).Select(i => i.Key));
        while (ready.TryDequeue(out var name))
        {
            left.Remove(name);
            foreach (var target in outgoing[name])
            {
                if (--incoming[target] == 0)
                {
                    ready.Enqueue(target);
                }
            }
        }

        return left;
    }
}
