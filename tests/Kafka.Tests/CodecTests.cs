using Confluent.Kafka;
using Lockstep.TestKit;

namespace Lockstep.Kafka.Tests;

/// <summary>Goal: what the own protocol client writes, other clients and brokers read. Method: librdkafka reads it back from a real broker.</summary>
public sealed class CodecTests(Clusters clusters)
{
    private const int Records = 30_000;

    [Theory]
    [InlineData("none")]
    [InlineData("gzip")]
    [InlineData("snappy")]
    [InlineData("lz4")]
    [InlineData("zstd")]
    public async Task A_transaction_of_several_batches_is_read_by_another_client(string codec)
    {
        await using var bus = await clusters.UseAsync(KafkaMode.Kraft);
        await using var packing = new TestBus(bus.Options with { Compression = codec });
        await packing.CreateTopicsAsync();
        var producer = packing.Producer();
        Assert.Equal(TransactionResult.Done, producer.Begin());
        for (var i = 0; i < Records; i++)
        {
            producer.Send(packing.Outbound, ValueOf(i), "lockstep", BitConverter.GetBytes(i));
        }

        producer.Send(packing.Outbound, null, [7]);
        Assert.Equal(TransactionResult.Done, producer.Commit(TestBus.Limit));

        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = packing.Options.BootstrapServers,
            GroupId = "codec",
            IsolationLevel = IsolationLevel.ReadCommitted,
            CheckCrcs = true,
        }).Build();
        consumer.Assign(new TopicPartitionOffset(packing.Outbound, 0, 0));
        for (var i = 0; i < Records; i++)
        {
            var read = consumer.Consume(TestBus.Limit);
            Assert.Equal(i, read.Offset.Value);
            Assert.Equal(ValueOf(i), read.Message.Value);
            Assert.Null(read.Message.Key);
            Assert.Equal(BitConverter.GetBytes(i), read.Message.Headers.GetLastBytes("lockstep"));
        }

        var tombstone = consumer.Consume(TestBus.Limit);
        Assert.Equal([7], tombstone.Message.Key);
        Assert.Null(tombstone.Message.Value);
        consumer.Close();
    }

    [Fact]
    public void An_unknown_codec_is_refused_by_name()
    {
        var options = KafkaBusOptions.Parse("127.0.0.1:1", "compression.type=brotli");
        var refused = Assert.Throws<KafkaFaultException>(() => new TransactionalProducer(
            options, "id", TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance));
        Assert.Contains("brotli", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Some 100 bytes that pack a little.</summary>
    private static byte[] ValueOf(int i)
    {
        var value = new byte[100 + (i % 7)];
        for (var at = 0; at < value.Length; at++)
        {
            value[at] = (byte)(at < 50 ? at : (i * 31) + (at * at));
        }

        return value;
    }
}
