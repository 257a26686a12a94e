using System.Collections.Immutable;
using Lockstep.Contracts.Api;

namespace Lockstep.Manager.Web.Cluster;

/// <summary>The znodes below /ESP as last seen; immutable.</summary>
/// <param name="Version">Grows with each change.</param>
/// <param name="Nodes">Every znode by its path, /ESP itself included when it exists.</param>
/// <param name="IsConnected">False: the ensemble is out of reach and <paramref name="Nodes"/> is what was last seen.</param>
/// <param name="At">When it was last read or confirmed by a watch.</param>
internal sealed record ZnodeTree(
    long Version, ImmutableSortedDictionary<string, ZnodeResource> Nodes, bool IsConnected, DateTimeOffset At);
