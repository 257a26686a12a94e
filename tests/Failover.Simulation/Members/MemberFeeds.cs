using System.Collections.Immutable;
using Lockstep.Contracts.Failover;
using Lockstep.Failover.Simulation.Bus;

namespace Lockstep.Failover.Simulation.Members;

/// <summary>What a member reads: journal, inbound topics, outbound topics.</summary>
internal sealed class MemberFeeds(Process owner, Link link, SimulatedBrokers brokers, Action wake)
{
    public const int InboundTopics = 2;
    private const int AuditReach = 50;
    private readonly (long Offset, OutboundStamp? Stamp)[] _seen = new (long, OutboundStamp?)[SimulatedEngine.Outbound];
    private SimulatedReader[] _outbound = [];

    public SimulatedReader? Journal { get; private set; }

    public SimulatedReader[]? Inbound { get; private set; }

    /// <summary>Offset of the newest journal record that the state contains.</summary>
    public long JournalOffset { get; set; }

    /// <summary>The newest sequence at which this member's digest was the journal's.</summary>
    public long AgreedSequence { get; set; }

    public int Diverged { get; set; }

    public static string InboundTopic(int index) => $"i{index}.I";

    public void Open(long journalStart, long journalOffset)
    {
        Close();
        JournalOffset = journalOffset;
        Journal = new SimulatedReader(owner, link, brokers, MemberJournal.Topic, journalStart, readsOn: false, wake);
        Array.Clear(_seen);
        _outbound = [.. Enumerable.Range(0, SimulatedEngine.Outbound).Select(i =>
        {
            var log = brokers[MemberJournal.OutboundTopic(i)];
            return new SimulatedReader(owner, link, brokers, log.Topic, log.LastRecord(AuditReach), readsOn: true, wake);
        })];
    }

    public void EnsureInbound(JournalCursor cursor)
    {
        if (Inbound is null && Journal is not null && !cursor.InboundNext.Contains(JournalCursor.Unknown))
        {
            Inbound = [.. cursor.InboundNext.Select((next, i) =>
                new SimulatedReader(owner, link, brokers, InboundTopic(i), next, readsOn: true, wake))];
        }
    }

    /// <summary>Takes what was read of the outbound topics.</summary>
    public void Audit()
    {
        for (var i = 0; i < _outbound.Length; i++)
        {
            while (_outbound[i].Waiting.TryDequeue(out var record))
            {
                _seen[i] = (record.Offset, ((OutboundRecord)record.Value).Stamp);
            }
        }
    }

    public bool HasReached(long journal, ImmutableArray<long> outbound) =>
        Journal is { } j && j.Position >= journal && j.Waiting.Count == 0
        && outbound.Select((end, i) => _outbound[i].Position >= end).All(r => r);

    public bool IsBeyond(ImmutableArray<long> outbound) =>
        outbound.Where((end, i) => _seen[i].Stamp is not null && _seen[i].Offset >= end).Any();

    public ImmutableArray<long> SeenQ() => [.. _seen.Select(s => s.Stamp?.Q ?? 0)];

    public OutboundStamp? StampAhead(ImmutableArray<long> lastQ) =>
        _seen.Where((s, i) => s.Stamp is { } stamp && stamp.Q > lastQ[i]).Select(s => s.Stamp).FirstOrDefault();

    public void Close()
    {
        Journal?.Close();
        foreach (var reader in _outbound.Concat(Inbound ?? []))
        {
            reader.Close();
        }

        (Journal, Inbound, _outbound) = (null, null, []);
    }
}
