namespace Lockstep.ZooKeeper.Protocol;

/// <summary>Request numbers with a meaning of their own (<c>ClientCnxn</c>); requests of users count from 1.</summary>
internal static class Xid
{
    public const int Event = -1;
    public const int Ping = -2;
    public const int Auth = -4;
    public const int SetWatches = -8;
}
