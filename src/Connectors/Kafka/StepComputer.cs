using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;
using Lockstep.Engine.Execution;
using Lockstep.Failover;

namespace Lockstep.Connectors.Kafka;

/// <summary>
/// The active's side of the engine: one step is open and grows while the commit before it is on its way; it is sealed when
/// that has ended and the linger is over. So load makes steps larger, not later, and the engine never waits for the network.
/// </summary>
internal sealed class StepComputer(EngineMemberOptions options, GroupTopics topics, StepBuilder step, TimeProvider time)
{
    private const int RecordsATurn = 256;

    /// <summary>Records of one event take so little time together that mailbox and commits need not be looked at in between.</summary>
    private const int RecordsTogether = 2048;

    private int _nextTopic;
    private JournalRecord? _start;
    private TimeSpan? _lastDigest;
    private TimeSpan _sealedAt;

    /// <summary>The record at which the policy says to stop, as of the last <see cref="Compute"/>; null: none was met.</summary>
    public InboundRecord? Poison { get; private set; }

    /// <summary>When the last commit ended.</summary>
    public TimeSpan LastCommitEnd { get; set; }

    private TimeSpan Linger => CommitPace.LingerAfter(LastCommitEnd - _sealedAt, options.Limits.CommitLinger);

    /// <summary>Takes inbound records into the open step; false: there is nothing to take.</summary>
    public bool Compute(FailoverState state, ProjectEngine engine, InboundFeed? inbound)
    {
        var taken = 0;
        Poison = null;
        for (var idle = 0; inbound is not null && idle < topics.Inbound.Length && taken < RecordsATurn; _nextTopic++)
        {
            var topic = _nextTopic % topics.Inbound.Length;
            var before = taken;
            while (taken < RecordsATurn && !(step.IsOpen && step.IsFull) && inbound.TryPeek(topic, out var record))
            {
                if (TakeSeveral(topic, state, engine, inbound) is var several and > 0)
                {
                    taken += several;
                    continue;
                }

                if (record.Fault is not null && topics.Inbound[topic].StopsOnPoison)
                {
                    Poison = record;
                    return taken > 0;
                }

                Open(state, engine);
                inbound.Take(topic);
                step.Take(record);
                if (record.Block is { } block)
                {
                    engine.Publish(topics.Inbound[topic].Window, block, step);
                }

                taken++;
            }

            idle = taken == before ? idle + 1 : 0;
        }

        return taken > 0;
    }

    /// <summary>A first step under an epoch start; the start alone when there is nothing to take.</summary>
    public JournalCommit ComputeFirst(JournalRecord start, FailoverState state, TimeSpan now, ProjectEngine engine, InboundFeed? inbound)
    {
        _start = start;
        var isStep = Compute(state, engine, inbound);
        _start = null;
        if (!isStep)
        {
            return new JournalCommit(start, []);
        }

        engine.Tick(step);
        _sealedAt = now;
        // No digest: hashing a large state is for later.
        return step.Seal(options.Member, options.ModelDigest, options.Version, state.Cursor.LastQ, stateDigest: null).Under(start);
    }

    /// <summary>
    /// Seals the open step, or a tick that is due, if it may be committed now; null: not now.
    /// </summary>
    public JournalCommit? TrySeal(FailoverState state, TimeSpan now, ProjectEngine engine)
    {
        if (!state.Pending.IsEmpty || now - LastCommitEnd < Linger)
        {
            return null;
        }

        if (!step.IsOpen && (now - LastCommitEnd >= options.Limits.IdleTick || engine.NextExpiry <= Clock()))
        {
            Open(state, engine);
        }

        return step.IsOpen ? Seal(state.NextQ, now, engine) : null;
    }

    /// <summary>Seals the open step, whatever is pending; null: none is open.</summary>
    public JournalCommit? SealOpen(ImmutableArray<long> lastQ, TimeSpan now, ProjectEngine engine) =>
        step.IsOpen ? Seal(lastQ, now, engine) : null;

    /// <summary>How long the engine thread may sleep.</summary>
    public TimeSpan Patience(FailoverState state, TimeSpan now, ProjectEngine engine)
    {
        if (!state.Pending.IsEmpty)
        {
            return options.Limits.IdleTick;
        }

        var until = LastCommitEnd + (step.IsOpen ? Linger : options.Limits.IdleTick) - now;
        if (engine.NextExpiry is { } expiry)
        {
            var due = TimeSpan.FromMicroseconds(expiry - Clock());
            until = due < until ? due : until;
        }

        return until;
    }

    /// <summary>Microseconds since 1970 UTC.</summary>
    public long Clock() => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>The last inbound record of the first topic.</summary>
    public static MessageId LastId(JournalCursor cursor) =>
        new(0, cursor.InboundNext.Length == 0 ? 0 : Math.Max(0, cursor.InboundNext[0] - 1));

    /// <summary>Publishes the next records at once where that makes no difference; gives how many.</summary>
    private int TakeSeveral(int topic, FailoverState state, ProjectEngine engine, InboundFeed inbound)
    {
        var most = Math.Min(RecordsTogether, options.Limits.StepRecords - (step.IsOpen ? step.Records : 0));
        if (!step.EndsWithEachEvent || !inbound.TryPeekSeveral(topic, most, long.MaxValue, engine, out var records))
        {
            return 0;
        }

        Open(state, engine);
        step.Publish(records, engine, inbound);
        return records.Count;
    }

    private void Open(FailoverState state, ProjectEngine engine)
    {
        if (step.IsOpen)
        {
            return;
        }

        if (_start is not null)
        {
            Begin(new StepTime(_start.StreamTime, _start.Epoch.Value, _start.Sequence));
            return;
        }

        // Never back: neither behind the journal nor behind the commit that is on its way.
        var last = state.Pending.IsEmpty ? state.Cursor.StreamTime : state.Pending[^1].Record.StreamTime;
        var stepTime = new StepTime(Math.Max(Clock(), Math.Max(last, state.Cursor.StreamTime)), state.Cursor.Epoch.Value, state.NextSequence);
        Begin(stepTime);

        void Begin(StepTime at)
        {
            step.Begin(at, keepOutputs: true, LastId(state.Cursor));
            engine.Begin(at);
        }
    }

    private JournalCommit Seal(ImmutableArray<long> lastQ, TimeSpan now, ProjectEngine engine)
    {
        engine.Tick(step);
        _sealedAt = now;
        ulong? digest = null;
        if (_lastDigest is not { } last || now - last >= options.Limits.DigestInterval)
        {
            digest = engine.Digest();
            _lastDigest = now;
        }

        return step.Seal(options.Member, options.ModelDigest, options.Version, lastQ, digest);
    }
}
