using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.TestKit;

namespace Lockstep.Connectors.Tests.Messages;

/// <summary>Starts one RabbitMQ for all tests of the class: it takes its time.</summary>
public sealed class RabbitFixture : IAsyncLifetime
{
    /// <summary>The server.</summary>
    public RabbitServer Server { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => Server = await RabbitServer.StartAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

/// <summary>Publishers and subscribers of class rmq against a real RabbitMQ.</summary>
public sealed class RmqTests(RabbitFixture rabbit) : IClassFixture<RabbitFixture>, IDisposable
{
    private readonly Rig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("csv", false)]
    [InlineData("json", false)]
    [InlineData("csv", true)]
    public async Task What_a_subscriber_sends_a_publisher_receives_in_order(string type, bool isPersistent)
    {
        var exchange = $"of-{type}-{isPersistent}";
        (string, string)[] kept = isPersistent ? [("buspersistence", "true")] : [];
        var publisher = Connector(
            ConnectorDirection.Publish, type, exchange, [.. kept, .. isPersistent ? [("buspersistencequeue", "kept")] : kept, ("maxevents", "3")]);
        var receiving = publisher.RunAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => publisher.Status.IsConnected);
        await SendAsync(
            Connector(ConnectorDirection.Subscribe, type, exchange, [.. kept, ("collapse", "true")]),
            Rig.Block((Opcode.Insert, EventFlags.None, 1, "a,\"b\"\nc"), (Opcode.Delete, EventFlags.None, 2, "b")),
            Rig.Block((Opcode.UpdateBlock, EventFlags.None, 3, "new"), (Opcode.Delete, EventFlags.None, 3, "old")));
        await receiving.WaitAsync(Eventually.DefaultDeadline, TestContext.Current.CancellationToken);
        Assert.Equal((ConnectorState.Finished, null), (publisher.Status.State, publisher.Status.Reason));
        Assert.Equal("Insert 1 a,\"b\"\nc;Delete 2 b;Update 3 new", string.Join(';', _rig.Blocks()));
    }

    [Fact]
    public async Task A_durable_queue_keeps_messages_while_nobody_receives()
    {
        (string, string)[] kept = [("buspersistence", "true"), ("buspersistencequeue", "kept-alone"), ("maxevents", "1")];
        for (var id = 1; id <= 2; id++)
        {
            var publisher = Connector(ConnectorDirection.Publish, "csv", "durable", kept);
            var receiving = publisher.RunAsync(TestContext.Current.CancellationToken);
            await Eventually.TrueAsync(() => publisher.Status.IsConnected || publisher.Status.State == ConnectorState.Finished);
            if (id == 1)
            {
                var subscriber = Connector(ConnectorDirection.Subscribe, "csv", "durable", ("buspersistence", "true"));
                await SendAsync(subscriber, Rig.Block((Opcode.Insert, EventFlags.None, 1, "a"), (Opcode.Insert, EventFlags.None, 2, "b")));
            }

            await receiving.WaitAsync(Eventually.DefaultDeadline, TestContext.Current.CancellationToken);
            Assert.Equal([$"Insert {id} {(id == 1 ? "a" : "b")}"], _rig.Blocks());
        }
    }

    [Fact]
    public async Task Opaque_strings_are_texts_of_a_field()
    {
        var publisher = Connector(ConnectorDirection.Publish, "opaquestring", "opaque", ("maxevents", "1"));
        var receiving = publisher.RunAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => publisher.Status.IsConnected);
        await SendAsync(
            Connector(ConnectorDirection.Subscribe, "opaquestring", "opaque"), Rig.Block((Opcode.Insert, EventFlags.None, 1, "{\"a\": 1}")));
        await receiving.WaitAsync(Eventually.DefaultDeadline, TestContext.Current.CancellationToken);
        Assert.Equal(["Insert  {\"a\": 1}"], _rig.Blocks());
    }

    [Fact]
    public async Task A_wrong_password_ends_both_and_is_nowhere_in_what_they_say()
    {
        const string wrong = "wrong-password";
        foreach (var direction in (ConnectorDirection[])[ConnectorDirection.Publish, ConnectorDirection.Subscribe])
        {
            var connector = Connector(direction, "csv", "refused", ("rmqpassword", wrong));
            await connector.RunAsync(TestContext.Current.CancellationToken)
                .WaitAsync(Eventually.DefaultDeadline, TestContext.Current.CancellationToken);
            Assert.Equal(ConnectorState.Failed, connector.Status.State);
            Assert.Contains("Check rmquserid", connector.Status.Reason, StringComparison.Ordinal);
            Assert.DoesNotContain(wrong, connector.Status.Reason, StringComparison.Ordinal);
        }
    }

    private static async Task SendAsync(IConnector connector, params EventBlock[] blocks)
    {
        using var stop = new CancellationTokenSource();
        var run = connector.RunAsync(stop.Token);
        foreach (var block in blocks)
        {
            ((ISubscriber)connector).Take(block);
        }

        await stop.CancelAsync();
        await run;
        Assert.Equal((ConnectorState.Stopped, null), (connector.Status.State, connector.Status.Reason));
    }

    private IConnector Connector(ConnectorDirection direction, string type, string exchange, params (string Name, string Value)[] more)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["rmqhost"] = "127.0.0.1",
            ["rmqport"] = $"{rabbit.Server.Port}",
            ["rmquserid"] = "guest",
            ["rmqpassword"] = "guest",
            ["rmqexchange"] = exchange,
            ["rmqtopic"] = "the.topic",
            ["rmqtype"] = type,
            ["urlhostport"] = "localhost:5555",
        };
        foreach (var (name, value) in more)
        {
            properties[name] = value;
        }

        return Rig.Create(_rig.Feed, "rmq", Rig.Schema, direction, isShared: false, [.. properties.Select(p => (p.Key, p.Value))]);
    }
}
