using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;

namespace Lockstep.Engine.Benchmarks;

/// <summary>Builds engines of one continuous query from a few windows.</summary>
internal static class Graphs
{
    /// <summary>Makes an engine and finds its source window <c>s</c>.</summary>
    /// <param name="windows">The windows as XML.</param>
    /// <param name="edges">Edges like <c>s&gt;a a&gt;b</c>; with a role <c>s&gt;a:left</c>.</param>
    public static (ProjectEngine Engine, WindowId Source) Build(string windows, string edges)
    {
        var xml = $"""
            <project name="p"><contqueries><contquery name="cq"><windows>{windows}</windows><edges>
            {string.Concat(edges.Split(' ').Select(EdgeOf))}
            </edges></contquery></contqueries></project>
            """;
        var built = ProjectEngine.Build(ProjectXmlReader.Read(xml).Project!);
        var engine = built.Engine ?? throw new InvalidOperationException(string.Join('\n', built.Problems));
        return (engine, engine.Find("cq", "s"));
    }

    private static string EdgeOf(string edge)
    {
        var parts = edge.Split('>', ':');
        return $"<edge source='{parts[0]}' target='{parts[1]}'{(parts.Length > 2 ? $" role='{parts[2]}'" : "")}/>";
    }
}
