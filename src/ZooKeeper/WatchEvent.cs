namespace Lockstep.ZooKeeper;

/// <summary>
/// Something happened to a watched znode. Nothing is said about the session here: see <see cref="ZooKeeperClient.StateChanged"/>.
/// </summary>
/// <param name="Type">What happened.</param>
/// <param name="Path">The znode, as the client names it (without chroot).</param>
/// <param name="Zxid">The transaction that did it; 0 or less when the server does not tell.</param>
public sealed record WatchEvent(WatchEventType Type, string Path, long Zxid);
