using Lockstep.Contracts.Projects;
using Lockstep.Engine.Windows.Scripts;
using Lockstep.Engine.Windows.StateDb;

namespace Lockstep.Engine.Execution;

/// <summary>Turns a project definition into windows in evaluation order, or into problems.</summary>
internal static class PlanBuilder
{
    public static ProjectPlan Build(ProjectDefinition project, LoadedFiles files, ProblemList problems)
    {
        var tables = new StateTables(project);

        // Snippets first: what their init functions set is there for those of windows.
        var scripts = new ScriptBoard(project);
        scripts.Snippets = SnippetFactory.Create(project, scripts, problems);
        return new ProjectPlan(
            [.. project.ContinuousQueries.Select((query, index) =>
                BuildQuery(project, query, index, new WindowFactory(project, query, files, tables, scripts, problems), problems))],
            scripts);
    }

    private static QueryPlan BuildQuery(
        ProjectDefinition project, ContinuousQueryDefinition query, int queryIndex, WindowFactory factory, ProblemList problems)
    {
        var order = Order(query, problems);
        var built = new BuiltWindow?[query.Windows.Length];
        var places = new int[query.Windows.Length];
        var planned = new List<PlannedWindow>();
        foreach (var index in order)
        {
            var definition = query.Windows[index];
            var edges = query.Edges.Where(e => e.Target == definition.Name)
                .Select(e => (Edge: e, Source: IndexOf(query, e.Source)))
                .Where(e => e.Source >= 0).ToList();
            var inputs = edges.Select(e => built[e.Source]).ToList();

            // A window behind one that failed is left out: its own errors would only repeat the first.
            if (inputs.TrueForAll(i => i is not null)
                && factory.Create(definition, [.. inputs.Select(i => i!)], [.. edges.Select(e => e.Edge.Role)]) is { } window)
            {
                built[index] = window;
                places[index] = planned.Count;
                planned.Add(new PlannedWindow(
                    new WindowId(queryIndex, index),
                    window.Window,
                    [.. InOrder(window, edges.Select((e, i) => new PlannedEdge(places[e.Source], SlotOf(e.Edge), i)))],
                    window.Shaper,
                    window.Splitter));
            }
        }

        return new QueryPlan([.. planned], project.UseTaggedToken);
    }

    private static IEnumerable<PlannedEdge> InOrder(BuiltWindow window, IEnumerable<PlannedEdge> edges) =>
        window.InputOrder.IsDefault ? edges : edges.OrderBy(e => window.InputOrder.IndexOf(e.Input));

    private static int? SlotOf(EdgeDefinition edge) => edge.Slot is >= 0 ? edge.Slot : null;

    private static int IndexOf(ContinuousQueryDefinition query, string name)
    {
        for (var i = 0; i < query.Windows.Length; i++)
        {
            if (query.Windows[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }

    private static List<int> Order(ContinuousQueryDefinition query, ProblemList problems)
    {
        var waitsFor = new HashSet<int>[query.Windows.Length];
        for (var i = 0; i < waitsFor.Length; i++)
        {
            waitsFor[i] = [];
        }

        foreach (var edge in query.Edges)
        {
            var (source, target) = (IndexOf(query, edge.Source), IndexOf(query, edge.Target));
            if (source < 0 || target < 0)
            {
                problems.Error("LS2003", query.Name, edge.Position,
                    $"The edge names the window '{(source < 0 ? edge.Source : edge.Target)}', which does not exist.");
                continue;
            }

            waitsFor[target].Add(source);
        }

        var order = new List<int>();
        while (order.Count < waitsFor.Length)
        {
            var ready = Array.FindIndex(waitsFor, w => w is { Count: 0 });
            if (ready < 0)
            {
                ReportCycle(query, waitsFor, problems);
                break;
            }

            order.Add(ready);
            waitsFor[ready] = [-1];
            foreach (var other in waitsFor)
            {
                other.Remove(ready);
            }
        }

        return order;
    }

    private static void ReportCycle(ContinuousQueryDefinition query, HashSet<int>[] waitsFor, ProblemList problems)
    {
        var names = query.Windows.Where((_, i) => !waitsFor[i].Contains(-1)).Select(w => w.Name);
        problems.Error("LS2004", query.Name, query.Position,
            $"These windows lie on or behind a cycle of edges: {string.Join(", ", names)}.");
    }
}
