namespace Lockstep.Contracts.Failover;

/// <summary>What a member writes into its znode, as JSON. Information for people and consoles, never safety.</summary>
/// <param name="Member">Its name.</param>
/// <param name="Incarnation">A value made once a process; tells a process's own znode from its predecessor's.</param>
/// <param name="Role">Its role.</param>
/// <param name="Epoch">The epoch it writes, or the last it has seen.</param>
/// <param name="ModelDigest">Digest of its model; a group with two different ones is refused.</param>
/// <param name="Address">Base address of its status endpoint; empty for none.</param>
/// <param name="Pid">Its process id.</param>
public sealed record ZnodeContent(
    string Member, string Incarnation, MemberRole Role, long Epoch, string ModelDigest, string Address, int Pid);
