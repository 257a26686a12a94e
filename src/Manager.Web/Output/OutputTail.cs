using System.Collections.Concurrent;
using System.Threading.Channels;
using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Deployments;

namespace Lockstep.Manager.Web.Output;

/// <summary>
/// Live tails of the groups' outbound topics: one reader and one ring a group for the whole process, any number of viewers.
/// Reading begins with the first viewer and ends a while after the last.
/// </summary>
internal sealed class OutputTail(DeploymentStore groups, GroupModels models, BusAddress bus, TimeProvider time, ILogger<OutputTail> logger)
    : IAsyncDisposable
{
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CatchUpLimit = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, TopicFeed> _feeds = new(StringComparer.Ordinal);
    private readonly Lock _opening = new();

    /// <summary>Opens a tail.</summary>
    /// <param name="group">Group name; a group without output gives a tail that ends at once.</param>
    /// <param name="from">Where it begins.</param>
    /// <param name="isLossless">
    /// True: a slow viewer is served from the topic again and misses nothing (downloads). False: what the ring no longer holds
    /// is left out and counted (live views).
    /// </param>
    public OutputViewer Open(string group, OutputFrom from, bool isLossless = false)
    {
        TopicFeed? feed = null;
        return new OutputViewer(
            async (writer, stop) =>
            {
                feed = await FeedAsync(group, stop);
                if (feed is not null)
                {
                    await PumpAsync(feed, from, isLossless, writer, stop);
                }
            },
            () => feed?.Leave(time.GetUtcNow()));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var feed in _feeds.Values)
        {
            await feed.DisposeAsync();
        }
    }

    private async Task<TopicFeed?> FeedAsync(string group, CancellationToken stop)
    {
        if (!groups.Groups.TryGetValue(group, out var record)
            || (await models.OfAsync(record.Spec, stop))?.Topology.Outputs is not [var end, ..])
        {
            return null;
        }

        await bus.WaitAsync(stop);
        List<TopicFeed> idle;
        TopicFeed feed;
        lock (_opening)
        {
            idle = [.. _feeds.Values.Where(f => f.IsIdle(time.GetUtcNow(), Linger) || (f.Group == group && f.Bus != bus.Current))];
            foreach (var old in idle)
            {
                _feeds.TryRemove(old.Group, out _);
            }

            feed = _feeds.GetOrAdd(group, _ => new TopicFeed(group, end, bus.Current!, time, logger));
            feed.Enter();
        }

        foreach (var old in idle)
        {
            await old.DisposeAsync();
        }

        return feed;
    }

    private static async Task PumpAsync(
        TopicFeed feed, OutputFrom from, bool isLossless, ChannelWriter<OutputBatch> writer, CancellationToken stop)
    {
        // What is newest is known once the reader has come to the end of the topic.
        await feed.WaitCaughtUpAsync(CatchUpLimit, stop);
        var ring = feed.Ring;
        // First of all a batch without rows: it says what is newest, also when there is nothing to show.
        await writer.WriteAsync(new OutputBatch([], 0, ring.NewestOffset), stop);
        var next = from.Offset is { } offset
            ? await FromTopicAsync(feed, offset, writer, stop)
            : Math.Max(0, ring.Next - Math.Min(from.Newest ?? 0, OutputRing.Capacity));
        OutputRow? last = null;
        while (true)
        {
            await ring.WaitAsync(next, stop);
            var (rows, after, missed) = ring.Read(next, OutputBatch.MaxRows);
            if (missed > 0 && isLossless && last is not null)
            {
                next = await FromTopicAsync(feed, last.Offset + 1, writer, stop);
                continue;
            }

            await writer.WriteAsync(new OutputBatch(rows, missed, ring.NewestOffset), stop);
            last = rows.Count > 0 ? rows[^1] : last;
            next = after;
        }
    }

    /// <summary>Serves rows that the ring does not hold any more from the topic, until the ring can go on.</summary>
    /// <returns>The number of the ring's row to go on with.</returns>
    private static async Task<long> FromTopicAsync(
        TopicFeed feed, long offset, ChannelWriter<OutputBatch> writer, CancellationToken stop)
    {
        if (feed.Ring.Find(offset) is { } there)
        {
            return there;
        }

        await foreach (var rows in feed.ReadFromAsync(offset, stop))
        {
            foreach (var part in rows.Chunk(OutputBatch.MaxRows))
            {
                await writer.WriteAsync(new OutputBatch(part, 0, feed.Ring.NewestOffset), stop);
            }

            offset = rows[^1].Offset + 1;
            if (feed.Ring.Find(offset) is { } found)
            {
                return found;
            }
        }

        return feed.Ring.Next;
    }
}
