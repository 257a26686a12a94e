namespace Lockstep.ZooKeeper;

/// <summary>Who may do what with a znode.</summary>
/// <param name="Acl">Its access list.</param>
/// <param name="Stat">What else the ensemble knows of it.</param>
public sealed record AclResult(IReadOnlyList<Acl> Acl, Stat Stat);
