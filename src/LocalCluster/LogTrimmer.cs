using Lockstep.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.LocalCluster;

/// <summary>
/// Deletes what the brokers have held for more than three minutes. librdkafka's mock brokers look for a fetch's offset from the
/// beginning of the log: without this an idle demo would cost a little more of the processor each minute. A member that
/// restarts needs no more, since on such brokers a group takes a snapshot every ten seconds, also when one of it is alone: three
/// minutes leave room for members that die one after the other before they have taken one.
/// </summary>
internal sealed class LogTrimmer(string bootstrapServers, TimeProvider time)
{
    /// <summary>Never fewer offsets than this stay: the newest position or journal record of a quiet topic is among them.</summary>
    public const long KeptOffsets = 200;

    internal const int KeptLooks = 19;
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(10);

    private readonly Queue<IReadOnlyDictionary<string, long>> _looks = new();

    /// <summary>Trims at an interval until told to stop; a failure is told and tried again.</summary>
    public async Task RunAsync(Action<string> failed, CancellationToken stop)
    {
        var bus = new KafkaBusOptions { BootstrapServers = bootstrapServers, ClientId = "log-trimmer" };
        using var admin = new TopicAdmin(bus, NullLogger.Instance);
        using var timer = new PeriodicTimer(LookInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                try
                {
                    await TrimAsync(admin, stop);
                }
                catch (KafkaFaultException passing)
                {
                    failed($"Old records could not be deleted, next try in {LookInterval.TotalSeconds:F0} s: {passing.Message}");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }

    /// <summary>Takes a look at all ends, and deletes what lay before those of the oldest look.</summary>
    internal async Task TrimAsync(TopicAdmin admin, CancellationToken stop)
    {
        var topics = await admin.ListTopicsAsync("", stop);
        if (topics.Count == 0)
        {
            return;
        }

        var ends = await admin.ListOffsetsAsync(topics, OffsetEnd.Latest, ReadIsolation.Uncommitted, stop);
        _looks.Enqueue(ends);
        if (_looks.Count <= KeptLooks)
        {
            return;
        }

        foreach (var (topic, end) in _looks.Dequeue())
        {
            if (ends.TryGetValue(topic, out var now) && Math.Min(end, now - KeptOffsets) is > 0 and var before)
            {
                await admin.DeleteRecordsAsync(topic, before, stop);
            }
        }
    }
}
