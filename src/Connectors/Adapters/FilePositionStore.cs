using System.Text;
using Lockstep.Connectors.Kafka;
using Lockstep.Kafka;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Adapters;

/// <summary>Reads the committed position of an adapter group from its compacted metatopic.</summary>
/// <param name="bus">Where Kafka is.</param>
/// <param name="metaTopic">The metatopic; may be shared by several groups.</param>
/// <param name="group">The key.</param>
/// <param name="topic">Positions for other topics are not this adapter's.</param>
/// <param name="logger">Log lines of the clients.</param>
internal sealed class FilePositionStore(KafkaBusOptions bus, string metaTopic, string group, string topic, ILogger logger)
{
    /// <summary>The last position lies among so many last records nearly always, since an active writes one each commit.</summary>
    private const int NearEnd = 500;

    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(20);

    private readonly byte[] _key = Encoding.UTF8.GetBytes(group);

    /// <summary>The last position that was committed when this is called; null: there is none.</summary>
    /// <param name="admin">An admin client of the same cluster.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="KafkaFaultException">The cluster can't be reached, or refuses.</exception>
    public async Task<FilePosition?> ReadAsync(TopicAdmin admin, CancellationToken cancellation)
    {
        var ends = await admin.ListOffsetsAsync([metaTopic], OffsetEnd.Latest, ReadIsolation.Committed, cancellation)
            .ConfigureAwait(false);
        var starts = await admin.ListOffsetsAsync([metaTopic], OffsetEnd.Earliest, ReadIsolation.Committed, cancellation)
            .ConfigureAwait(false);
        var (start, end) = (starts[metaTopic], ends[metaTopic]);
        var near = Math.Max(start, end - NearEnd);
        return await ScanAsync(near, end, cancellation).ConfigureAwait(false)
            ?? (near > start ? await ScanAsync(start, end, cancellation).ConfigureAwait(false) : null);
    }

    private Task<FilePosition?> ScanAsync(long start, long end, CancellationToken cancellation) => Task.Run(
        () =>
        {
            FilePosition? last = null;
            if (start >= end)
            {
                return last;
            }

            using var reader = new PartitionReader(
                ReaderTuning.Quick(bus), ReadIsolation.Committed, [new PartitionStart(metaTopic, start)], logger);
            while (reader.PositionOf(metaTopic) < end)
            {
                cancellation.ThrowIfCancellationRequested();
                var record = PollOnce(reader);
                if (record?.Key is { } key && key.AsSpan().SequenceEqual(_key)
                    && FilePosition.Decode(record.Value) is { } position && position.Topic == topic)
                {
                    last = position;
                }
            }

            return last;
        },
        cancellation);

    private static KafkaRecord? PollOnce(PartitionReader reader)
    {
        try
        {
            return reader.Poll(PollTime);
        }
        catch (KafkaFaultException passing) when (passing.Fault.Kind == KafkaFaultKind.Retry)
        {
            return null;
        }
    }
}
