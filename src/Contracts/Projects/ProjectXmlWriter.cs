using System.Globalization;
using System.Xml;
using Lockstep.Contracts.Projects.Xml;

namespace Lockstep.Contracts.Projects;

/// <summary>
/// Writes a project in its canonical form (docs/formats/project-xml.md): one spelling for everything, tokens replaced,
/// inherited values written out. Reading it gives an equal project but for places in the text. Pure and thread safe.
/// </summary>
public static class ProjectXmlWriter
{
    /// <summary>The project as a document with line feeds and two blanks an indent.</summary>
    public static string Write(ProjectDefinition project) => Write(project, resultsOnly: false);

    /// <summary>
    /// The project without what does not change its results: connectors and their groups, descriptions, traces, threads,
    /// pubsub, project properties.
    /// </summary>
    internal static string WriteResultsOnly(ProjectDefinition project) => Write(project, resultsOnly: true);

    /// <summary>One window, as far as it changes results.</summary>
    internal static string WriteResultsOnly(WindowDefinition window)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var xml = XmlWriter.Create(text, CanonicalXml.Settings))
        {
            CanonicalWindow.Write(window, new CanonicalWriter(xml, resultsOnly: true));
        }

        return text.ToString();
    }

    private static string Write(ProjectDefinition project, bool resultsOnly)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var xml = XmlWriter.Create(text, CanonicalXml.Settings))
        {
            var to = new CanonicalWriter(xml, resultsOnly);
            if (resultsOnly || project.Routers.Length == 0)
            {
                WriteProject(project, to);
            }
            else
            {
                WriteEngine(project, to);
            }
        }

        return text.ToString() + "\n";
    }

    private static void WriteEngine(ProjectDefinition project, CanonicalWriter to)
    {
        to.Start("engine");
        if (project.ContinuousQueries.Length > 0)
        {
            to.Start("projects");
            WriteProject(project, to);
            to.End();
        }

        RouterXml.Write(project.Routers, to);
        to.End();
    }

    private static void WriteProject(ProjectDefinition project, CanonicalWriter to)
    {
        to.Start("project");
        to.Attribute("name", project.Name);
        to.Attribute("heartbeat-interval", project.HeartbeatInterval.TotalSeconds.ToString(CultureInfo.InvariantCulture));
        to.Flag("use-tagged-token", project.UseTaggedToken);
        if (!to.ResultsOnly)
        {
            to.Attribute("threads", project.Threads.ToString(CultureInfo.InvariantCulture));
            to.Attribute("pubsub", "manual");
            to.Text("description", project.Description);
            to.Properties("properties", project.Properties);
        }

        ScriptXml.WriteModules(project.Modules, to);
        to.Start("contqueries");
        foreach (var query in project.ContinuousQueries)
        {
            WriteQuery(query, to);
        }

        to.End();
        if (!to.ResultsOnly && (project.ConnectorGroups.Length > 0 || project.ConnectorGroupEdges.Length > 0))
        {
            WriteGroups(project, to);
        }

        // Last, since nothing is indented behind raw text.
        if (!to.ResultsOnly && project.Mcp.Length > 0)
        {
            to.Raw($"\n{project.Mcp}\n");
        }

        to.End();
    }

    private static void WriteQuery(ContinuousQueryDefinition query, CanonicalWriter to)
    {
        to.Start("contquery");
        to.Attribute("name", query.Name);
        to.Attribute("input-windows", string.Join(' ', query.InputWindows));
        to.Attribute("output-windows", string.Join(' ', query.OutputWindows));
        if (!to.ResultsOnly && query.TracedWindows.Length > 0)
        {
            to.Attribute("trace", string.Join(' ', query.TracedWindows));
        }

        to.Start("windows");
        foreach (var window in query.Windows)
        {
            CanonicalWindow.Write(window, to);
        }

        to.End();
        to.Start("edges");
        foreach (var edge in query.Edges)
        {
            to.Start("edge");
            to.Attribute("source", edge.Source);
            to.Attribute("target", edge.Target);
            to.Attribute("role", edge.Role);
            to.Attribute("slot", edge.Slot?.ToString(CultureInfo.InvariantCulture));
            to.End();
        }

        to.End();
        to.End();
    }

    private static void WriteGroups(ProjectDefinition project, CanonicalWriter to)
    {
        to.Start("project-connectors");
        to.Start("connector-groups");
        foreach (var group in project.ConnectorGroups)
        {
            to.Start("connector-group");
            to.Attribute("name", group.Name);
            foreach (var entry in group.Entries)
            {
                to.Start("connector-entry");
                to.Attribute("connector", entry.Connector);
                to.Attribute("state", entry.State);
                to.End();
            }

            to.End();
        }

        to.End();
        to.Start("edges");
        foreach (var edge in project.ConnectorGroupEdges)
        {
            to.Start("edge");
            to.Attribute("source", edge.Source);
            to.Attribute("target", edge.Target);
            to.End();
        }

        to.End();
        to.End();
    }
}
