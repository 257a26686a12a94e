using Lockstep.Contracts.Failover;

namespace Lockstep.Failover;

/// <summary>
/// A member's place in the election: a real one over ZooKeeper and a simulated one exist. Calls return at once and are
/// carried out in order; what happens comes as <see cref="FailoverInput"/> to the member.
/// </summary>
public interface IGroupMembership
{
    /// <summary>See <see cref="FailoverEffect.JoinElection"/>.</summary>
    void Join();

    /// <summary>See <see cref="FailoverEffect.LeaveElection"/>.</summary>
    void Leave();

    /// <summary>See <see cref="FailoverEffect.ConfirmLeadership"/>.</summary>
    void Confirm(int attempt);

    /// <summary>Writes role and epoch into the znode; information, never safety.</summary>
    void Write(MemberRole role, Epoch epoch);
}
