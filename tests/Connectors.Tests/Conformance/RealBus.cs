using System.Text;
using Lockstep.Failover.Simulation.Conformance;
using Lockstep.Kafka;
using Lockstep.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.Connectors.Tests.Conformance;

/// <summary>Real brokers as a bus for scripts, with topics and a transactional id of the script's own.</summary>
internal sealed class RealBus : IScriptedBus, IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly KafkaBusOptions _options;
    private readonly string _prefix = "script-" + Guid.NewGuid().ToString("N");
    private readonly TopicAdmin _admin;
    private readonly TransactionFence _fence;
    private readonly List<TransactionalProducer> _producers = [];

    private RealBus(KafkaBusOptions options)
    {
        _options = options;
        _admin = new TopicAdmin(options, NullLogger.Instance);
        _fence = new TransactionFence(options, TimeProvider.System, NullLogger.Instance);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<RealBus> StartAsync(KafkaBusOptions options)
    {
        var bus = new RealBus(options);
        Assert.Empty(await bus._admin.EnsureTopicAsync(new TopicSpec(bus.NameOf("a")), Ct));
        Assert.Empty(await bus._admin.EnsureTopicAsync(new TopicSpec(bus.NameOf("b")), Ct));
        return bus;
    }

    public Task<IScriptedProducer> ProducerAsync()
    {
        var producer = new TransactionalProducer(_options, _prefix, TimeProvider.System, NullLogger.Instance);
        _producers.Add(producer);
        producer.WarmUp([NameOf("a"), NameOf("b")], Limit);
        return Task.FromResult<IScriptedProducer>(new Producer(this, producer));
    }

    public async Task<string> FenceAsync() =>
        await _fence.FenceAsync(_prefix, Limit, Ct) is FenceResult.Fenced ? "done" : "failed";

    public async Task<long> EndAsync(string topic, bool committed)
    {
        var isolation = committed ? ReadIsolation.Committed : ReadIsolation.Uncommitted;
        return (await _admin.ListOffsetsAsync([NameOf(topic)], OffsetEnd.Latest, isolation, Ct))[NameOf(topic)];
    }

    public Task SettleAsync(string topic) => Eventually.TrueAsync(
        async () => await EndAsync(topic, committed: true) == await EndAsync(topic, committed: false));

    public async Task<string> ReadAsync(string topic)
    {
        var end = await EndAsync(topic, committed: true);
        using var reader = new PartitionReader(
            _options, ReadIsolation.Committed, [new PartitionStart(NameOf(topic), 0)], NullLogger.Instance);
        var records = new List<string>();
        await Eventually.TrueAsync(() =>
        {
            if (reader.Poll(TimeSpan.FromMilliseconds(20)) is { } record)
            {
                records.Add($"{Encoding.UTF8.GetString(record.Value)}@{record.Offset}");
            }

            return reader.PositionOf(NameOf(topic)) >= end;
        });
        return string.Join(' ', records);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var producer in _producers)
        {
            producer.Dispose();
        }

        await _fence.DisposeAsync();
        _admin.Dispose();
    }

    private string NameOf(string topic) => $"{_prefix}.{topic}";

    private static string Name(TransactionResult result) => result.Outcome switch
    {
        TransactionOutcome.Done => "done",
        TransactionOutcome.Fenced => "fenced",
        _ => $"failed: {result.Code}",
    };

    private sealed class Producer(RealBus bus, TransactionalProducer producer) : IScriptedProducer
    {
        public Task<string> InitAsync() => Task.Run(() => Name(producer.InitTransactions(Limit)));

        public Task<string> CommitAsync(params (string Topic, string Value)[] records) => Task.Run(() =>
        {
            var begun = producer.Begin();
            if (!begun.IsDone)
            {
                return Name(begun);
            }

            foreach (var (topic, value) in records)
            {
                producer.Send(bus.NameOf(topic), Encoding.UTF8.GetBytes(value));
            }

            return Name(producer.Commit(Limit));
        });

        public async Task LeaveOpenAsync(string topic, string value)
        {
            var before = await bus.EndAsync(topic, committed: false);
            Assert.True(producer.Begin().IsDone);
            producer.Send(bus.NameOf(topic), Encoding.UTF8.GetBytes(value));
            await Eventually.TrueAsync(async () =>
            {
                producer.Poll();
                return await bus.EndAsync(topic, committed: false) > before;
            });
        }

        public Task<string> EndAsync(bool commit) =>
            Task.Run(() => Name(commit ? producer.Commit(Limit) : producer.Abort(Limit)));
    }
}
