using System.Collections.Immutable;
using Lockstep.Connectors;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Worker.Running;

namespace Lockstep.Engine.Worker.Tests;

/// <summary>The order in which connectors start.</summary>
public sealed class ConnectorScheduleTests
{
    private readonly List<string> _started = [];

    [Fact]
    public async Task Subscribers_start_before_publishers_and_a_group_waits_for_the_states_before_it()
    {
        var first = new Publisher("first");
        var second = new Publisher("second");
        var free = new Publisher("free");
        var subscriber = new Subscriber("sub");
        var project = Project(
            [
                new ConnectorGroupDefinition("g2", [new ConnectorGroupEntry("q/w/second", "finished")], default),
                new ConnectorGroupDefinition("g1", [new ConnectorGroupEntry("q/w/first", "finished")], default),
            ],
            [new ConnectorGroupEdge("g1", "g2")]);
        var schedule = new ConnectorSchedule(
            [("q/w/free", free), ("q/w/second", second), ("q/w/first", first), ("q/w/sub", subscriber)], project);
        using var stop = new CancellationTokenSource();
        var run = schedule.RunAsync(
            connector =>
            {
                _started.Add(((Publisher)connector).Name);
                return connector.RunAsync(stop.Token);
            },
            () =>
            {
                _started.Add("files");
                return Task.CompletedTask;
            },
            () =>
            {
                _started.Add("settled");
                return Task.CompletedTask;
            },
            stop.Token);
        Assert.Equal(["sub", "files", "free", "first"], _started);
        first.End.SetResult();
        await second.Started.Task.WaitAsync(TestContext.Current.CancellationToken);
        var ended = schedule.PublishersEndedAsync();
        Assert.False(ended.IsCompleted);
        second.End.SetResult();
        free.End.SetResult();
        await ended.WaitAsync(TestContext.Current.CancellationToken);
        subscriber.End.SetResult();
        await run.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["sub", "files", "free", "first", "settled", "second"], _started);
    }

    [Fact]
    public async Task A_group_does_not_wait_for_the_end_of_a_subscriber_nor_the_run_for_an_endless_publisher()
    {
        var ticker = new Publisher("ticker") { IsEndless = true };
        var late = new Publisher("late");
        var project = Project(
            [
                new ConnectorGroupDefinition("subs", [new ConnectorGroupEntry("q/w/sub", "finished")], default),
                new ConnectorGroupDefinition("pubs", [new ConnectorGroupEntry("q/w/late", "finished")], default),
            ],
            [new ConnectorGroupEdge("subs", "pubs")]);
        var schedule = new ConnectorSchedule([("q/w/ticker", ticker), ("q/w/late", late), ("q/w/sub", new Subscriber("sub"))], project);
        using var stop = new CancellationTokenSource();
        var run = StartAsync(schedule, stop);
        await late.Started.Task.WaitAsync(TestContext.Current.CancellationToken);
        var ended = schedule.PublishersEndedAsync();
        Assert.False(ended.IsCompleted);
        late.End.SetResult();
        await ended.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(run.IsCompleted);
    }

    [Fact]
    public async Task A_run_with_endless_publishers_alone_waits_until_they_have_begun()
    {
        var script = new Publisher("script") { IsEndless = true, First = new TaskCompletionSource() };
        var schedule = new ConnectorSchedule([("q/w/script", script)], Project([], []));
        using var stop = new CancellationTokenSource();
        var run = StartAsync(schedule, stop);
        var ended = schedule.PublishersEndedAsync();
        await script.Started.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(ended.IsCompleted);
        script.First.SetResult();
        await ended.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(run.IsCompleted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_publisher_runs_for_others_once_it_can_receive_or_has_failed(bool fails)
    {
        var (listener, sender) = (new Publisher("listener") { IsEndless = true, Connected = new TaskCompletionSource() }, new Publisher("sender"));
        var project = Project(
            [
                new ConnectorGroupDefinition("g1", [new ConnectorGroupEntry("q/w/listener", "running")], default),
                new ConnectorGroupDefinition("g2", [new ConnectorGroupEntry("q/w/sender", "running")], default),
            ],
            [new ConnectorGroupEdge("g1", "g2")]);
        var schedule = new ConnectorSchedule([("q/w/listener", listener), ("q/w/sender", sender)], project);
        using var stop = new CancellationTokenSource();
        var run = StartAsync(schedule, stop);
        await listener.Started.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(sender.Started.Task.IsCompleted);
        (fails ? listener.End : listener.Connected).SetResult();
        await sender.Started.Task.WaitAsync(TestContext.Current.CancellationToken);
        listener.End.TrySetResult();
        sender.End.SetResult();
        await run.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_group_that_still_waits_ends_when_told_to_stop()
    {
        var first = new Publisher("first");
        var project = Project(
            [
                new ConnectorGroupDefinition("g1", [new ConnectorGroupEntry("q/w/first", "finished")], default),
                new ConnectorGroupDefinition("g2", [new ConnectorGroupEntry("q/w/second", "running")], default),
            ],
            [new ConnectorGroupEdge("g1", "g2")]);
        var schedule = new ConnectorSchedule([("q/w/first", first), ("q/w/second", new Publisher("second"))], project);
        using var stop = new CancellationTokenSource();
        var run = StartAsync(schedule, stop);
        await stop.CancelAsync();
        first.End.SetResult();
        await run.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_group_that_waits_for_the_end_of_an_endless_connector_is_named_and_not_waited_for()
    {
        var (ticker, file, late, last) = (new Publisher("ticker") { IsEndless = true }, new Publisher("file"), new Publisher("late"), new Publisher("last"));
        var schedule = new ConnectorSchedule(
            [("q/w/ticker", ticker), ("q/w/file", file), ("q/w/late", late), ("q/w/last", last)], WaitForTicker("finished"));
        Assert.Equal(["b", "c"], schedule.NeverStarting.Select(w => w.Group.Name));
        Assert.Contains("'q/w/ticker' of group 'a' is finished", schedule.NeverStarting[0].Reason, StringComparison.Ordinal);
        Assert.Contains("waits for group 'b'", schedule.NeverStarting[1].Reason, StringComparison.Ordinal);
        using var stop = new CancellationTokenSource();
        var run = StartAsync(schedule, stop);
        var ended = schedule.PublishersEndedAsync();
        Assert.False(ended.IsCompleted);
        file.End.SetResult();
        await ended.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(late.Started.Task.IsCompleted);
        Assert.Equal(["b", "c"], schedule.NeverStarting.Select(w => w.Group.Name));
        await stop.CancelAsync();
        ticker.End.SetResult();
        await run.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task When_the_endless_connector_fails_the_group_starts_and_is_waited_for()
    {
        var (ticker, file, late, last) = (new Publisher("ticker") { IsEndless = true }, new Publisher("file"), new Publisher("late"), new Publisher("last"));
        var schedule = new ConnectorSchedule(
            [("q/w/ticker", ticker), ("q/w/file", file), ("q/w/late", late), ("q/w/last", last)], WaitForTicker("stopped"));
        using var stop = new CancellationTokenSource();
        var run = StartAsync(schedule, stop);
        var ended = schedule.PublishersEndedAsync();
        ticker.End.SetResult();
        await late.Started.Task.WaitAsync(TestContext.Current.CancellationToken);
        file.End.SetResult();
        late.End.SetResult();
        await last.Started.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(ended.IsCompleted);
        last.End.SetResult();
        await ended.WaitAsync(TestContext.Current.CancellationToken);
        await run.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Empty(schedule.NeverStarting);
    }

    [Fact]
    public void To_wait_until_an_endless_connector_runs_is_no_wait_for_its_end() =>
        Assert.Empty(new ConnectorSchedule(
            [("q/w/ticker", new Publisher("ticker") { IsEndless = true })], WaitForTicker("running")).NeverStarting);

    /// <summary>Group a is the ticker; b waits for it, and c for b.</summary>
    private static ProjectDefinition WaitForTicker(string state) => Project(
        [
            new ConnectorGroupDefinition("a", [new ConnectorGroupEntry("q/w/ticker", state)], default),
            new ConnectorGroupDefinition("b", [new ConnectorGroupEntry("q/w/late", "finished")], default),
            new ConnectorGroupDefinition("c", [new ConnectorGroupEntry("q/w/last", "finished")], default),
        ],
        [new ConnectorGroupEdge("b", "c"), new ConnectorGroupEdge("a", "b")]);

    private static Task StartAsync(ConnectorSchedule schedule, CancellationTokenSource stop) => schedule.RunAsync(
        connector => connector.RunAsync(stop.Token), () => Task.CompletedTask, () => Task.CompletedTask, stop.Token);

    private static ProjectDefinition Project(
        ImmutableArray<ConnectorGroupDefinition> groups, ImmutableArray<ConnectorGroupEdge> edges) => new(
        "p", null, 1, TimeSpan.FromSeconds(1), false, ImmutableSortedDictionary<string, string>.Empty, [], groups, edges);

    private class Publisher(string name) : IConnector
    {
        public string Name { get; } = name;

        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ConnectorStatus Status { get; } = new();

        public bool IsEndless { get; init; }

        public TaskCompletionSource? First { get; init; }

        public TaskCompletionSource? Connected { get; init; }

        public Task Ready => Connected?.Task ?? Task.CompletedTask;

        public Task Begun => First?.Task ?? Task.CompletedTask;

        public Task RunAsync(CancellationToken stop)
        {
            Started.TrySetResult();
            return End.Task;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Subscriber(string name) : Publisher(name), ISubscriber
    {
        public void Take(EventBlock block)
        {
        }

        public void Flush()
        {
        }
    }
}
