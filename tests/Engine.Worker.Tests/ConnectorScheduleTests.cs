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
            stop.Token);
        Assert.Equal(["sub", "free", "first"], _started);
        first.End.SetResult();
        await second.Started.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(schedule.PublishersEnded.IsCompleted);
        second.End.SetResult();
        free.End.SetResult();
        await schedule.PublishersEnded.WaitAsync(TestContext.Current.CancellationToken);
        subscriber.End.SetResult();
        await run.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["sub", "free", "first", "second"], _started);
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
        var run = schedule.RunAsync(connector => connector.RunAsync(stop.Token), stop.Token);
        await stop.CancelAsync();
        first.End.SetResult();
        await run.WaitAsync(TestContext.Current.CancellationToken);
    }

    private static ProjectDefinition Project(
        ImmutableArray<ConnectorGroupDefinition> groups, ImmutableArray<ConnectorGroupEdge> edges) => new(
        "p", null, 1, TimeSpan.FromSeconds(1), false, ImmutableSortedDictionary<string, string>.Empty, [], groups, edges);

    private class Publisher(string name) : IConnector
    {
        public string Name { get; } = name;

        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ConnectorStatus Status { get; } = new();

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
