using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.TestKit;
using StackExchange.Redis;

namespace Lockstep.Connectors.Tests.Redis;

/// <summary>Publishers and subscribers of class redis against a real Redis.</summary>
public sealed class RedisConnectorTests : IAsyncLifetime
{
    private readonly Rig _rig = new();
    private readonly LogText _log = new();
    private RedisServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RedisServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _rig.Dispose();
    }

    [Theory]
    [InlineData("stream", "csv", "")]
    [InlineData("stream", "json", "readers")]
    [InlineData("channel", "csv", "")]
    public async Task What_a_subscriber_sends_a_publisher_receives_in_order(string form, string type, string group)
    {
        var publisher = Connector(ConnectorDirection.Publish, form, type, ("redisgroup", group), ("maxevents", "4"));
        var receiving = publisher.RunAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => publisher.Status.IsConnected);
        await SendAsync(
            Connector(ConnectorDirection.Subscribe, form, type, ("collapse", "true")),
            Rig.Block((Opcode.Insert, EventFlags.None, 1, "a,\"b\"\nc"), (Opcode.Delete, EventFlags.None, 2, "b")),
            Rig.Block((Opcode.UpdateBlock, EventFlags.None, 3, "new"), (Opcode.Delete, EventFlags.None, 3, "old")),
            Rig.Block((Opcode.Upsert, EventFlags.None, 4, "d")));
        await receiving.WaitAsync(Eventually.DefaultDeadline, TestContext.Current.CancellationToken);

        Assert.Equal((ConnectorState.Finished, null), (publisher.Status.State, publisher.Status.Reason));
        Assert.Equal("Insert 1 a,\"b\"\nc;Delete 2 b;Update 3 new;Upsert 4 d", string.Join(';', _rig.Blocks()));
    }

    [Fact]
    public async Task A_group_gets_what_was_added_while_it_was_away_and_nothing_twice()
    {
        await SendAsync(
            Connector(ConnectorDirection.Subscribe, "stream", "csv"),
            Rig.Block((Opcode.Insert, EventFlags.None, 1, "a")), Rig.Block((Opcode.Insert, EventFlags.None, 2, "b")));
        for (var id = 1; id <= 2; id++)
        {
            var publisher = Connector(ConnectorDirection.Publish, "stream", "csv", ("redisgroup", "g"), ("maxevents", id == 1 ? "1" : "2"));
            var receiving = publisher.RunAsync(TestContext.Current.CancellationToken);
            await Eventually.TrueAsync(() => publisher.Status.EventsIn > 0);
            if (id == 2)
            {
                await SendAsync(Connector(ConnectorDirection.Subscribe, "stream", "csv"), Rig.Block((Opcode.Insert, EventFlags.None, 3, "c")));
            }

            await receiving.WaitAsync(Eventually.DefaultDeadline, TestContext.Current.CancellationToken);
        }

        Assert.Equal(["Insert 1 a", "Insert 2 b", "Insert 3 c"], _rig.Blocks());
    }

    [Theory]
    [InlineData("stream")]
    [InlineData("channel")]
    public async Task A_server_that_comes_back_is_found_again(string form)
    {
        var subscriber = (ISubscriber)Connector(ConnectorDirection.Subscribe, form, "csv");
        var publisher = Connector(ConnectorDirection.Publish, form, "csv", ("maxevents", "2"));
        using var stop = new CancellationTokenSource();
        var sending = subscriber.RunAsync(stop.Token);
        var receiving = publisher.RunAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => publisher.Status.IsConnected);
        subscriber.Take(Rig.Block((Opcode.Insert, EventFlags.None, 1, "before")));
        await Eventually.TrueAsync(() => publisher.Status.EventsIn == 1);
        await _server.KillAsync();
        await Eventually.TrueAsync(() => publisher.Status.Reason is not null);
        Assert.Equal(ConnectorState.Running, publisher.Status.State);
        await _server.RestartAsync();
        await Eventually.TrueAsync(() => publisher.Status is { Reason: null, IsConnected: true });
        subscriber.Take(Rig.Block((Opcode.Insert, EventFlags.None, 2, "after")));
        await receiving.WaitAsync(Eventually.DefaultDeadline, TestContext.Current.CancellationToken);

        Assert.Equal(["Insert 1 before", "Insert 2 after"], _rig.Blocks());
        await stop.CancelAsync();
        await sending;
        Assert.Equal(ConnectorState.Stopped, subscriber.Status.State);
    }

    [Fact]
    public async Task Rows_of_a_prefix_are_published_once()
    {
        await using (var client = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{_server.Port},password={RedisServer.Password}"))
        {
            var database = client.GetDatabase();
            for (var id = 1; id <= 1200; id++)
            {
                await database.HashSetAsync($"P:{id}", [new HashEntry("id", id), new HashEntry("name", $"n{id}"), new HashEntry("more", "x")]);
            }

            await database.HashSetAsync("P:x", [new HashEntry("id", "no number")]);
            await database.HashSetAsync("PX:1", [new HashEntry("id", 5000)]);
            await database.SetAddAsync("P:set", "P:1");
        }

        var publisher = Connector(ConnectorDirection.Publish, "hash", "", ("redisname", "P"));
        await publisher.RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal((ConnectorState.Finished, 1200, 1), (publisher.Status.State, publisher.Status.EventsOut, publisher.Status.Dropped));
        Assert.Equal(
            Enumerable.Range(1, 1200).Select(id => $"Upsert {id} n{id}").Order(StringComparer.Ordinal),
            _rig.Blocks().SelectMany(b => b.Split(';')).Order(StringComparer.Ordinal));
        Assert.Contains(_log.Lines, l => l.Contains("P:x: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("stream", ConnectorDirection.Publish)]
    [InlineData("channel", ConnectorDirection.Subscribe)]
    [InlineData("hash", ConnectorDirection.Publish)]
    public async Task A_wrong_password_ends_a_connector_and_is_told_nowhere(string form, ConnectorDirection direction)
    {
        var connector = Connector(direction, form, "csv", ("redispassword", "a-wrong-one"));
        await connector.RunAsync(TestContext.Current.CancellationToken).WaitAsync(Eventually.DefaultDeadline, TestContext.Current.CancellationToken);

        Assert.Equal(ConnectorState.Failed, connector.Status.State);
        Assert.Contains("refuses user or password", connector.Status.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(_log.Lines.Append(connector.Status.Reason!), l => l.Contains("a-wrong-one", StringComparison.Ordinal));
    }

    private static async Task SendAsync(IConnector connector, params EventBlock[] blocks)
    {
        var subscriber = (ISubscriber)connector;
        using var stop = new CancellationTokenSource();
        var run = subscriber.RunAsync(stop.Token);
        foreach (var block in blocks)
        {
            subscriber.Take(block);
        }

        await Eventually.TrueAsync(() => subscriber.Status is { EventsOut: > 0, Behind: 0 } && subscriber.Status.EventsOut >= blocks.Length);
        await stop.CancelAsync();
        await run;
        Assert.Equal(ConnectorState.Stopped, subscriber.Status.State);
    }

    private IConnector Connector(ConnectorDirection direction, string form, string type, params (string Name, string Value)[] more)
    {
        var properties = new Dictionary<string, string>
        {
            ["redishost"] = "127.0.0.1",
            ["redisport"] = $"{_server.Port}",
            ["redispassword"] = RedisServer.Password,
            ["redisform"] = form,
            ["redisname"] = "events",
            ["redismsgtype"] = type,
        };
        foreach (var (name, value) in more)
        {
            properties[name] = value;
        }

        return Rig.Create(
            _rig.Feed, new ConnectorDefinition(
                "redis", "c", direction, true,
                System.Collections.Immutable.ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, properties), default),
            loggers: _log);
    }
}
