using System.Collections.Immutable;
using System.Globalization;
using Lockstep.Connectors.Kafka.Shadows;
using Lockstep.Contracts.Failover;
using Lockstep.Failover;
using Lockstep.Kafka;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Kafka;

/// <summary>What a member reads: journal, inbound topics, outbound topics. Owned by the engine thread.</summary>
internal sealed class MemberFeeds(MemberParts parts, CancellationToken cancellation) : IDisposable
{
    private readonly ILogger _logger = parts.Loggers.CreateLogger<MemberFeeds>();
    private readonly InboundDecoder _decoder = new(parts, cancellation);
    private OutboundAudit? _audit;
    private int _known;
    private bool _lacksTopics;

    public JournalFeed? Journal { get; private set; }

    public InboundFeed? Inbound { get; private set; }

    /// <summary>Offset of the newest journal record that the state contains.</summary>
    public long JournalOffset { get; set; }

    /// <summary>The topics that the journal's indexes mean there; null: not said yet.</summary>
    public JournalTopics? JournalTopics { get; set; }

    /// <summary>The newest sequence at which this member's digest was the journal's; 0 for none.</summary>
    public long AgreedSequence { get; set; }

    /// <summary>True: this version's first active began with another state; only a snapshot of it helps.</summary>
    public bool BeganOtherwise { get; set; }

    /// <summary>How often this member's state was found to differ.</summary>
    public int Diverged { get; set; }

    public long Findings => _audit?.Findings ?? 0;

    public void Open(MemberStart start)
    {
        Close();
        JournalOffset = start.Any?.JournalOffset ?? 0;
        JournalTopics = start.Any is null ? null : start.Any.JournalTopics
            ?? (start.Former is null ? TopicTranslation.NamesOf(parts.Topics) : parts.Former!.Topics);
        // Snapshots are taken where the digest was the journal's.
        AgreedSequence = start.Snapshot?.Sequence ?? 0;
        Journal = new JournalFeed(
            parts.Options.Bus, parts.Topics.Journal, new TopicTranslation(parts.Topics, JournalTopics), start.JournalStart, parts.Options.Limits.JournalRecords,
            parts.Mailbox.Wake, reason => parts.Mailbox.Post(new FailoverInput.StateLost(reason)), _logger);
        _audit = new OutboundAudit(
            parts.Options.Bus, parts.Topics.Outbound, start.AuditStarts, parts.Topics.Group, parts.Comparison, parts.Mailbox.Wake, _logger);
    }

    /// <summary>Starts to read the inbound topics as soon as the journal says from where.</summary>
    public void EnsureInbound(JournalCursor cursor)
    {
        if (Journal is null || (Inbound is not null && !_lacksTopics))
        {
            return;
        }

        // A topic that only this version reads stays unknown until this version's first epoch start says where it begins.
        var known = cursor.InboundNext.Count(next => next != JournalCursor.Unknown);
        if (Inbound is null ? known > 0 || (cursor.Sequence > 0 && cursor.InboundNext.IsEmpty) : known > _known)
        {
            Inbound?.Dispose();
            _known = known;
            _lacksTopics = known < cursor.InboundNext.Length;
            Inbound = new InboundFeed(
                parts.Options.Bus, parts.Topics.Inbound, cursor.InboundNext, _decoder, parts.Options.Limits,
                parts.Mailbox.Wake, _logger);
        }
    }

    /// <summary>What <see cref="HasReached"/> waits for, as text.</summary>
    public string Missing(long journal, ImmutableArray<CommittedEnd> outbound)
    {
        IEnumerable<string> topics = parts.Topics.Outbound.Select(t => string.Create(
            CultureInfo.InvariantCulture, $"{t.Name} read to {_audit?.Position(t.Index)} of {outbound[t.Index].ReadTo} ({outbound[t.Index].End})"));
        return string.Create(CultureInfo.InvariantCulture,
            $"journal read to {Journal?.Position} of {journal}, {Journal?.Waiting} records to apply; {string.Join(", ", topics)}");
    }

    /// <summary>How far journal and outbound topics have been read; -1 for unknown.</summary>
    public IReadOnlyDictionary<string, long> Positions()
    {
        var positions = parts.Topics.Outbound.ToDictionary(t => t.Name, t => _audit?.Position(t.Index) ?? -1, StringComparer.Ordinal);
        positions[parts.Topics.Journal] = Journal?.Position ?? -1;
        return positions;
    }

    /// <summary>True: everything committed below these ends has been read and taken.</summary>
    public bool HasReached(long journal, ImmutableArray<CommittedEnd> outbound)
    {
        if (Journal is null || Journal.Position < journal || Journal.Waiting > 0)
        {
            return false;
        }

        for (var i = 0; i < outbound.Length; i++)
        {
            if (_audit!.Position(i) < outbound[i].ReadTo)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True: somebody has written to an outbound topic behind these ends.</summary>
    public bool IsBeyond(ImmutableArray<CommittedEnd> outbound) =>
        parts.Topics.Outbound.Any(t => _audit?.LastOffset(t.Index) >= outbound[t.Index].End);

    /// <summary>Last q found on each outbound topic; 0 for none.</summary>
    public ImmutableArray<long> SeenQ() => [.. parts.Topics.Outbound.Select(t => _audit?.Last(t.Index)?.Q ?? 0)];

    /// <summary>The newest stamp of a topic that is ahead of the journal; null for none.</summary>
    public OutboundStamp? StampAhead(ImmutableArray<long> lastQ)
    {
        foreach (var topic in parts.Topics.Outbound)
        {
            if (_audit?.Last(topic.Index) is { } stamp && stamp.Q > lastQ[topic.Index])
            {
                return stamp;
            }
        }

        return null;
    }

    public void Close()
    {
        Journal?.Dispose();
        Inbound?.Dispose();
        _audit?.Dispose();
        (Journal, Inbound, _audit) = (null, null, null);
    }

    public void Dispose() => Close();
}
