using System.Collections.Immutable;
using Lockstep.Connectors;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.Engine.Worker.Running;

/// <summary>The files of <c>--out</c>: each window's events as an fs subscriber with <c>header=full</c> writes them.</summary>
internal static class WindowFiles
{
    /// <summary>A subscriber for each window of a project, whatever its pubsub says.</summary>
    /// <param name="project">The project.</param>
    /// <param name="windows">Its windows.</param>
    /// <param name="folder">Takes <c>contquery.window.csv</c> of each.</param>
    /// <param name="contextOf">Gives what a connector of a window is built from.</param>
    public static IEnumerable<(string Path, IConnector Connector, WindowId Window)> Create(
        ProjectDefinition project, IEnumerable<WindowId> windows, string folder,
        Func<WindowId, ConnectorDefinition, ConnectorContext> contextOf)
    {
        foreach (var id in windows)
        {
            var query = project.ContinuousQueries[id.Query];
            var name = FileNameOf(query.Name, query.Windows[id.Window].Name);
            var properties = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
            [
                KeyValuePair.Create("type", "sub"),
                KeyValuePair.Create("fsname", Path.GetFullPath(Path.Combine(folder, name))),
                KeyValuePair.Create("fstype", "csv"),
                KeyValuePair.Create("header", "full"),
            ]);
            var definition = new ConnectorDefinition("fs", name, ConnectorDirection.Subscribe, true, properties, default);
            // Its comings and goings are no news; what goes wrong is said at the end of the run.
            var context = contextOf(id, definition) with { Loggers = NullLoggerFactory.Instance };
            yield return ($"--out/{name}", ConnectorCatalog.Create(context), id);
        }
    }

    /// <summary>A name that is one file's on every system: what a file name can't have becomes an underscore.</summary>
    private static string FileNameOf(string query, string window) =>
        $"{query}.{window}.csv".Replace('/', '_').Replace('\\', '_').Replace('\0', '_');
}
