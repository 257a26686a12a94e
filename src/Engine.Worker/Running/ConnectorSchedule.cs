using System.Collections.Immutable;
using Lockstep.Connectors;
using Lockstep.Contracts.Projects;

namespace Lockstep.Engine.Worker.Running;

/// <summary>
/// Starts connectors in their order: those in no group and in groups that wait for nothing at once, subscribers before
/// publishers, so that no event leaves before somebody takes it; a group when every entry of each group before it has
/// reached its state; one that waits for the end of an endless connector never. A subscriber has no end of its own: whatever state is
/// waited for, it has reached it once it runs.
/// </summary>
internal sealed class ConnectorSchedule
{
    private readonly List<Entry> _entries;
    private readonly List<Group> _groups;
    private readonly ProjectDefinition _project;
    private readonly HashSet<Entry> _late;

    /// <summary>Over the connectors of a project.</summary>
    /// <param name="connectors">contquery/window/connector of each, and the connector.</param>
    /// <param name="project">Where the groups are.</param>
    public ConnectorSchedule(IEnumerable<(string Path, IConnector Connector)> connectors, ProjectDefinition project)
    {
        _entries = [.. connectors.Select(c => new Entry(c.Path, c.Connector))];
        var byPath = _entries.ToDictionary(e => e.Path, StringComparer.Ordinal);
        _groups = [.. project.ConnectorGroups.Select(g => new Group(g.Name, [.. g.Entries
            .Where(e => byPath.ContainsKey(e.Connector))
            .Select(e => (byPath[e.Connector], e.State))]))];
        _project = project;
        foreach (var edge in project.ConnectorGroupEdges)
        {
            if (_groups.Find(g => g.Name == edge.Source) is { } source && _groups.Find(g => g.Name == edge.Target) is { } target)
            {
                target.Before.Add(source);
            }
        }

        _late = [.. _groups.Where(g => g.Before.Count > 0).SelectMany(g => g.Entries.Select(e => e.Entry))];
    }

    /// <summary>
    /// Groups that will not start unless an endless connector that they wait for fails: each with the reason. One whose endless
    /// connector has failed is none of them, though it may not have started yet.
    /// </summary>
    public ImmutableArray<EndlessWait> NeverStarting => EndlessWait.In(
        _project, path => _entries.Exists(e => e.Path == path && e.Connector.IsEndless && !e.HasEnded));

    /// <summary>
    /// Ends when every publisher and adapter has ended that can, endless ones have begun (how long those run is said otherwise), and
    /// subscribers have started that wait for them. Those of <see cref="NeverStarting"/> are not waited for.
    /// </summary>
    public async Task PublishersEndedAsync()
    {
        List<Entry> left = [.. _entries.Where(e => !e.IsSubscriber || _late.Contains(e))];
        while (true)
        {
            var never = NeverStarting.Select(w => w.Group.Name).ToHashSet(StringComparer.Ordinal);
            var notStarted = _groups.Where(g => never.Contains(g.Name)).SelectMany(g => g.Entries.Select(e => e.Entry)).ToHashSet();
            List<Entry> awaited = [.. left.Where(e => !notStarted.Contains(e))];
            if (awaited.Count == 0)
            {
                return;
            }

            await Task.WhenAll(awaited.Select(e => e.Connector.IsEndless ? e.BegunAsync() : e.ReachedAsync("finished")));
            left.RemoveAll(awaited.Contains);
        }
    }

    /// <summary>Starts all; ends when every connector has ended, started or not.</summary>
    /// <param name="start">Starts one connector; its task ends when the connector has.</param>
    /// <param name="beforePublishers">Called once the subscribers run that wait for nothing; its task ends before a publisher starts.</param>
    /// <param name="settled">Ends when what was published until now has gone through: a group that waits sees all of it.</param>
    /// <param name="stop">Ends the waits for groups.</param>
    public async Task RunAsync(Func<IConnector, Task> start, Func<Task> beforePublishers, Func<Task> settled, CancellationToken stop)
    {
        var grouped = _groups.SelectMany(g => g.Entries.Select(e => e.Entry)).ToHashSet();
        var subscribers = _entries.Where(e => e.IsSubscriber && !_late.Contains(e));
        List<Task> running = [.. subscribers.Select(e => e.StartAsync(start))];
        if (await HasComeAsync(beforePublishers(), stop))
        {
            running.AddRange(_entries.Where(e => !grouped.Contains(e)).Select(e => e.StartAsync(start)));
            running.AddRange(_groups.Select(g => StartGroupAsync(g, start, settled, stop)));
        }

        await Task.WhenAll(running);
    }

    private static async Task<bool> HasComeAsync(Task awaited, CancellationToken stop)
    {
        try
        {
            await awaited.WaitAsync(stop);
            return true;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }
    }

    private static async Task StartGroupAsync(Group group, Func<IConnector, Task> start, Func<Task> settled, CancellationToken stop)
    {
        // One that is told to stop before never started: there is nothing to end.
        var before = group.Before.SelectMany(b => b.Entries).Select(e => e.Entry.ReachedAsync(e.State));
        if (await HasComeAsync(Task.WhenAll(before), stop) && (group.Before.Count == 0 || await HasComeAsync(settled(), stop)))
        {
            await Task.WhenAll(group.Entries.OrderBy(e => e.Entry.IsSubscriber ? 0 : 1).Select(e => e.Entry.StartAsync(start)));
        }
    }

    private sealed class Entry(string path, IConnector connector)
    {
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Task? _running;

        public string Path { get; } = path;

        public IConnector Connector { get; } = connector;

        public bool IsSubscriber => Connector is ISubscriber;

        public bool HasEnded => _ended.Task.IsCompleted;

        public Task StartAsync(Func<IConnector, Task> start) => _running ??= RunAsync(start);

        /// <summary>A failed connector counts as running and finished, so that its group does not hang (language.md, 6h).</summary>
        public Task ReachedAsync(string state) => state == "running" || IsSubscriber ? Task.WhenAny(ReadyAsync(), _ended.Task) : _ended.Task;

        /// <summary>One in a group that waits for others begins when they have ended, or never.</summary>
        public async Task BegunAsync()
        {
            await _started.Task;
            await Connector.Begun;
        }

        private async Task ReadyAsync()
        {
            await _started.Task;
            await Connector.Ready;
        }

        private async Task RunAsync(Func<IConnector, Task> start)
        {
            var run = start(Connector);
            _started.TrySetResult();
            await run;
            _ended.TrySetResult();
        }
    }

    private sealed class Group(string name, List<(Entry Entry, string State)> entries)
    {
        public string Name { get; } = name;

        public List<(Entry Entry, string State)> Entries { get; } = entries;

        public List<Group> Before { get; } = [];
    }
}
