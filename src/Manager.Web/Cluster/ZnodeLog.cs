using System.Collections.Immutable;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.ZooKeeper;

namespace Lockstep.Manager.Web.Cluster;

/// <summary>What happened to the znodes below /ESP, in the order in which the server told; the newest <see cref="Kept"/>. Any thread.</summary>
internal sealed class ZnodeLog(TimeProvider time)
{
    /// <summary>Events kept.</summary>
    public const int Kept = 1000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, string> _members = new(StringComparer.Ordinal);
    private readonly Queue<ZnodeEventResource> _events = new();

    /// <summary>Takes an event of the watch in.</summary>
    public void Add(WatchEvent seen)
    {
        var kind = seen.Type switch
        {
            WatchEventType.Created => "created",
            WatchEventType.Deleted => "deleted",
            WatchEventType.DataChanged => "dataChanged",
            _ => null,
        };
        if (kind is null)
        {
            return;
        }

        var now = time.GetUtcNow();
        lock (_lock)
        {
            if (_events.Count == Kept)
            {
                _members.Remove(_events.Dequeue() is { Kind: "deleted" } old ? old.Path : "");
            }

            _events.Enqueue(new ZnodeEventResource(now, kind, seen.Path, null, Math.Max(0, seen.Zxid)));
        }
    }

    /// <summary>Learns from what was read which member's each znode is.</summary>
    public void Learn(IEnumerable<ZnodeResource> nodes)
    {
        lock (_lock)
        {
            foreach (var node in nodes)
            {
                if (node.OwnerSession is not null && MemberOf(node) is { } member)
                {
                    _members[node.Path] = member;
                }
            }
        }
    }

    /// <summary>Events of the members' znodes below a parent within a time, in order.</summary>
    /// <param name="parent">Path of the election.</param>
    /// <param name="from">Not earlier.</param>
    /// <param name="to">Not later.</param>
    public ImmutableArray<ZnodeEventResource> Between(string parent, DateTimeOffset from, DateTimeOffset to)
    {
        lock (_lock)
        {
            return
            [
                .. _events.Where(e => e.At >= from && e.At <= to && IsChild(e.Path, parent))
                    .Select(e => e with { Member = _members.GetValueOrDefault(e.Path) }),
            ];
        }
    }

    private static bool IsChild(string path, string parent) =>
        path.Length > parent.Length && path[parent.Length] == '/' && path.StartsWith(parent, StringComparison.Ordinal)
        && path.IndexOf('/', parent.Length + 1) < 0;

    private static string? MemberOf(ZnodeResource node)
    {
        try
        {
            return ZnodeContentCodec.Decode(Convert.FromHexString(node.Hex)).Member;
        }
        catch (FormatException)
        {
            return null; // Another program's znode, or one that is not filled yet.
        }
    }
}
