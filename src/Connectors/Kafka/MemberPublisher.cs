using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Failover;

namespace Lockstep.Connectors.Kafka;

/// <summary>
/// A member's turn at publishing: computes and seals steps while the gate is open, hands them to the journal, and delivers to
/// the member's own listeners what is committed. On the engine thread only.
/// </summary>
internal sealed class MemberPublisher(MemberCore core)
{
    private readonly MemberCore _core = core;
    private readonly StepComputer _computer = new(core.Parts.Options, core.Parts.Topics, core.Step, core.Parts.Time);
    private readonly Queue<Uncommitted> _uncommitted = new();
    private long _lastDone;

    /// <summary>Microseconds since 1970 UTC.</summary>
    public long Clock() => _computer.Clock();

    /// <summary>How long the engine thread may sleep while the gate is open.</summary>
    public TimeSpan Patience() => _computer.Patience(_core.State, _core.Now, _core.Engine);

    /// <summary>The linger begins anew.</summary>
    public void OpenGate() => _computer.LastCommitEnd = _core.Now;

    /// <summary>A commit is done.</summary>
    /// <param name="sequence">Its sequence.</param>
    public void CommitEnded(long sequence)
    {
        _lastDone = sequence;
        _computer.LastCommitEnd = _core.Now;
        _core.Board.CommitEnded(_core.Now);
    }

    /// <summary>Forgets what was computed and not committed; the engine is to be thrown away.</summary>
    public void Reset() => _uncommitted.Clear();

    /// <summary>Hands a commit to the journal.</summary>
    public void Commit(FailoverEffect.Commit effect)
    {
        _core.Board.CommitBegins(_core.Now);
        _core.Parts.Journal.Commit(effect.Attempt, effect.Content);
    }

    /// <summary>The active's turn: compute, and seal when the commit before has ended; false: there was nothing to do.</summary>
    public bool Publish()
    {
        if (!_core.State.GateOpen)
        {
            return false;
        }

        var worked = _computer.Compute(_core.State, _core.Engine, _core.Feeds.Inbound);
        if (_computer.Poison is { } poison)
        {
            StopAt(poison);
            return true;
        }

        if (_computer.TrySeal(_core.State, _core.Now, _core.Engine) is not { } commit)
        {
            return worked;
        }

        NoteSealed(commit);
        _core.Give(new FailoverInput.StepSealed(commit));
        return true;
    }

    /// <summary>Computes a first step for an epoch start, and tells the machine.</summary>
    public void ComputeFirst(FailoverEffect.ComputeFirst effect)
    {
        // Without a fence another member's epoch start may come first, and outputs of this one would be there already.
        var commit = _core.Parts.Journal.IsUnfenced
            ? new JournalCommit(effect.Start, [])
            : _computer.ComputeFirst(effect.Start, _core.State, _core.Now, _core.Engine, _core.Feeds.Inbound);
        if (commit.ChangesState)
        {
            NoteSealed(commit);
        }

        _core.Give(new FailoverInput.FirstComputed(effect.Attempt, commit));
    }

    /// <summary>What was computed before it is committed; then the member gives over and ends, as will whoever comes next.</summary>
    private void StopAt(InboundRecord poison)
    {
        _core.Poison = $"Record {poison.Offset} of {_core.Parts.Topics.Inbound[poison.TopicIndex].Name} can't be decoded: {poison.Fault} "
            + "Property onpoison is stop: set it to dlq to go on with the record put aside, or mend what writes the topic and move "
            + "the group's beginning behind it.";
        _core.Give(new FailoverInput.StopAsked());
    }

    /// <summary>Seals what is open, and tells the machine.</summary>
    public void CloseGate()
    {
        // What is open was computed and must be committed, or the state thrown away: the machine decides.
        var open = _computer.SealOpen(_core.State.NextQ, _core.Now, _core.Engine);
        if (open is not null)
        {
            NoteSealed(open);
        }

        var digest = _core.Engine.Digest();
        _core.Parts.Mailbox.Post(new FailoverInput.GateClosed(open, digest));
    }

    /// <summary>Keeps what a sealed step owes until its commit is done.</summary>
    public void NoteSealed(JournalCommit commit)
    {
        if (commit.Record.StateDigest is { } digest)
        {
            _core.Board.Digest(commit.Record.Sequence, digest, agrees: true);
        }

        _uncommitted.Enqueue(new Uncommitted(
            commit.Record.Sequence, _core.Step.EventsIn, _core.Step.EventsOut, _core.Step.TakeKept(),
            _core.Step.TakeBuffer()));
    }

    /// <summary>Gives what is owed for the steps that the machine knows to be committed.</summary>
    public void DeliverCommitted()
    {
        while (_uncommitted.TryPeek(out var first) && first.Sequence <= _core.State.Cursor.Sequence)
        {
            _uncommitted.Dequeue();
            _core.Board.Count(first.EventsIn, first.EventsOut);
            Deliver(first.Kept);
            // After an unclear end a producer that was thrown away may still read it: then it is left to the collector.
            if (first.Sequence <= _lastDone)
            {
                _core.Step.GiveBack(first.Buffer);
            }
        }
    }

    /// <summary>Gives blocks to those that listen to their windows.</summary>
    public static void Deliver(ImmutableArray<(WindowTap Tap, EventBlock Block)> kept)
    {
        foreach (var (tap, block) in kept)
        {
            tap.Output.OnBlock(tap.Window, block);
        }
    }

    /// <summary>What is owed once a commit is known to be done.</summary>
    private sealed record Uncommitted(
        long Sequence, long EventsIn, long EventsOut, ImmutableArray<(WindowTap Tap, EventBlock Block)> Kept,
        StepBuffer Buffer);
}
