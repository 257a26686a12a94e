using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using Lockstep.Engine.State.Migration;

namespace Lockstep.Connectors.Kafka.Shadows;

/// <summary>
/// Lets a member join a group that runs another version of its project (docs/operating/upgrade.md). Where its own version writes
/// already it changes nothing. Immutable.
/// </summary>
public sealed record ShadowOptions
{
    /// <summary>
    /// The version that the group ran before; null: the shadow begins at the journal's beginning, with empty state, and applies
    /// everything anew.
    /// </summary>
    public FormerVersion? Former { get; init; }

    /// <summary>What was decided for windows whose state no rule carries over.</summary>
    public MigrationChoices Choices { get; init; } = MigrationChoices.None;
}

/// <summary>A version whose snapshots a shadow migrates.</summary>
/// <param name="Project">Its project, with the same connectors as it runs with.</param>
/// <param name="ModelDigest">Its model digest.</param>
/// <param name="NewEngine">Makes an engine of it with empty state.</param>
public sealed record FormerVersion(ProjectDefinition Project, string ModelDigest, Func<ProjectEngine> NewEngine);
