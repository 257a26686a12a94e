using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.Kafka;
using Lockstep.Manager.Web.Cluster;

namespace Lockstep.Manager.Web.Failovers;

/// <summary>Reads outbound topics around a switch, committed records only. Joins no consumer group, commits nothing.</summary>
internal sealed class SwitchReader(BusAddress bus, ILogger<SwitchReader> logger)
{
    /// <summary>Records read before the switch, if the topic still has them.</summary>
    public const int Before = 2000;

    /// <summary>Records of the new epoch after which reading ends.</summary>
    public const int After = 1000;

    /// <summary>How far back the search for the last record of an earlier epoch goes.</summary>
    public const int LongestBack = 256_000;

    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Where the topics end now; -1 for one that does not exist.</summary>
    /// <exception cref="KafkaFaultException">The cluster can't be reached.</exception>
    public async Task<IReadOnlyDictionary<string, long>> EndsAsync(IReadOnlyCollection<string> topics, CancellationToken cancellation)
    {
        using var admin = new TopicAdmin(KafkaBusOptions.Parse((await bus.WaitAsync(cancellation)).Kafka), logger);
        return await admin.ListOffsetsAsync(topics, OffsetEnd.Latest, ReadIsolation.Committed, cancellation);
    }

    /// <summary>Reads and judges one topic.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="epoch">Epoch of the new active.</param>
    /// <param name="hint">An offset near the switch: where the topic ended when it was noticed; null: its end now.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="KafkaFaultException">The cluster can't be reached.</exception>
    /// <exception cref="OffsetGoneException">Retention took the range while it was read.</exception>
    public async Task<TopicVerdictResource> ReadAsync(string topic, long epoch, long? hint, CancellationToken cancellation)
    {
        var address = KafkaBusOptions.Parse(bus.Current?.Kafka ?? (await bus.WaitAsync(cancellation)).Kafka);
        using var admin = new TopicAdmin(address, logger);
        var first = (await admin.ListOffsetsAsync([topic], OffsetEnd.Earliest, ReadIsolation.Committed, cancellation))[topic];
        var end = (await admin.ListOffsetsAsync([topic], OffsetEnd.Latest, ReadIsolation.Committed, cancellation))[topic];
        for (var back = Before; ; back *= 8)
        {
            var from = Math.Max(first, Math.Min(hint ?? end, end) - back);
            var judge = await Task.Factory.StartNew(
                () => Read(address, topic, epoch, from, end, cancellation),
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            if (judge.HasBefore || from == first || back >= LongestBack)
            {
                return judge.Result();
            }
        }
    }

    private TopicJudge Read(KafkaBusOptions address, string topic, long epoch, long from, long end, CancellationToken cancellation)
    {
        var judge = new TopicJudge(topic, epoch);
        if (from >= end)
        {
            return judge;
        }

        var begun = System.Diagnostics.Stopwatch.GetTimestamp();
        using var reader = new PartitionReader(address, ReadIsolation.Committed, [new PartitionStart(topic, from)], logger);
        while (judge.After < After && reader.PositionOf(topic) < end && !cancellation.IsCancellationRequested)
        {
            if (System.Diagnostics.Stopwatch.GetElapsedTime(begun) > Limit)
            {
                throw new KafkaFaultException(topic, new KafkaFault(KafkaFaultKind.Retry, "Slow", $"Not read within {Limit.TotalSeconds} s."));
            }

            if (reader.Poll(PollTime) is not { } record)
            {
                continue;
            }

            OutboundStamp? stamp = null;
            if (record.Header(OutboundStamp.HeaderName) is { } header)
            {
                OutboundStampCodec.TryDecode(header, out stamp);
            }

            judge.Take(record.Offset, DateTimeOffset.FromUnixTimeMilliseconds(record.TimestampMs), stamp);
        }

        return judge;
    }
}
