using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;
using Lockstep.Failover;

namespace Lockstep.Connectors.Kafka.Shadows;

/// <summary>
/// What a shadow would have written beside what another version writes, topic by topic. Begins with the first step of another
/// version that is applied; before that it costs nothing.
/// </summary>
internal sealed class ShadowComparison
{
    private readonly GroupTopics _topics;
    private readonly ImmutableArray<TopicComparer> _comparers;
    private volatile bool _isOn;

    /// <summary>Over the topics of this member's version.</summary>
    /// <param name="topics">The topics.</param>
    /// <param name="schemas">Schemas that their records may have.</param>
    public ShadowComparison(GroupTopics topics, IEnumerable<Schema> schemas)
    {
        _topics = topics;
        var all = schemas.ToList();
        _comparers = [.. topics.Outbound.Select(t => new TopicComparer(t, new RowText(t, all)))];
    }

    /// <summary>True: records are wanted.</summary>
    public bool IsOn => _isOn;

    /// <summary>Empty while nothing is compared.</summary>
    public ImmutableArray<TopicComparison> Results => _isOn ? [.. _comparers.Select(c => c.Result)] : [];

    /// <summary>A member that may become a shadow keeps what it reads from the start.</summary>
    public void TurnOn() => _isOn = true;

    /// <summary>A record that lies on an outbound topic; any thread.</summary>
    public void Seen(int topic, OutboundStamp stamp, byte[] value)
    {
        if (_isOn)
        {
            _comparers[topic].Seen(stamp, value);
        }
    }

    /// <summary>A step of another version was applied; on the engine thread.</summary>
    /// <param name="record">Its record.</param>
    /// <param name="before">Where the member stood before it.</param>
    /// <param name="names">The topics that indexes of the other version mean.</param>
    /// <param name="outputs">What this version made of it.</param>
    public void Applied(
        JournalRecord record, JournalCursor before, JournalTopics? names,
        ImmutableArray<(int Topic, ReadOnlyMemory<byte> Value, MessageId Id)> outputs)
    {
        _isOn = true;
        for (var i = 0; i < _comparers.Length; i++)
        {
            var topic = i;
            var first = Math.Max(0, before.LastQ[i]);
            var last = record.Outputs.Where(o => o.TopicIndex == topic).Select(o => o.LastQ).DefaultIfEmpty(first).Max();
            _comparers[i].Applied(
                first, last, [.. outputs.Where(o => o.Topic == topic).Select(o => new ShadowRecord(o.Value, Live(o.Id, names)))]);
        }
    }

    /// <summary>Compares what can be; on the engine thread.</summary>
    public void Match()
    {
        if (_isOn)
        {
            foreach (var comparer in _comparers)
            {
                comparer.Match();
            }
        }
    }

    private MessageId Live(MessageId id, JournalTopics? names) => names is null || id.TopicIndex >= _topics.Inbound.Length
        ? id
        : id with { TopicIndex = names.Inbound.IndexOf(_topics.Inbound[id.TopicIndex].Name) };
}
