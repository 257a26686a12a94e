using Lockstep.ZooKeeper;

namespace Lockstep.LocalCluster.ZooKeeper;

/// <summary>One znode. Owned by the server's lock.</summary>
internal sealed class Znode
{
    /// <summary>As the real server marks it: <c>EphemeralType.CONTAINER_EPHEMERAL_OWNER</c>.</summary>
    public const long ContainerOwner = long.MinValue;

    private const ulong TtlMark = 0xff00_0000_0000_0000;

    public required string Path { get; init; }

    public required long Czxid { get; init; }

    public required long CreatedMs { get; init; }

    /// <summary>Session id, a mark for containers or times to live, or 0.</summary>
    public required long Owner { get; init; }

    public required IReadOnlyList<Acl> Acl { get; set; }

    public required ReadOnlyMemory<byte> Content { get; set; }

    public required long Mzxid { get; set; }

    public required long ModifiedMs { get; set; }

    public required long Pzxid { get; set; }

    public int Version { get; set; }

    public int Aversion { get; set; }

    /// <summary>How many children were ever created: the next sequential child's number.</summary>
    public int ChildrenCreated { get; set; }

    /// <summary>Names of the children.</summary>
    public HashSet<string> Children { get; } = new(StringComparer.Ordinal);

    public bool IsContainer => Owner == ContainerOwner;

    /// <summary>The time to live; null when it has none.</summary>
    public TimeSpan? TimeToLive => !IsContainer && ((ulong)Owner & TtlMark) == TtlMark
        ? TimeSpan.FromMilliseconds(Owner & ~unchecked((long)TtlMark))
        : null;

    public bool IsEphemeral => Owner != 0 && !IsContainer && TimeToLive is null;

    public static long TtlOwner(long ttlMs) => unchecked((long)TtlMark) | ttlMs;

    /// <summary>Clients see creations and deletions of children together as cversion.</summary>
    public Stat Stat() => new(
        Czxid,
        Mzxid,
        CreatedMs,
        ModifiedMs,
        Version,
        (ChildrenCreated * 2) - Children.Count,
        Aversion,
        new SessionId(Owner),
        Content.Length,
        Children.Count,
        Pzxid);
}
