using Confluent.Kafka;
using Lockstep.Contracts.Events;
using Lockstep.Kafka;

namespace Lockstep.Throughput.Benchmarks;

/// <summary>Fills an inbound topic as any producer would: batches of librdkafka's making, uncompressed.</summary>
internal static class Preload
{
    public static async Task FillAsync(RunContext context, string topic, Schema schema, long events)
    {
        await context.Admin.EnsureTopicAsync(new TopicSpec(topic), CancellationToken.None);
        using var producer = Producer(context, lingerMs: 20);
        var batch = context.Options.BlockEvents;
        for (var n = 1L; n <= events; n += batch)
        {
            Send(producer, topic, Sum20Model.Record(schema, context.Options.Csv, n, batch));
        }

        producer.Flush(TimeSpan.FromSeconds(60));
    }

    public static IProducer<Null, byte[]> Producer(RunContext context, double lingerMs) =>
        new ProducerBuilder<Null, byte[]>(new ProducerConfig
        {
            BootstrapServers = context.Cluster.BootstrapServers,
            EnableIdempotence = true,
            LingerMs = lingerMs,
            BatchSize = 1_000_000,
            QueueBufferingMaxMessages = 1_000_000,
            DeliveryReportFields = "none",
        }).Build();

    public static void Send(IProducer<Null, byte[]> producer, string topic, byte[] value)
    {
        while (true)
        {
            try
            {
                producer.Produce(new TopicPartition(topic, 0), new Message<Null, byte[]> { Value = value });
                return;
            }
            catch (ProduceException<Null, byte[]> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
            {
                producer.Poll(TimeSpan.FromMilliseconds(10));
            }
        }
    }
}
