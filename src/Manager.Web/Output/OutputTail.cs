using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Lockstep.Manager.Web.Output;

/// <summary>Live tails of the groups' outbound topics: one ring a group for the whole process, any number of viewers.</summary>
internal sealed class OutputTail
{
    private readonly ConcurrentDictionary<string, OutputRing> _rings = new(StringComparer.Ordinal);

    /// <summary>Opens a tail.</summary>
    /// <param name="group">Group name; a group without output gives a tail without rows.</param>
    /// <param name="from">Where it begins.</param>
    public OutputViewer Open(string group, OutputFrom from)
    {
        var ring = RingOf(group);
        var start = from.Offset is { } offset ? ring.Find(offset) ?? 0 : Math.Max(0, ring.Next - (from.Newest ?? 0));
        return new OutputViewer((writer, stop) => PumpAsync(ring, start, writer, stop), () => { });
    }

    /// <summary>The ring of a group; made when it is asked for first.</summary>
    public OutputRing RingOf(string group) => _rings.GetOrAdd(group, _ => new OutputRing());

    private static async Task PumpAsync(
        OutputRing ring, long start, ChannelWriter<OutputBatch> writer, CancellationToken stop)
    {
        while (true)
        {
            await ring.WaitAsync(start, stop);
            var (rows, next, missed) = ring.Read(start, OutputBatch.MaxRows);
            await writer.WriteAsync(new OutputBatch(rows, missed, ring.NewestOffset), stop);
            start = next;
        }
    }
}
