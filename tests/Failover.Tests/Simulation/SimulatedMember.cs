using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;

namespace Lockstep.Failover.Tests.Simulation;

/// <summary>
/// One member: the real state machine, a toy engine (the running sum of inbound values) and the driver's rules. What it asks for
/// is answered through its inbox, later, so that anything may happen in between.
/// </summary>
internal sealed class SimulatedMember : IJournal, IGroupMembership
{
    private const int StepRecords = 3;
    private readonly SimulatedBus _bus;
    private readonly SimulatedElection _election;
    private readonly Queue<Action> _inbox = new();
    private readonly Action<SimulatedMember> _check;
    private int _holder;
    private int _read;
    private List<int> _open = [];
    private long _sum;
    private long _count;
    private OutboundStamp? _torn;
    private bool _applies;
    private int _endsWanted;
    private int _outboundEnd;

    public SimulatedMember(string name, SimulatedBus bus, SimulatedElection election, Action<SimulatedMember> check)
    {
        _bus = bus;
        _election = election;
        _check = check;
        State = new FailoverState { Member = name, ModelDigest = "m", Cursor = JournalCursor.Start(1, 1) };
        Give(new FailoverInput.SessionChanged(SessionState.Connected));
        Give(new FailoverInput.StateRestored(State.Cursor));
    }

    public FailoverState State { get; private set; }

    public TimeSpan Now { get; set; }

    public bool Reaches { get; set; } = true;

    public FailoverExit? Ended { get; private set; }

    /// <summary>Count and sum of what the engine has applied.</summary>
    public (long Count, long Sum) Engine => (_count, _sum);

    public bool IsIdle => _inbox.Count == 0;

    public void Give(FailoverInput input)
    {
        (State, var effects) = FailoverStateMachine.Next(State, Now, input);
        foreach (var effect in effects)
        {
            Do(effect);
        }

        _check(this);
    }

    /// <summary>Takes one message out of the inbox.</summary>
    public void Deliver()
    {
        if (_inbox.TryDequeue(out var message))
        {
            message();
        }
    }

    /// <summary>Reads one journal record, if there is one, as the driver does; then answers what waits for the end.</summary>
    public void Follow()
    {
        if (_read < _bus.Journal.Count)
        {
            FollowOne(_bus.Journal[_read]);
        }

        if (_torn is { } stamp && Ended is null)
        {
            _torn = null;
            RepeatTorn(stamp);
        }

        if (Ended is null && State.Role == MemberRole.Recovering && _read == _bus.Journal.Count)
        {
            Give(new FailoverInput.CaughtUp());
        }

        if (Ended is null && _applies && _read >= _endsWanted)
        {
            _applies = false;
            long seen = _bus.Outbound.Count;
            if (seen > _outboundEnd && _bus.Missing == MissingGuard.None)
            {
                Give(new FailoverInput.FenceFailed(State.Attempt, "Somebody has written since the fence."));
                return;
            }

            var ahead = seen > State.Cursor.LastQ[0] ? _bus.Outbound[^1].Stamp : null;
            seen = _bus.Missing == MissingGuard.SendOnlyMissing ? 0 : seen;
            Give(new FailoverInput.AppliedToEnd(State.Attempt, 1, [0], [seen], ahead));
        }
    }

    /// <summary>Takes some input into the open step, and seals it when nothing is pending.</summary>
    public void Compute(int records, bool seal)
    {
        if (!State.GateOpen || Ended is not null)
        {
            return;
        }

        for (var i = 0; i < records && _open.Count < StepRecords && _count < _bus.Inbound; i++)
        {
            _open.Add((int)_count);
            Apply();
        }

        if (seal && State.Pending.IsEmpty)
        {
            Give(new FailoverInput.StepSealed(Seal(State.NextSequence, State.Cursor.Epoch, State.Member, State.NextQ[0])));
        }
    }

    public void TellStanding() => _inbox.Enqueue(() =>
    {
        if (Reaches)
        {
            Give(new FailoverInput.ElectionChanged(_election.StandingOf(this), _election.Candidates));
        }
    });

    public void Post(FailoverInput input) => _inbox.Enqueue(() => Give(input));

    public void Fence(int attempt)
    {
        if (_bus.Missing == MissingGuard.AskAfterFence)
        {
            AskEnds();
        }

        _inbox.Enqueue(() =>
        {
            _holder = _bus.Take();
            Give(new FailoverInput.FenceDone(attempt));
        });
    }

    public void Commit(int attempt, JournalCommit commit)
    {
        var holder = _holder;
        _inbox.Enqueue(() =>
        {
            var outcome = _bus.Commit(holder, commit);
            _inbox.Enqueue(() => Give(new FailoverInput.CommitEnded(attempt, commit.Record.Sequence, outcome, "simulated")));
        });
    }

    /// <summary>What was sent may still arrive: the fence alone stops it.</summary>
    public void DisposeProducer()
    {
    }

    public void Join() => _inbox.Enqueue(() => _election.Join(this));

    public void Leave() => _election.Leave(this);

    public void Confirm(int attempt) => _inbox.Enqueue(() => Give(new FailoverInput.LeadershipAnswered(
        attempt, Reaches ? _election.StandingOf(this) : ElectionStanding.None)));

    public void Write(MemberRole role, Epoch epoch)
    {
    }

    private void Do(FailoverEffect effect)
    {
        switch (effect)
        {
            case FailoverEffect.JoinElection: Join(); break;
            case FailoverEffect.LeaveElection: Leave(); break;
            case FailoverEffect.ConfirmLeadership x: Confirm(x.Attempt); break;
            case FailoverEffect.Fence x: Fence(x.Attempt); break;
            case FailoverEffect.ApplyToEnd:
                _applies = true;
                if (_bus.Missing != MissingGuard.AskAfterFence)
                {
                    AskEnds();
                }

                break;
            case FailoverEffect.RepeatTorn x: _torn = x.Stamp; break;
            case FailoverEffect.ComputeFirst x: ComputeFirst(x); break;
            case FailoverEffect.Commit x: Commit(x.Attempt, x.Content); break;
            case FailoverEffect.DisposeProducer: DisposeProducer(); break;
            case FailoverEffect.CloseGate: CloseGate(); break;
            case FailoverEffect.ReportRole x: Write(x.To, x.Epoch); break;
            case FailoverEffect.End x: Ended = x.Exit; break;
            case FailoverEffect.Rebuild: Assert.Fail("The simulated members never lose their state."); break;
        }
    }

    private void AskEnds() => (_endsWanted, _outboundEnd) = (_bus.Journal.Count, _bus.Outbound.Count);

    private void CloseGate()
    {
        var open = _open.Count == 0 ? null : Seal(State.NextSequence, State.Cursor.Epoch, State.Member, State.NextQ[0]);
        Post(new FailoverInput.GateClosed(open, null));
    }

    /// <summary>Every second epoch begins with a first step, if there is input.</summary>
    private void ComputeFirst(FailoverEffect.ComputeFirst effect)
    {
        for (var i = 0; i < StepRecords && effect.Start.Epoch.Value % 2 == 0 && _count < _bus.Inbound; i++)
        {
            _open.Add((int)_count);
            Apply();
        }

        var commit = _open.Count == 0
            ? new JournalCommit(effect.Start, [])
            : Seal(effect.Start.Sequence, effect.Start.Epoch, State.Member, State.Cursor.LastQ[0]).Under(effect.Start);
        Give(new FailoverInput.FirstComputed(effect.Attempt, commit));
    }

    private void FollowOne(JournalRecord record)
    {
        switch (State.Judge(record))
        {
            case RecordVerdict.Apply:
                ApplyRuns(record.Runs);
                _read++;
                Give(new FailoverInput.RecordApplied(record));
                break;
            case RecordVerdict.Own:
                _read++;
                Give(new FailoverInput.OwnRecordRead(record));
                break;
            case RecordVerdict.Foreign:
                _read++;
                Give(new FailoverInput.ForeignRecordRead(record));
                break;
            default:
                _read++;
                break;
        }
    }

    private void RepeatTorn(OutboundStamp stamp)
    {
        foreach (var run in stamp.Runs)
        {
            for (var offset = run.FirstOffset; offset <= run.LastOffset; offset++)
            {
                _open.Add((int)_count);
                Apply();
            }
        }

        Give(new FailoverInput.TornRepeated(
            State.Attempt, Seal(stamp.Sequence, stamp.Epoch, stamp.Member, State.Cursor.LastQ[0])));
    }

    private void ApplyRuns(ImmutableArray<InboundRun> runs)
    {
        foreach (var run in runs)
        {
            for (var offset = run.FirstOffset; offset <= run.LastOffset; offset++)
            {
                Assert.Equal(offset, _count);
                Apply();
            }
        }
    }

    private void Apply() => _sum += ++_count;

    private JournalCommit Seal(long sequence, Epoch epoch, string member, long q)
    {
        var records = _open;
        _open = [];
        ImmutableArray<InboundRun> runs = records.Count == 0 ? [] : [new InboundRun(0, records[0], records[^1])];
        var record = new JournalRecord
        {
            Epoch = epoch,
            Sequence = sequence,
            Member = member,
            ModelDigest = "m",
            StreamTime = 1,
            Kind = records.Count == 0 ? JournalRecordKind.Tick : JournalRecordKind.Step,
            Runs = runs,
            Outputs = [new OutboundPosition(0, q + records.Count)],
        };
        var outputs = records.Select((offset, i) => new OutboundRecord(
            0, BitConverter.GetBytes(SimulatedBus.Expected(offset + 1)), new OutboundStamp
            {
                Group = "g",
                Member = member,
                Epoch = epoch,
                Sequence = sequence,
                StreamTime = 1,
                Runs = runs,
                MessageId = new MessageId(0, offset),
                Q = q + i + 1,
                IsLast = i == records.Count - 1,
            }));
        return new JournalCommit(record, [.. outputs]);
    }
}
