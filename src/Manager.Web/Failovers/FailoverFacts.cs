using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Supervision;

namespace Lockstep.Manager.Web.Failovers;

/// <summary>What was known when a failover was noticed; its report is made of this and of what is gathered after.</summary>
/// <param name="Group">The group.</param>
/// <param name="Failover">The failover.</param>
/// <param name="Election">Path of the election's parent znode; null when unknown.</param>
/// <param name="LostPid">Process that was lost; 0 for none.</param>
/// <param name="KilledAt">When somebody killed the member that was active; null when nobody did.</param>
/// <param name="AskedAt">When somebody asked for it; null when nobody did.</param>
/// <param name="Death">The supervisor's note of the lost member; null for none.</param>
/// <param name="Detail">How the lost process ended; null when it did not.</param>
internal sealed record FailoverFacts(
    string Group, FailoverResource Failover, string? Election, int LostPid, DateTimeOffset? KilledAt, DateTimeOffset? AskedAt,
    Death? Death, string? Detail);
