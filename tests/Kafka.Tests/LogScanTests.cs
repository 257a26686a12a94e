using System.Buffers.Binary;
using Lockstep.Kafka.Protocol;

namespace Lockstep.Kafka.Tests;

/// <summary>Where the committed records of a log end: batches made by hand, laid out as Kafka's documentation says.</summary>
public sealed class LogScanTests
{
    [Fact]
    public void Markers_and_aborted_records_behind_the_last_committed_one_are_passed_over()
    {
        byte[] log = [.. Batch(10, 2, producer: 7), .. Marker(12, 7), .. Batch(13, 3, producer: 8), .. Marker(16, 8)];
        Assert.Equal(12, LogScan.LastCommitted(log, [(8, 13)], 10, 17));
    }

    [Fact]
    public void Only_markers_and_aborted_records_leave_nothing_to_read() =>
        Assert.Equal(13, LogScan.LastCommitted([.. Batch(13, 3, 8), .. Marker(16, 8)], [(8, 13)], 13, 17));

    [Fact]
    public void A_producer_that_aborted_once_and_committed_afterwards_counts()
    {
        byte[] log = [.. Batch(0, 1, 8), .. Marker(1, 8), .. Batch(2, 1, 8), .. Marker(3, 8)];
        Assert.Equal(3, LogScan.LastCommitted(log, [(8, 0)], 0, 4));
    }

    [Fact]
    public void Records_outside_of_transactions_count() =>
        Assert.Equal(5, LogScan.LastCommitted([.. Batch(3, 2, -1, attributes: 0)], [], 3, 5));

    [Fact]
    public void What_the_batches_do_not_reach_is_not_known()
    {
        byte[] log = [.. Batch(0, 1, 8), .. Marker(1, 8), .. Batch(2, 1, 8)];
        Assert.Equal(9, LogScan.LastCommitted(log, [(8, 0)], 0, 9));
        Assert.Equal(9, LogScan.LastCommitted(log.AsSpan(0, log.Length - 5), [(8, 0)], 0, 9));
        Assert.Equal(9, LogScan.LastCommitted([], [], 0, 9));
    }

    [Fact]
    public void Batches_of_an_older_format_are_not_understood()
    {
        var old = Batch(0, 1, 8);
        old[16] = 1;
        Assert.Equal(4, LogScan.LastCommitted(old, [], 0, 4));
    }

    [Fact]
    public void Nothing_below_the_end_is_nothing_to_read() => Assert.Equal(5, LogScan.LastCommitted([], [], 5, 5));

    private static byte[] Marker(long offset, long producer) => Batch(offset, 1, producer, attributes: 0x30);

    private static byte[] Batch(long offset, int count, long producer, short attributes = 0x10)
    {
        var batch = new byte[61 + (count * 8)];
        BinaryPrimitives.WriteInt64BigEndian(batch, offset);
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(8), batch.Length - 12);
        batch[16] = 2;
        BinaryPrimitives.WriteInt16BigEndian(batch.AsSpan(21), attributes);
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(23), count - 1);
        BinaryPrimitives.WriteInt64BigEndian(batch.AsSpan(43), producer);
        return batch;
    }
}
