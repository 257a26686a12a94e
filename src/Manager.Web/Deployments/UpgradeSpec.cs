using System.Collections.Immutable;

namespace Lockstep.Manager.Web.Deployments;

/// <summary>An upgrade as it was asked for.</summary>
/// <param name="Version">The version it leads to.</param>
/// <param name="Rebuild">True: its members begin with empty state at the beginning of the topics.</param>
/// <param name="StartEmpty">Windows that start empty.</param>
/// <param name="KeepState">Windows that keep what they hold.</param>
internal sealed record UpgradeSpec(
    string Version, bool Rebuild, ImmutableArray<string> StartEmpty, ImmutableArray<string> KeepState);
