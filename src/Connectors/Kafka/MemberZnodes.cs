using Lockstep.Contracts.Failover;
using Lockstep.ZooKeeper;
using Standing = Lockstep.Failover.ElectionStanding;
using ZnodeStanding = Lockstep.ZooKeeper.ElectionStanding;

namespace Lockstep.Connectors.Kafka;

/// <summary>Members' znodes: what they say, and their end.</summary>
internal static class MemberZnodes
{
    /// <summary>What all but one's own say, in the order of the election.</summary>
    /// <exception cref="ZooKeeperException">Not now.</exception>
    public static async Task<IReadOnlyList<ZnodeContent>> ReadAsync(
        ZooKeeperClient client, string parent, string incarnation, CancellationToken cancellation)
    {
        var peers = new List<ZnodeContent>();
        var children = await client.GetChildrenAsync(parent, null, cancellation).ConfigureAwait(false);
        foreach (var name in children.Names.Order(StringComparer.Ordinal))
        {
            var data = await client.GetDataAsync($"{parent}/{name}", null, cancellation).ConfigureAwait(false);
            if (Of(data.Data) is { } content && content.Incarnation != incarnation)
            {
                peers.Add(content);
            }
        }

        return peers;
    }

    /// <summary>Deletes one; one that is gone is no error.</summary>
    /// <exception cref="ZooKeeperException">Not now.</exception>
    public static async Task DeleteAsync(ZooKeeperClient client, string path, CancellationToken cancellation)
    {
        try
        {
            await client.DeleteAsync(path, -1, cancellation).ConfigureAwait(false);
        }
        catch (ZooKeeperException gone) when (gone.Code == ErrorCode.NoNode)
        {
            // As wanted.
        }
    }

    /// <summary>Its content; null: it is no member's.</summary>
    private static ZnodeContent? Of(ReadOnlyMemory<byte> data)
    {
        try
        {
            return ZnodeContentCodec.Decode(data.Span);
        }
        catch (FormatException)
        {
            // Somebody else's znode: no peer.
            return null;
        }
    }

    /// <summary>A position as the state machine knows it.</summary>
    public static Standing StandingOf(ElectionPosition position) => position switch
    {
        { IsLowest: true } => Standing.First,
        { Standing: ZnodeStanding.Standing } => Standing.Waiting,
        _ => Standing.None,
    };
}
