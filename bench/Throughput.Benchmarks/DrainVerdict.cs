using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;
using Lockstep.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.Throughput.Benchmarks;

/// <summary>
/// Reads everything that a drain wrote and holds it against the closed form: every counter once and in order, every sum right, q
/// 1, 2, 3, ... without a gap. A rate of a run that lost or doubled something is worth nothing, so a wrong result ends the command.
/// </summary>
internal static class DrainVerdict
{
    private const int CounterColumn = 1;
    private const int SumColumn = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Gives how many outbound records there are.</summary>
    /// <exception cref="InvalidDataException">A result is missing, doubled, out of order or wrong.</exception>
    public static long Judge(KafkaBusOptions bus, string outbound, Schema schema, long events)
    {
        using var reader = new PartitionReader(bus, ReadIsolation.Committed, [new PartitionStart(outbound, 0)], NullLogger.Instance);
        var (block, csv, page) = (new EventBlock(schema, 512), new CsvEventReader(schema, new CsvFormat()), new RecordPage());
        var (last, q) = (0L, 0L);
        while (last < events)
        {
            if (!reader.Read(Patience, page) && reader.IsAtEnd(outbound))
            {
                throw new InvalidDataException($"The results end at {last} of {events}.");
            }

            for (var i = 0; i < page.Count; i++)
            {
                if (!page.TryHeaderOf(i, "lockstep"u8, out var header) || !OutboundStampCodec.TryPeek(header, out _, out var stamped, out _)
                    || stamped != q + 1)
                {
                    throw new InvalidDataException($"The record at {page.OffsetOf(i)} does not carry q {q + 1}.");
                }

                q = stamped;
                Decode(page.ValueOf(i), schema, csv, block);
                last = Check(block, last);
            }
        }

        return last == events ? q : throw new InvalidDataException($"{last} results of {events} events.");
    }

    private static void Decode(ReadOnlySpan<byte> value, Schema schema, CsvEventReader csv, EventBlock block)
    {
        block.Clear();
        if (EventBlockCodec.TryPeek(value, out _) == EventBlockError.None)
        {
            EventBlockCodec.Decode(value, schema, block);
        }
        else
        {
            csv.Read(value, block);
        }
    }

    private static long Check(EventBlock block, long last)
    {
        var counters = block.ColumnOf<long>(CounterColumn).Values;
        var sums = block.ColumnOf<double>(SumColumn).Values;
        for (var row = 0; row < counters.Length; row++)
        {
            if (counters[row] != ++last || sums[row] != Sum20Model.SumAt(last))
            {
                throw new InvalidDataException($"Result {counters[row]} with sum {sums[row]} stands where {last} with {Sum20Model.SumAt(last)} belongs.");
            }
        }

        return last;
    }
}
