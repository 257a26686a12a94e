using System.Collections.Immutable;
using Lockstep.Contracts.Api;

namespace Lockstep.Manager.Web.Cluster;

/// <summary>Everything the console shows of the groups, as of one moment; immutable.</summary>
/// <param name="Version">Grows with each snapshot.</param>
/// <param name="Groups">Groups in order of name.</param>
/// <param name="BusSentence">The bus as a sentence; says when it is in memory and unfenced.</param>
/// <param name="At">When it was made.</param>
internal sealed record ClusterSnapshot(long Version, ImmutableArray<GroupResource> Groups, string BusSentence, DateTimeOffset At)
{
    /// <summary>The group of that name, or null.</summary>
    public GroupResource? Find(string group) =>
        Groups.FirstOrDefault(g => string.Equals(g.Name, group, StringComparison.Ordinal));
}
