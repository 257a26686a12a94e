using System.Collections.Immutable;
using Lockstep.Contracts.Failover;

namespace Lockstep.Connectors.Kafka.Shadows;

/// <summary>
/// Brings the indexes of journal records to those of this member's own version: each epoch start names the topics that the
/// indexes of its epoch mean. What is of a topic that this version does not have is left out. Records are to be given in the
/// order of the journal.
/// </summary>
internal sealed class TopicTranslation(GroupTopics own, JournalTopics? inForce)
{
    private readonly JournalTopics _own = NamesOf(own);
    private JournalTopics? _inForce = inForce;

    /// <summary>True: it is known which topics the indexes mean.</summary>
    public bool IsKnown => _inForce is not null;

    public static JournalTopics NamesOf(GroupTopics topics) =>
        new([.. topics.Inbound.Select(t => t.Name)], [.. topics.Outbound.Select(t => t.Name)]);

    /// <summary>Index of a topic among others of the same direction, or -1.</summary>
    public static int IndexIn(ImmutableArray<string> names, string name) => names.IndexOf(name);

    public JournalRecord Translate(JournalRecord record)
    {
        _inForce = record.Topics ?? _inForce;
        if (_inForce is not { } names || AreSame(names.Inbound, _own.Inbound) && AreSame(names.Outbound, _own.Outbound))
        {
            return record;
        }

        return record with
        {
            Runs = [.. from run in record.Runs
                       let index = _own.Inbound.IndexOf(names.Inbound[run.TopicIndex])
                       where index >= 0
                       select run with { TopicIndex = index }],
            Outputs = [.. from output in record.Outputs
                          let index = _own.Outbound.IndexOf(names.Outbound[output.TopicIndex])
                          where index >= 0
                          select output with { TopicIndex = index }],
        };
    }

    private static bool AreSame(ImmutableArray<string> one, ImmutableArray<string> other) => one.AsSpan().SequenceEqual(other.AsSpan());
}
