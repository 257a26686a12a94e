using Lockstep.Connectors.Kafka;
using Lockstep.Connectors.Kafka.Shadows;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using Lockstep.Engine.State.Migration;

namespace Lockstep.Connectors.Tests.Kafka;

/// <summary>Another version of a test group's project, whose members join as shadows.</summary>
internal sealed class TestVersion(TestGroup group, ProjectDefinition project, string digest)
{
    public string Digest => digest;

    /// <summary>Makes a member; it is still to be run.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="migrates">True: the state of the group's first version is taken over from a snapshot.</param>
    /// <param name="choices">What was decided about it.</param>
    /// <param name="change">Further options.</param>
    public TestMember Start(
        string name, bool migrates = false, MigrationChoices? choices = null, Func<EngineMemberOptions, EngineMemberOptions>? change = null) =>
        group.Start(name, before =>
        {
            var options = before with
            {
                Project = project,
                NewEngine = () => ProjectEngine.Build(project).Engine!,
                ModelDigest = digest,
                FetchSnapshot = (address, _) => group.SnapshotOfAsync(address),
                Address = "peer-" + name,
                Shadow = new ShadowOptions
                {
                    Former = migrates ? new FormerVersion(before.Project, before.ModelDigest, before.NewEngine) : null,
                    Choices = choices ?? MigrationChoices.None,
                },
            };
            return change is null ? options : change(options);
        });
}
