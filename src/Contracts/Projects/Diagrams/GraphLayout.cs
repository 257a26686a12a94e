namespace Lockstep.Contracts.Projects.Diagrams;

/// <summary>Where a window stands in a picture: which layer from above, and which place in it from the left.</summary>
/// <param name="Layer">0 for windows without input; each other one is below all of its inputs.</param>
/// <param name="Place">Place in the layer, from 0.</param>
public readonly record struct GraphPlace(int Layer, int Place);

/// <summary>
/// Places the windows of a query in layers, so that edges go down and cross seldom: layers by the longest way from a source,
/// places by the middle of the neighbours, to and fro a few times (Sugiyama 1981). The same query always gives the same places.
/// </summary>
public static class GraphLayout
{
    private const int Sweeps = 8;

    /// <summary>Places windows by name.</summary>
    /// <param name="windows">Names, unique; of equal standing the first is further left.</param>
    /// <param name="edges">Edges between them; others are ignored, and so is what would close a cycle for ever.</param>
    public static IReadOnlyDictionary<string, GraphPlace> Place(
        IReadOnlyList<string> windows, IReadOnlyCollection<(string Source, string Target)> edges)
    {
        ArgumentNullException.ThrowIfNull(windows);
        ArgumentNullException.ThrowIfNull(edges);
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var window in windows)
        {
            numbers.TryAdd(window, numbers.Count);
        }

        var inner = edges.Where(e => numbers.ContainsKey(e.Source) && numbers.ContainsKey(e.Target) && e.Source != e.Target)
            .Select(e => (Source: numbers[e.Source], Target: numbers[e.Target])).Distinct().ToList();
        var layerOf = Layers(numbers.Count, inner);
        var layers = Enumerable.Range(0, layerOf.DefaultIfEmpty(-1).Max() + 1)
            .Select(l => Enumerable.Range(0, layerOf.Length).Where(w => layerOf[w] == l).ToList()).ToList();
        Order(layers, inner, numbers.Count);
        return layers.SelectMany((layer, l) => layer.Select((window, place) => (window, new GraphPlace(l, place))))
            .ToDictionary(p => numbers.First(n => n.Value == p.window).Key, p => p.Item2, StringComparer.Ordinal);
    }

    private static int[] Layers(int count, List<(int Source, int Target)> edges)
    {
        var layers = new int[count];
        var moved = true;
        // A graph without cycles settles within as many rounds as it has windows.
        for (var round = 0; moved && round < count; round++)
        {
            moved = false;
            foreach (var (source, target) in edges)
            {
                if (layers[target] <= layers[source] && layers[source] + 1 < count)
                {
                    layers[target] = layers[source] + 1;
                    moved = true;
                }
            }
        }

        return layers;
    }

    private static void Order(List<List<int>> layers, List<(int Source, int Target)> edges, int count)
    {
        var above = edges.ToLookup(e => e.Target, e => e.Source);
        var below = edges.ToLookup(e => e.Source, e => e.Target);
        var middle = new double[count];
        foreach (var layer in layers)
        {
            Remember(layer, middle);
        }

        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            var neighbours = sweep % 2 == 0 ? above : below;
            foreach (var l in sweep % 2 == 0 ? Enumerable.Range(0, layers.Count) : Enumerable.Range(0, layers.Count).Reverse())
            {
                // A stable sort: a window without neighbours there stays about where it is.
                layers[l] = [.. layers[l].OrderBy(w => neighbours[w].Any() ? neighbours[w].Average(n => middle[n]) : middle[w])];
                Remember(layers[l], middle);
            }
        }
    }

    private static void Remember(List<int> layer, double[] middle)
    {
        for (var place = 0; place < layer.Count; place++)
        {
            middle[layer[place]] = place - ((layer.Count - 1) / 2.0);
        }
    }
}
