namespace Lockstep.Contracts.Failover;

/// <summary>Paths of the election znodes (docs/formats/znodes.md).</summary>
public static class ZnodePath
{
    /// <summary>Parent of everything.</summary>
    public const string Root = "/ESP";

    /// <summary>Prefix of a member's ephemeral sequential znode.</summary>
    public const string MemberPrefix = "server-n_";

    /// <summary>Parent of the members of an engine group.</summary>
    public static string Engines(string group) => $"{Root}/{group}";

    /// <summary>Parent of the members of a publisher adapter group.</summary>
    public static string Adapters(string failoverGroup) => $"{Root}/adapters/{failoverGroup}";
}
