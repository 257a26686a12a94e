using Lockstep.Contracts.Failover;

namespace Lockstep.Connectors.Kafka;

/// <summary>What a membership is told at its start.</summary>
/// <param name="ConnectString">Servers, perhaps with a chroot.</param>
/// <param name="SessionTimeout">Session time-out.</param>
/// <param name="ParentPath">Parent of the members' znodes: <see cref="ZnodePath.Engines"/> or <see cref="ZnodePath.Adapters"/>.</param>
/// <param name="Content">What the znode holds, with role and epoch at the start.</param>
internal sealed record MembershipOptions(string ConnectString, TimeSpan SessionTimeout, string ParentPath, ZnodeContent Content);
