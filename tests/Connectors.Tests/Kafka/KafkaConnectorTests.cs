using System.Collections.Immutable;
using Lockstep.Connectors.Kafka;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;
using Lockstep.Contracts.Projects;
using Lockstep.Kafka;
using Lockstep.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.Connectors.Tests.Kafka;

/// <summary>What records of a topic hold, on a real broker: written by a subscriber and read back, and taken in by a failover group.</summary>
[Collection(FailoverCluster.Name)]
public sealed class KafkaConnectorTests(FailoverCluster cluster)
{
    private static readonly Schema Schema = new(
        [new Field("id", FieldType.Int64, IsKey: true), new Field("name", FieldType.String), new Field("note", FieldType.String)]);

    [Theory]
    [InlineData("binary", "Insert 1 a x;Insert 2 b y")]
    [InlineData("csv", "Insert 1 a x;Insert 2 b y")]
    [InlineData("json", "Insert 1 a x|Insert 2 b y")]
    [InlineData("opaquestring", "Insert  a |Insert  b ")]
    [InlineData("note", "Insert   x|Insert   y")]
    public async Task What_a_subscriber_writes_a_publisher_reads(string kafkaType, string expected)
    {
        var topic = $"t-{Guid.NewGuid():N}";
        var block = new EventBlock(Schema);
        block.AppendObjects(Opcode.Insert, EventFlags.None, 1L, "a", "x");
        block.AppendObjects(Opcode.Insert, EventFlags.None, 2L, "b", "y");
        using var feed = new BlockFeed();
        await using (var subscriber = Connector(feed, topic, kafkaType, ConnectorDirection.Subscribe))
        {
            using var stop = new CancellationTokenSource();
            var running = subscriber.RunAsync(stop.Token);
            await Eventually.TrueAsync(() => subscriber.Status.State == ConnectorState.Running);
            ((ISubscriber)subscriber).Take(block);
            await Eventually.TrueAsync(() => subscriber.Status.EventsOut == 2, state: () => $"{subscriber.Status}");
            await stop.CancelAsync();
            await running;
        }

        await using var first = Connector(feed, topic, kafkaType, ConnectorDirection.Publish, ("maxevents", "1"));
        Assert.False(first.IsEndless);
        await first.RunAsync(TestContext.Current.CancellationToken).WaitAsync(Eventually.DefaultDeadline, TestContext.Current.CancellationToken);
        Assert.Equal((ConnectorState.Finished, 1), (first.Status.State, first.Status.EventsOut));
        Assert.True(feed.TryTake(out var one));
        Assert.Equal(1, one.Block.Count);
        feed.Return(one);

        await using var publisher = Connector(feed, topic, kafkaType, ConnectorDirection.Publish, ("transactional", "true"));
        Assert.True(publisher.IsEndless);
        using var end = new CancellationTokenSource();
        var reading = publisher.RunAsync(end.Token);
        await Eventually.TrueAsync(() => publisher.Status.EventsOut == 2, state: () => $"{publisher.Status}");
        await end.CancelAsync();
        await reading;

        List<string> blocks = [];
        while (feed.TryTake(out var item))
        {
            Assert.True(item.Block.IsTransactional);
            blocks.Add(string.Join(';', Enumerable.Range(0, item.Block.Count).Select(row => string.Join(' ',
                item.Block.Columns.ToArray().Select(c => c.GetObject(row)).Prepend(item.Block.Opcodes[row])))));
            feed.Return(item);
        }

        Assert.Equal(expected, string.Join('|', blocks));
    }

    [Fact]
    public async Task A_failover_group_takes_json_in_and_puts_aside_what_is_none()
    {
        await using var group = await TestGroup.CreateAsync(cluster, model: new TestModel { InboundType = "json" });
        var active = await group.Start("a").Run().BecomesAsync(MemberRole.Active);
        var standby = await group.Start("b").Run().BecomesAsync(MemberRole.Standby);

        group.WriteRaw("""[{"Record_Counter":1},{"Record_Counter":2}]"""u8.ToArray());
        group.WriteRaw("""[{"Record_Counter":3},{"Record_Counter":"""u8.ToArray());
        group.WriteRaw("""{"Record_Counter":3}"""u8.ToArray());

        using var reader = new PartitionReader(
            group.Bus, ReadIsolation.Committed, [new PartitionStart(group.Outbound, PartitionStart.Earliest)], NullLogger.Instance);
        var rows = new EventBlock(active.Engine.SchemaOf(active.Engine.Find("cq", "out")));
        var read = new EventBlock(rows.Schema);
        await Eventually.TrueAsync(
            () =>
            {
                while (reader.Poll(TimeSpan.FromMilliseconds(50)) is { } record)
                {
                    Assert.Equal(EventBlockError.None, EventBlockCodec.TryDecode(record.Value, read.Schema, read));
                    rows.AppendAll(read);
                }

                return rows.Count >= 3;
            },
            state: active.Describe);

        Assert.Equal([1L, 2L, 3L], rows.ColumnOf<long>(1).Values.ToArray());
        Assert.Equal([1.0, 3.0, 6.0], rows.ColumnOf<double>(2).Values.ToArray());
        foreach (var member in new[] { active, standby })
        {
            await Eventually.TrueAsync(() => member.Status.Poisoned == 1, state: member.Describe);
        }
    }

    [Theory]
    [InlineData("id", ConnectorDirection.Publish, false, "the name of a field of type string")]
    [InlineData("json", ConnectorDirection.Subscribe, true, "binary or csv")]
    [InlineData("json", ConnectorDirection.Publish, true, null)]
    [InlineData("note", ConnectorDirection.Subscribe, false, null)]
    public void Types_are_checked(string kafkaType, ConnectorDirection direction, bool isGroup, string? expected)
    {
        var properties = new Dictionary<string, string>
        {
            ["kafkahostport"] = "h:9092",
            ["kafkatopic"] = "t",
            ["kafkatype"] = kafkaType,
            ["urlhostport"] = "h_1",
        };
        if (isGroup && direction == ConnectorDirection.Subscribe)
        {
            (properties["hotfailover"], properties["zookeeperhostport"]) = ("true", "h:2181");
        }

        var connector = new ConnectorDefinition("kafka", "k", direction, true, properties.ToImmutableSortedDictionary(StringComparer.Ordinal), default);
        var window = new SourceWindowDefinition { Name = "w", Schema = Schema, Connectors = [connector] };
        var query = new ContinuousQueryDefinition("q", [window], [], [], default);
        var project = Rig.Model with { ContinuousQueries = [query] };
        List<Problem> problems = [];

        KafkaConnectorOptions.Check(new ConnectorCheck(project, query, window, connector, "p/q/w/k", Substitutions.None, problems)
        {
            IsHot = KafkaConnectorOptions.IsHot(project),
        });

        var errors = problems.Where(p => p.Severity == ProblemSeverity.Error).Select(p => p.Message);
        Assert.Equal(expected is null ? [] : [true], errors.Select(m => m.Contains(expected ?? "", StringComparison.Ordinal)));
    }

    private IConnector Connector(
        BlockFeed feed, string topic, string kafkaType, ConnectorDirection direction, params (string Name, string Value)[] more)
    {
        var properties = new Dictionary<string, string>
        {
            ["kafkahostport"] = cluster.Kafka.BootstrapServers,
            ["kafkatopic"] = topic,
            ["kafkatype"] = kafkaType,
            ["urlhostport"] = "h_1",
        };
        foreach (var (name, value) in more)
        {
            properties[name] = value;
        }

        return Rig.Create(
            feed, new ConnectorDefinition("kafka", "k", direction, true, properties.ToImmutableSortedDictionary(StringComparer.Ordinal), default),
            schema: Schema);
    }
}
