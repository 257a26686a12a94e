using System.Buffers;
using System.Text;
using Lockstep.Connectors.Kafka;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using Lockstep.Kafka;
using Lockstep.TestKit;
using Lockstep.ZooKeeper;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.Connectors.Tests.Kafka;

/// <summary>
/// A failover group with names of its own that sums the last 20 counters of its input, and a writer for its inbound topic.
/// Event n of the outbound topic must carry counter n and the sum of the counters n-19 to n.
/// </summary>
internal sealed class TestGroup : IAsyncDisposable
{
    private static int _count;
    private readonly FailoverCluster _cluster;
    private readonly List<TestMember> _members = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lockstep-group-");
    private readonly Schema _schema;
    private readonly TransactionalProducer _input;
    private long _written;
    private long _writtenRight;

    private TestGroup(FailoverCluster cluster, KafkaBusOptions bus, TestModel model)
    {
        Bus = bus;
        Model = model;
        _cluster = cluster;
        Prefix = $"g{Environment.ProcessId}x{Interlocked.Increment(ref _count)}";
        Project = ProjectOf(model);
        _schema = Project.ContinuousQueries[0].Windows[0].Schema!;
        Admin = new TopicAdmin(Bus, NullLogger.Instance);
        _input = new TransactionalProducer(Bus, Prefix + ".input", TimeProvider.System, NullLogger.Instance);
    }

    public TestModel Model { get; }

    public string Prefix { get; }

    public ProjectDefinition Project { get; }

    public TopicAdmin Admin { get; }

    public KafkaBusOptions Bus { get; }

    public string Inbound => TopicName.Inbound(Prefix, "p", "cq", "source");

    public string InboundRight => TopicName.Inbound(Prefix, "p", "cq", "right");

    public string DeadLetters => Inbound + ".DLQ";

    public string OutboundLate => TopicName.Outbound(Prefix, "p", "cq", "late");

    public string Outbound => TopicName.Outbound(Prefix, "p", "cq", "out");

    public string Journal => TopicName.Journal(Prefix, "p");

    public string ZnodeParent => ZnodePath.Engines(Prefix);

    /// <summary>Events written so far.</summary>
    public long Written => Interlocked.Read(ref _written);

    /// <summary>Events written to the second topic.</summary>
    public long WrittenRight => Interlocked.Read(ref _writtenRight);

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<TestGroup> CreateAsync(
        FailoverCluster cluster, KafkaBusOptions? bus = null, TestModel? model = null)
    {
        var group = new TestGroup(cluster, bus ?? cluster.Kafka.Bus, model ?? new TestModel());
        string[] topics = group.Model.HasTwoTopics ? [group.Inbound, group.InboundRight] : [group.Inbound];
        foreach (var topic in topics)
        {
            await group.Admin.EnsureTopicAsync(new TopicSpec(topic), Cancellation);
        }

        group._input.WarmUp(topics, TimeSpan.FromSeconds(30));
        Assert.True(group._input.InitTransactions(TimeSpan.FromSeconds(30)).IsDone);
        return group;
    }

    /// <summary>An engine of another model with this group's topics.</summary>
    public ProjectEngine EngineOf(TestModel model) => ProjectEngine.Build(ProjectOf(model)).Engine!;

    /// <summary>The options of a member that runs another model on this group's topics, as if it were the same.</summary>
    public EngineMemberOptions With(EngineMemberOptions options, TestModel model) =>
        options with { Project = ProjectOf(model), NewEngine = () => EngineOf(model) };

    /// <summary>Starts a member; the same name again means the same folder.</summary>
    public TestMember Start(string name, Func<EngineMemberOptions, EngineMemberOptions>? change = null)
    {
        var options = new EngineMemberOptions
        {
            Project = Project,
            NewEngine = () => ProjectEngine.Build(Project).Engine!,
            ModelDigest = "test",
            Bus = Bus,
            ZooKeeper = _cluster.ZooKeeper,
            SessionTimeout = TimeSpan.FromSeconds(2),
            Member = name,
            Incarnation = $"{name}-{_members.Count}",
            Folder = Path.Combine(_folder.FullName, name),
        };
        var member = new TestMember(change is null ? options : change(options));
        _members.Add(member);
        return member;
    }

    /// <summary>Another version of the group's project.</summary>
    /// <param name="digest">Its model digest.</param>
    /// <param name="change">From the text of the group's project to that of the version.</param>
    public TestVersion Version(string digest, Func<string, string> change)
    {
        var read = ProjectXmlReader.Read(change(Model.Xml(Prefix)));
        Assert.False(read.HasErrors, string.Join(Environment.NewLine, read.Problems));
        return new TestVersion(this, read.Project!, digest);
    }

    /// <summary>The newest snapshot of the living member with an address.</summary>
    public Task<Stream?> SnapshotOfAsync(string address) =>
        Task.FromResult<Stream?>(_members.FindLast(m => m.Options.Address == address)?.Member.OpenSnapshot());

    /// <summary>Writes events with the next counters, some a record, in one transaction.</summary>
    public void Write(int records, int eventsARecord = 1)
    {
        Assert.True(_input.Begin().IsDone);
        for (var i = 0; i < records; i++)
        {
            _input.Send(Inbound, Record(eventsARecord, () => Interlocked.Increment(ref _written)));
        }

        Assert.True(_input.Commit(TimeSpan.FromSeconds(30)).IsDone);
    }

    /// <summary>Writes events to the second topic.</summary>
    public void WriteRight(int records)
    {
        Assert.True(_input.Begin().IsDone);
        for (var i = 0; i < records; i++)
        {
            _input.Send(InboundRight, Record(1, () => TestModel.RightFrom + Interlocked.Increment(ref _writtenRight)));
        }

        Assert.True(_input.Commit(TimeSpan.FromSeconds(30)).IsDone);
    }

    /// <summary>Writes a record as it is.</summary>
    public void WriteRaw(byte[] value, byte[]? key = null, params KafkaHeader[] headers)
    {
        Assert.True(_input.Begin().IsDone);
        _input.Send(Inbound, value, key, headers);
        Assert.True(_input.Commit(TimeSpan.FromSeconds(30)).IsDone);
    }

    /// <summary>Writes a little every few milliseconds until stopped.</summary>
    public Task WriteSteadilyAsync(CancellationToken stop) => Task.Run(
        async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                Write(records: 10);
                if (Model.HasTwoTopics)
                {
                    WriteRight(records: 7);
                }

                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, CancellationToken.None);
            }
        },
        CancellationToken.None);

    /// <summary>Waits until every event written has come out, and checks each: q dense, counters in order, sums right.</summary>
    public async Task<OutboundJudge> JudgeAsync()
    {
        using var judge = new OutboundJudge(Bus, Outbound, _members[0].Engine, Model);
        var expected = Written;
        await Eventually.TrueAsync(
            () =>
            {
                judge.Read();
                return judge.Events >= expected || _members.Exists(m => m.Ended.IsFaulted);
            },
            TimeSpan.FromSeconds(60),
            () => $"{judge.Events} of {expected} events, {string.Join("; ", _members.Select(m => m.Describe()))}");
        judge.Read();
        Assert.Equal(expected, judge.Events);
        return judge;
    }

    /// <summary>Deletes a member's znode, as an operator may.</summary>
    public async Task DeleteZnodeAsync(string path)
    {
        await using var client = ZooKeeperClient.Start(
            new ZooKeeperOptions { ConnectString = _cluster.ZooKeeper }, TimeProvider.System, NullLogger.Instance);
        await client.WaitConnectedAsync(Cancellation);
        await client.DeleteAsync(path, -1, Cancellation);
    }

    /// <summary>Deletes everything from the inbound topic and all but the end of the journal.</summary>
    public async Task PurgeAsync(long keepJournal)
    {
        var ends = await Admin.ListOffsetsAsync([Inbound, Journal], OffsetEnd.Latest, ReadIsolation.Committed, Cancellation);
        await Admin.DeleteRecordsAsync(Inbound, ends[Inbound], Cancellation);
        if (keepJournal < ends[Journal])
        {
            await Admin.DeleteRecordsAsync(Journal, Math.Max(3, ends[Journal] - keepJournal), Cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members)
        {
            await member.DisposeAsync();
        }

        _input.Dispose();
        Admin.Dispose();
        _folder.Delete(recursive: true);
    }

    private byte[] Record(int events, Func<long> next)
    {
        if (Model.KafkaType == "csv")
        {
            return Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, events).Select(_ => $"i,n,,{next()}")));
        }

        var block = new EventBlock(_schema, events);
        for (var i = 0; i < events; i++)
        {
            block.AppendObjects(Opcode.Insert, EventFlags.None, null, next());
        }

        var bytes = new ArrayBufferWriter<byte>();
        EventBlockCodec.Encode(block, bytes);
        return bytes.WrittenSpan.ToArray();
    }

    private ProjectDefinition ProjectOf(TestModel model)
    {
        var read = ProjectXmlReader.Read(model.Xml(Prefix));
        Assert.False(read.HasErrors, string.Join(Environment.NewLine, read.Problems));
        return read.Project!;
    }
}
