using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;

namespace Lockstep.Failover.Tests;

/// <summary>Drives one state machine with one inbound and one outbound topic, and remembers the effects of the last input.</summary>
internal sealed class MemberScript
{
    public MemberScript(string name = "a", string digest = "digest") => State = new FailoverState
    {
        Member = name,
        ModelDigest = digest,
        Cursor = JournalCursor.Start(1, 1),
    };

    public FailoverState State { get; private set; }

    public ImmutableArray<FailoverEffect> Effects { get; private set; } = [];

    public TimeSpan Now { get; private set; }

    public MemberScript After(double ms)
    {
        Now += TimeSpan.FromMilliseconds(ms);
        return Give(new FailoverInput.TimePassed());
    }

    public MemberScript Give(FailoverInput input)
    {
        (State, Effects) = FailoverStateMachine.Next(State, Now, input);
        if (Effects is [.. var before, FailoverEffect.ComputeFirst first])
        {
            // As a driver does: at once.
            Give(new FailoverInput.FirstComputed(first.Attempt, First(first.Start)));
            Effects = [.. before, .. Effects];
        }

        return this;
    }

    /// <summary>Outputs of the first step that is computed for an epoch start; 0: no first step.</summary>
    public int FirstOutputs { get; set; }

    private JournalCommit First(JournalRecord start)
    {
        if (FirstOutputs == 0)
        {
            return new JournalCommit(start, []);
        }

        var step = Step(FirstOutputs);
        var record = step.Record with { Epoch = start.Epoch };
        return (step with
        {
            Record = record,
            Outputs = [.. step.Outputs.Select(o => new OutboundRecord(o.TopicIndex, o.Value, Stamp(record, o.Stamp.Q, o.Stamp.IsLast)))],
        }).Under(start);
    }

    public T Effect<T>()
        where T : FailoverEffect => Assert.Single(Effects.OfType<T>());

    public bool Has<T>()
        where T : FailoverEffect => Effects.OfType<T>().Any();

    public MemberScript Standby() => Give(new FailoverInput.SessionChanged(SessionState.Connected))
        .Give(new FailoverInput.StateRestored(State.Cursor))
        .Give(new FailoverInput.CaughtUp());

    public MemberScript Elected(int candidates = 2) =>
        Give(new FailoverInput.ElectionChanged(ElectionStanding.First, candidates));

    public MemberScript Confirmed() => Give(new FailoverInput.LeadershipAnswered(State.Attempt, ElectionStanding.First));

    public MemberScript Fenced() => Give(new FailoverInput.FenceDone(State.Attempt));

    public MemberScript AtEnd(long seenQ = 0, OutboundStamp? stamp = null) =>
        Give(new FailoverInput.AppliedToEnd(State.Attempt, 1_000, [0], [seenQ], stamp));

    public MemberScript Ended(CommitOutcome outcome) => Give(new FailoverInput.CommitEnded(
        State.Attempt, State.Pending[0].Record.Sequence, outcome, "test"));

    public MemberScript Active(int candidates = 2) =>
        Standby().Elected(candidates).Confirmed().Fenced().AtEnd().Ended(CommitOutcome.Done);

    public MemberScript Seal(int outputs = 2) => Give(new FailoverInput.StepSealed(Step(outputs)));

    /// <summary>A step of one inbound record with some outputs, that follows everything in the state.</summary>
    public JournalCommit Step(int outputs = 2, long? sequence = null)
    {
        var next = sequence ?? State.NextSequence;
        var q = State.NextQ[0];
        var offset = State.Cursor.InboundNext[0] + State.Pending.Count(p => p.ChangesState);
        ImmutableArray<InboundRun> runs = [new InboundRun(0, offset, offset)];
        var record = new JournalRecord
        {
            Epoch = State.Cursor.Epoch,
            Sequence = next,
            Member = State.Member,
            ModelDigest = State.ModelDigest,
            StreamTime = 2_000 + next,
            Kind = JournalRecordKind.Step,
            Runs = runs,
            Outputs = [new OutboundPosition(0, q + outputs)],
        };
        return new JournalCommit(record, [.. Enumerable.Range(1, outputs).Select(i => new OutboundRecord(
            0, new byte[] { 1 }, Stamp(record, q + i, i == outputs)))]);
    }

    public static OutboundStamp Stamp(JournalRecord record, long q, bool isLast) => new()
    {
        Group = "g",
        Member = record.Member,
        Epoch = record.Epoch,
        Sequence = record.Sequence,
        StreamTime = record.StreamTime,
        Runs = record.Runs,
        MessageId = new MessageId(0, record.Runs[0].FirstOffset),
        Q = q,
        IsLast = isLast,
    };

    /// <summary>A record of another member that begins the next epoch.</summary>
    public JournalRecord OtherEpochStart(string member = "b") =>
        State.Cursor.EpochStart(member, "digest", 5_000, [0]);
}
