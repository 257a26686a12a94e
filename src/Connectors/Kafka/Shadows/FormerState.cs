using System.Collections.Immutable;
using Lockstep.Connectors.Snapshots;
using Lockstep.Contracts.Failover;
using Lockstep.Engine.Execution;
using Lockstep.Engine.State.Migration;
using Lockstep.Failover;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Kafka.Shadows;

/// <summary>Snapshots of the version that a group ran before, taken over into an engine of this one.</summary>
internal sealed class FormerState
{
    private readonly FormerVersion _version;
    private readonly MigrationChoices _choices;
    private readonly GroupTopics _own;
    private readonly GroupTopics _topics;

    /// <summary>Over the version of before.</summary>
    /// <param name="options">The member's options, with a former version.</param>
    /// <param name="own">Topics of this version.</param>
    /// <param name="engine">An engine of this version.</param>
    /// <param name="alarms">For snapshots that can't be used.</param>
    /// <param name="logger">Log lines.</param>
    /// <exception cref="ArgumentException">The former version writes another journal.</exception>
    public FormerState(EngineMemberOptions options, GroupTopics own, ProjectEngine engine, AlarmBoard alarms, ILogger logger)
    {
        _version = options.Shadow!.Former!;
        _choices = options.Shadow.Choices;
        _own = own;
        var former = _version.NewEngine();
        _topics = GroupTopics.Of(_version.Project, former, options.Group);
        if (_topics.Journal != own.Journal || _topics.TransactionalId != own.TransactionalId)
        {
            throw new ArgumentException(
                $"The former version writes journal {_topics.Journal}, this one {own.Journal}: they are no versions of one group.", nameof(options));
        }

        Plan = engine.PlanMigration(former, _choices);
        Schemas = [.. _topics.Outbound.Select(t => former.SchemaOf(t.Window))];
        Snapshots = new SnapshotStore(
            Path.Combine(options.Folder, "former"), own.Group, _version.ModelDigest, kept: 1, alarms, logger);
    }

    /// <summary>What becomes of each window's state.</summary>
    public MigrationPlan Plan { get; }

    /// <summary>Schemas of the outbound windows.</summary>
    public ImmutableArray<Contracts.Events.Schema> Schemas { get; }

    /// <summary>Snapshots of that version, got from its members.</summary>
    public SnapshotStore Snapshots { get; }

    /// <summary>The topics that the indexes of that version mean.</summary>
    public JournalTopics Topics => TopicTranslation.NamesOf(_topics);

    /// <summary>Takes the state of a snapshot over into an engine without state; false: the snapshot is damaged.</summary>
    /// <exception cref="InvalidOperationException">The plan is not possible.</exception>
    public bool Restore(SnapshotHeader header, ProjectEngine engine)
    {
        var former = _version.NewEngine();
        try
        {
            if (!Snapshots.Restore(header, former))
            {
                return false;
            }

            engine.Migrate(former, _choices);
            return true;
        }
        finally
        {
            former.Release();
        }
    }

    /// <summary>Where in the journal a snapshot stands, by the topics of this version.</summary>
    public JournalCursor CursorOf(SnapshotHeader header) => header.Cursor with
    {
        InboundNext = [.. _own.Inbound.Select(t => Of(Topics.Inbound, t.Name, header.InboundNext))],
        LastQ = [.. _own.Outbound.Select(t => Of(Topics.Outbound, t.Name, header.LastQ))],
    };

    private static long Of(ImmutableArray<string> names, string name, ImmutableArray<long> values) =>
        names.IndexOf(name) is >= 0 and var index ? values[index] : JournalCursor.Unknown;
}
