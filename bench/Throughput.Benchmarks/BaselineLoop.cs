using System.Diagnostics;
using Confluent.Kafka;

namespace Lockstep.Throughput.Benchmarks;

/// <summary>
/// What everything is compared with: one process that reads the inbound topic with the plain client, record by record, and
/// writes each value as it is to another topic, without transactions, computing nothing; and one that only reads.
/// </summary>
internal static class BaselineLoop
{
    public static async Task<object> RunAsync(RunContext context, string inbound, long records)
    {
        records = Math.Min(records, 3_000_000);
        return new
        {
            readRecordsPerSecond = Math.Round(Loop(context, inbound, records, producer: null)),
            readWriteRecordsPerSecond = Math.Round(await ReadWriteAsync(context, inbound, records)),
        };
    }

    private static async Task<double> ReadWriteAsync(RunContext context, string inbound, long records)
    {
        await context.Admin.EnsureTopicAsync(new Kafka.TopicSpec("baseline.O"), CancellationToken.None);
        using var producer = Preload.Producer(context, lingerMs: 5);
        return Loop(context, inbound, records, producer);
    }

    private static double Loop(RunContext context, string inbound, long records, IProducer<Null, byte[]>? producer)
    {
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig
        {
            BootstrapServers = context.Cluster.BootstrapServers,
            GroupId = "baseline",
            EnableAutoCommit = false,
        }).Build();
        consumer.Assign(new TopicPartitionOffset(inbound, 0, 0));
        var first = consumer.Consume(TimeSpan.FromSeconds(20)) ?? throw new InvalidDataException("Nothing to read.");
        var started = Stopwatch.GetTimestamp();
        for (var seen = first.Offset.Value + 1; seen < records;)
        {
            if (consumer.Consume(TimeSpan.FromSeconds(1)) is { } result)
            {
                seen = result.Offset.Value + 1;
                if (producer is not null)
                {
                    Preload.Send(producer, "baseline.O", result.Message.Value);
                }
            }
        }

        producer?.Flush(TimeSpan.FromSeconds(60));
        return (records - 1) / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
