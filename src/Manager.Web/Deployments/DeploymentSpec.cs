using System.Collections.Immutable;
using Lockstep.Contracts.Api;

namespace Lockstep.Manager.Web.Deployments;

/// <summary>A group as it was asked for, complete: what the database keeps. A change is a new spec.</summary>
internal sealed record DeploymentSpec
{
    /// <summary>Group name.</summary>
    public required string Name { get; init; }

    /// <summary>Project name.</summary>
    public required string Project { get; init; }

    /// <summary>major.minor.</summary>
    public required string Version { get; init; }

    /// <summary>How many members of each kind.</summary>
    public required Replicas Replicas { get; init; }

    /// <summary>The growing CSV file the inputs read; null for no inputs.</summary>
    public string? InputFile { get; init; }

    /// <summary>The CSV file the output writes; null for no output.</summary>
    public string? OutputFile { get; init; }

    /// <summary>Header lines of the input file.</summary>
    public int InputHeaderLines { get; init; }

    /// <summary>Values for placeholders of the model.</summary>
    public ImmutableSortedDictionary<string, string> Settings { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>True for a production group.</summary>
    public bool IsProduction { get; init; }

    /// <summary>Members that were stopped one by one: they stay down until started, or until the group is started.</summary>
    public ImmutableSortedSet<string> StoppedMembers { get; init; } = [];

    /// <summary>
    /// Number of the first engine. A new version's engines are the ones after those that run, so it changes with each upgrade.
    /// </summary>
    public int FirstEngine { get; init; } = 1;

    /// <summary>True once the group was upgraded: its engines' models and folders carry the version.</summary>
    public bool WasUpgraded { get; init; }

    /// <summary>The upgrade that is under way; null for none.</summary>
    public UpgradeSpec? Upgrade { get; init; }

    /// <summary>Engines of the version before an upgrade, or of the only one.</summary>
    public IEnumerable<MemberName> Engines() => Enumerable.Range(FirstEngine, Replicas.Engines).Select(MemberName.Engine);

    /// <summary>Engines of the version that an upgrade leads to; none without one.</summary>
    public IEnumerable<MemberName> NewEngines() => Upgrade is null
        ? []
        : Enumerable.Range(FirstEngine == 1 ? 1 + Replicas.Engines : 1, Replicas.Engines).Select(MemberName.Engine);

    /// <summary>The version that a member runs.</summary>
    public string VersionOf(MemberName member) => NewEngines().Contains(member) ? Upgrade!.Version : Version;

    /// <summary>Names of the members in order: input-1, input-2, engine-a, engine-b, output-1.</summary>
    public IEnumerable<MemberName> Members()
    {
        for (var i = 1; InputFile is not null && i <= Replicas.Inputs; i++)
        {
            yield return MemberName.Input(i);
        }

        foreach (var engine in Engines().Concat(NewEngines()).OrderBy(e => e.Name, StringComparer.Ordinal))
        {
            yield return engine;
        }

        for (var i = 1; OutputFile is not null && i <= Replicas.Outputs; i++)
        {
            yield return MemberName.Output(i);
        }
    }
}
