using Lockstep.TestKit;

namespace Lockstep.Kafka.Tests;

/// <summary>Goal: a reader returns each record once, from where it is told. Method: real brokers of both modes.</summary>
public sealed class PartitionReaderTests(Clusters clusters)
{
    [Theory]
    [InlineData(KafkaMode.ZooKeeper)]
    [InlineData(KafkaMode.Kraft)]
    public async Task Seek_and_pause_are_obeyed(KafkaMode mode)
    {
        await using var bus = await clusters.UseAsync(mode);
        await bus.CreateTopicsAsync();
        var producer = bus.Producer();
        for (byte i = 1; i <= 5; i++)
        {
            bus.Step(producer, i);
        }

        var reader = bus.Reader(PartitionStart.Earliest);
        Assert.Equal(1, (await NextAsync(reader)).Value[0]);
        Assert.Equal(2, (await NextAsync(reader)).Value[0]);

        reader.Pause(bus.Outbound);
        Assert.Null(reader.Poll(TimeSpan.FromMilliseconds(300)));
        reader.Resume(bus.Outbound);
        Assert.Equal(3, (await NextAsync(reader)).Value[0]);

        reader.Seek(bus.Outbound, 8);
        Assert.Equal(5, (await NextAsync(reader)).Value[0]);
        reader.Seek(bus.Outbound, PartitionStart.Earliest);
        Assert.Equal(0, reader.PositionOf(bus.Outbound));
        Assert.Equal(1, (await NextAsync(reader)).Value[0]);
    }

    [Theory]
    [InlineData(KafkaMode.ZooKeeper)]
    [InlineData(KafkaMode.Kraft)]
    public async Task A_reader_from_the_end_sees_only_what_comes_after_it_was_made(KafkaMode mode)
    {
        await using var bus = await clusters.UseAsync(mode);
        await bus.CreateTopicsAsync();
        var producer = bus.Producer();
        bus.Step(producer, 1);
        await Eventually.TrueAsync(async () => await bus.EndAsync(ReadIsolation.Committed) == 2);

        var reader = bus.Reader(PartitionStart.Latest);
        Assert.Equal(2, reader.PositionOf(bus.Outbound));
        bus.Step(producer, 2);

        Assert.Equal(2, (await NextAsync(reader)).Value[0]);
    }

    [Theory]
    [InlineData(KafkaMode.Kraft)]
    public async Task A_tombstone_differs_from_an_empty_value(KafkaMode mode)
    {
        await using var bus = await clusters.UseAsync(mode);
        await bus.CreateTopicsAsync();
        var producer = bus.Producer();
        producer.Begin();
        producer.Send(bus.Outbound, null, [1]);
        producer.Send(bus.Outbound, [], [1]);
        Assert.Equal(TransactionResult.Done, producer.Commit(TestBus.Limit));

        var records = await bus.ReadAllAsync();

        Assert.Equal([true, false], records.Select(r => r.IsTombstone));
        Assert.All(records, r => Assert.Empty(r.Value));
    }

    [Theory]
    [InlineData(KafkaMode.Kraft)]
    public async Task A_topic_that_is_created_later_is_read_then(KafkaMode mode)
    {
        await using var bus = await clusters.UseAsync(mode);
        var reader = bus.Reader(0);
        Assert.Null(reader.Poll(TimeSpan.FromMilliseconds(300)));

        await bus.CreateTopicsAsync();
        bus.Step(bus.Producer(), 1);

        Assert.Equal(1, (await NextAsync(reader)).Value[0]);
        Assert.Throws<ArgumentException>(() => reader.PositionOf("other"));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("lz4")]
    [InlineData("gzip")]
    [InlineData("zstd")]
    [InlineData("snappy")]
    public async Task Pages_hold_the_committed_records_of_any_compression(string compression)
    {
        const int records = 5_000;
        await using var bus = await clusters.UseAsync(KafkaMode.Kraft, options => options with { Compression = compression });
        await bus.CreateTopicsAsync();
        var producer = bus.Producer();
        var aborted = bus.Producer(initialize: false);
        for (var i = 0; i < records; i += 100)
        {
            Assert.Equal(TransactionResult.Done, producer.Begin());
            for (var j = i; j < i + 100; j++)
            {
                producer.Send(bus.Outbound, ValueOf(j), "lockstep", BitConverter.GetBytes(j));
            }

            Assert.Equal(TransactionResult.Done, producer.Commit(TestBus.Limit));
        }

        await bus.LeaveOpenAsync(producer, 66);
        Assert.Equal(TransactionResult.Done, aborted.InitTransactions(TestBus.Limit));
        Assert.Equal(TransactionResult.Done, aborted.Begin());
        aborted.Send(bus.Outbound, ValueOf(records), "lockstep", BitConverter.GetBytes(records));
        Assert.Equal(TransactionResult.Done, aborted.Commit(TestBus.Limit));

        var reader = bus.Reader(0);
        var (page, next) = (new RecordPage(), 0);
        await Eventually.TrueAsync(
            () =>
            {
                while (reader.Read(TimeSpan.FromMilliseconds(50), page))
                {
                    for (var i = 0; i < page.Count; i++, next++)
                    {
                        Assert.Equal(ValueOf(next), page.ValueOf(i));
                        Assert.True(page.TryHeaderOf(i, "lockstep"u8, out var header));
                        Assert.Equal(next, BitConverter.ToInt32(header));
                        Assert.False(page.TryHeaderOf(i, "other"u8, out _));
                        Assert.False(page.TryKeyOf(i, out _));
                        Assert.True(i == 0 || page.OffsetOf(i) > page.OffsetOf(i - 1));
                    }
                }

                return next > records && reader.IsAtEnd(bus.Outbound);
            },
            state: () => $"{next} records, position {reader.PositionOf(bus.Outbound)}");
        Assert.Equal(records + 1, next);
        Assert.Equal(await bus.EndAsync(ReadIsolation.Committed), reader.PositionOf(bus.Outbound));
    }

    private static byte[] ValueOf(int number) =>
        System.Text.Encoding.ASCII.GetBytes($"{number},{number * 7},{new string((char)('a' + (number % 26)), number % 300)}");

    private static Task<KafkaRecord> NextAsync(PartitionReader reader) => Eventually.GetAsync(
        () => Task.FromResult(reader.Poll(TimeSpan.FromMilliseconds(50))!), r => r is not null);
}
