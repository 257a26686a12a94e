using System.Collections.Immutable;
using Lockstep.Connectors;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using Lockstep.Engine.Worker.Options;

namespace Lockstep.Engine.Worker.Running;

/// <summary>
/// The files of <c>--events</c>: published one after the other, one event a block, each through the whole project before the
/// next begins. A line that can't be read is dropped and counted, as a bad event is. One owner, runs once.
/// </summary>
internal sealed class EventFiles
{
    private readonly List<(string Path, IConnector Publisher)> _publishers = [];

    /// <summary>Over files that <see cref="Check"/> has nothing against.</summary>
    /// <param name="load">The model.</param>
    /// <param name="files">The files in their order.</param>
    /// <param name="contextOf">Gives what a connector of a window is built from.</param>
    public EventFiles(ModelLoad load, IEnumerable<EventFile> files, Func<WindowId, ConnectorDefinition, ConnectorContext> contextOf)
    {
        foreach (var file in files)
        {
            var definition = DefinitionOf(file);
            _publishers.Add((file.Path, ConnectorCatalog.Create(contextOf(Sources(load, file.Window).Single(), definition))));
        }
    }

    /// <summary>The publishers, for status.</summary>
    public IEnumerable<IConnector> Publishers => _publishers.Select(p => p.Publisher);

    /// <summary>What went wrong so far, one line each.</summary>
    public IEnumerable<string> Problems => _publishers.Select(p => ProblemOf(p.Path, p.Publisher.Status)).OfType<string>();

    /// <summary>True: a file could not be published to its end.</summary>
    public bool HasFailed => _publishers.Exists(p => p.Publisher.Status.State == ConnectorState.Failed);

    /// <summary>Everything wrong with the files of a command line, a sentence each.</summary>
    /// <param name="load">A model without errors.</param>
    /// <param name="options">The command line.</param>
    public static ImmutableArray<string> Check(ModelLoad load, WorkerOptions options)
    {
        List<string> wrong = [];
        foreach (var file in options.Events)
        {
            if (!DateFormatIsSound(file, out var reason))
            {
                wrong.Add($"Option '--dateformat' of '{file.Path}' is '{file.DateFormat}': {reason}");
            }

            if (!File.Exists(file.Path))
            {
                wrong.Add($"Option '--events': there is no file '{file.Path}'.");
            }

            var found = Sources(load, file.Window);
            if (found.Count != 1)
            {
                wrong.Add($"Option '--events': '{file.Window}' is {(found.Count == 0 ? "no source window" : "the name of several")}; "
                    + $"source windows are {string.Join(", ", Sources(load, null).Select(load.Engine!.NameOf))}.");
            }
        }

        return [.. wrong];
    }

    /// <summary>Publishes all of them; the task ends when nothing of them is in flight any more.</summary>
    /// <param name="feed">Where their blocks go.</param>
    /// <param name="stop">Ends it early.</param>
    public async Task PublishAsync(BlockFeed feed, CancellationToken stop)
    {
        foreach (var (_, publisher) in _publishers)
        {
            if (!stop.IsCancellationRequested)
            {
                await publisher.RunAsync(stop);
                await feed.DrainedAsync();
            }
        }
    }

    private static bool DateFormatIsSound(EventFile file, out string? reason)
    {
        reason = null;
        return file.DateFormat.Length == 0 || DateFormat.TryParse(file.DateFormat, out _, out reason);
    }

    private static string? ProblemOf(string path, ConnectorStatus status) =>
        status.State == ConnectorState.Failed ? $"{path}: {status.Reason}"
        : status.Dropped > 0 ? $"{path}: {status.Dropped} events could not be read and were dropped; the log says which."
        : null;

    private static ConnectorDefinition DefinitionOf(EventFile file)
    {
        var properties = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
        [
            KeyValuePair.Create("type", "pub"),
            KeyValuePair.Create("fsname", Path.GetFullPath(file.Path)),
            KeyValuePair.Create("fstype", TypeOf(file.Path)),
            KeyValuePair.Create("header", file.Header),
            KeyValuePair.Create("ignorecsvparseerrors", "true"),
        ]);
        return new ConnectorDefinition(
            "fs", Path.GetFileName(file.Path), ConnectorDirection.Publish, true,
            file.DateFormat.Length == 0 ? properties : properties.Add("dateformat", file.DateFormat), default);
    }

    private static string TypeOf(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".XML" => "xml",
        ".JSON" => "json",
        _ => "csv",
    };

    /// <summary>The source windows of a name, or all for null.</summary>
    private static List<WindowId> Sources(ModelLoad load, string? name)
    {
        var queries = load.Project!.ContinuousQueries;
        return
        [
            .. from id in load.Engine!.Windows
               let window = queries[id.Query].Windows[id.Window]
               where window is SourceWindowDefinition
               where name is null || window.Name == name || $"{queries[id.Query].Name}/{window.Name}" == name
               select id,
        ];
    }
}
