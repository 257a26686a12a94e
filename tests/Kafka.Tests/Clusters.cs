using Lockstep.TestKit;
using Lockstep.TestKit.Proxies;
using Microsoft.Extensions.Logging.Abstractions;

[assembly: AssemblyFixture(typeof(Lockstep.Kafka.Tests.Clusters))]
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace Lockstep.Kafka.Tests;

/// <summary>One real cluster a mode for all tests, started when the first test asks for it.</summary>
public sealed class Clusters : IAsyncDisposable
{
    private readonly Dictionary<KafkaMode, KafkaCluster> _started = [];

    internal async Task<TestBus> UseAsync(KafkaMode mode, Func<KafkaBusOptions, KafkaBusOptions>? change = null)
    {
        if (!_started.TryGetValue(mode, out var cluster))
        {
            cluster = await KafkaCluster.StartAsync(new KafkaClusterOptions { Mode = mode, Networks = 1 });
            _started.Add(mode, cluster);
        }

        return new TestBus(change is null ? cluster.Bus : change(cluster.Bus));
    }

    /// <summary>Clients of the same test behind a proxy without faults or traps.</summary>
    internal TestBus BehindProxy(KafkaMode mode, TestBus bus, out FaultProxy proxy)
    {
        proxy = _started[mode].Networks[0];
        proxy.Heal();
        proxy.ResetAll();
        proxy.Kafka.Clear();
        return new TestBus(bus.Options with { BootstrapServers = proxy.Addresses }, bus.Prefix);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var cluster in _started.Values)
        {
            await cluster.DisposeAsync();
        }
    }
}

/// <summary>The clients of one test, with names of its own, and what tests do again and again.</summary>
internal sealed class TestBus : IAsyncDisposable
{
    private static int _count;
    private readonly List<IDisposable> _owned = [];

    internal TestBus(KafkaBusOptions options, string? prefix = null)
    {
        Options = options;
        Prefix = prefix ?? $"t{Environment.ProcessId}x{Interlocked.Increment(ref _count)}";
        Admin = Own(new TopicAdmin(options, NullLogger.Instance));
        Fence = new TransactionFence(options, TimeProvider.System, NullLogger.Instance);
    }

    internal KafkaBusOptions Options { get; }

    internal string Prefix { get; }

    internal TopicAdmin Admin { get; }

    internal TransactionFence Fence { get; }

    internal string Outbound => Prefix + ".p.q.w.O";

    internal string Journal => Prefix + ".p.J";

    internal string TransactionalId => Prefix + ".group";

    internal static TimeSpan Limit => TimeSpan.FromSeconds(30);

    internal static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    internal async Task CreateTopicsAsync()
    {
        Assert.Empty(await Admin.EnsureTopicAsync(new TopicSpec(Outbound), Cancellation));
        Assert.Empty(await Admin.EnsureTopicAsync(
            new TopicSpec(Journal) { Retention = TopicSpec.KeepForever }, Cancellation));
    }

    internal TransactionalProducer Producer(bool initialize = true)
    {
        var producer = Own(new TransactionalProducer(Options, TransactionalId, TimeProvider.System, NullLogger.Instance));
        producer.WarmUp([Outbound, Journal], Limit);
        if (initialize)
        {
            Assert.Equal(TransactionResult.Done, producer.InitTransactions(Limit));
        }

        return producer;
    }

    /// <summary>One transaction with a record in both topics.</summary>
    internal TransactionResult Step(TransactionalProducer producer, byte value)
    {
        if (producer.Begin() is { IsDone: false } refused)
        {
            return refused;
        }

        producer.Send(Outbound, [value], [1, 2], [new KafkaHeader("q", [value]), new KafkaHeader("epoch", [7])]);
        producer.Send(Journal, [value]);
        return producer.Commit(Limit);
    }

    /// <summary>Opens a transaction whose record has reached the broker.</summary>
    internal async Task LeaveOpenAsync(TransactionalProducer producer, byte value)
    {
        // Else the markers of the last transaction would be taken for this one's record.
        await SettledAsync();
        var before = await EndAsync(ReadIsolation.Uncommitted);
        Assert.Equal(TransactionResult.Done, producer.Begin());
        producer.Send(Outbound, [value]);
        await Eventually.TrueAsync(async () =>
        {
            producer.Poll();
            return await EndAsync(ReadIsolation.Uncommitted) > before;
        });
    }

    /// <summary>Waits until no transaction is open and the markers of the last one are written.</summary>
    private Task SettledAsync() => Eventually.TrueAsync(async () =>
        await EndAsync(ReadIsolation.Committed) == await EndAsync(ReadIsolation.Uncommitted));

    internal async Task<long> EndAsync(ReadIsolation isolation) =>
        (await Admin.ListOffsetsAsync([Outbound], OffsetEnd.Latest, isolation, Cancellation))[Outbound];

    internal PartitionReader Reader(long start, ReadIsolation isolation = ReadIsolation.Committed) =>
        Own(new PartitionReader(Options, isolation, [new PartitionStart(Outbound, start)], NullLogger.Instance));

    /// <summary>
    /// Everything readable, once no transaction is open: a commit's markers arrive some ms after its answer.
    /// </summary>
    internal async Task<List<KafkaRecord>> ReadAllAsync(ReadIsolation isolation = ReadIsolation.Committed)
    {
        await SettledAsync();
        var end = await EndAsync(isolation);
        var reader = Reader(PartitionStart.Earliest, isolation);
        var records = new List<KafkaRecord>();
        await Eventually.TrueAsync(
            () =>
            {
                if (reader.Poll(TimeSpan.FromMilliseconds(50)) is { } record)
                {
                    records.Add(record);
                }

                return reader.PositionOf(Outbound) >= end;
            },
            state: () => $"position {reader.PositionOf(Outbound)} of {end}, {records.Count} records");
        return records;
    }

    public async ValueTask DisposeAsync()
    {
        await Fence.DisposeAsync();
        foreach (var owned in _owned)
        {
            owned.Dispose();
        }
    }

    private T Own<T>(T client)
        where T : IDisposable
    {
        _owned.Add(client);
        return client;
    }
}
