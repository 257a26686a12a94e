using Lockstep.Contracts.Failover;
using Lockstep.Failover.Simulation.Checks;
using Lockstep.Failover.Simulation.Coordination;

namespace Lockstep.Failover.Simulation.Members;

/// <summary>
/// One process of the group: the real state machine, driven as the real driver drives it, with a toy engine. Its thread takes what
/// has come in small turns, so that anything may happen in between.
/// </summary>
internal sealed class SimulatedMember : Process
{
    private const long Timer = 50 * Schedule.Millisecond;
    private readonly World _world;
    private readonly Queue<object> _mailbox = new();
    private readonly MemberJournal _journal;
    private readonly MemberFollower _follower;
    private readonly MemberPublisher _publisher;
    private readonly MemberQuestions _questions;
    private bool _scheduled;
    private bool _timerDue;
    private AskedEnds? _askedEarly;

    public SimulatedMember(World world, MemberHost host)
        : base(world.Schedule)
    {
        _world = world;
        Host = host;
        Engine = new SimulatedEngine(ModelDigest);
        Step = new OpenStep(ModelDigest);
        Feeds = new MemberFeeds(this, host.Kafka, world.Brokers, Wake);
        _journal = new MemberJournal(this, host.Kafka, world.Brokers, Post);
        _follower = new MemberFollower(this);
        _publisher = new MemberPublisher(this);
        _questions = new MemberQuestions(this, world.Brokers);
        State = new FailoverState
        {
            Member = host.Name,
            ModelDigest = Missing == Guard.OneVersion ? MemberHost.FirstVersion : ModelDigest,
            Timings = World.Timings,
            Cursor = JournalCursor.Start(MemberFeeds.InboundTopics, SimulatedEngine.Outbound),
        };
        Membership = new SimulatedMembership(
            this, host.ZooKeeper, world.Ensemble, World.SessionTimeout, host.Name, Post, id => world.Supervisor.Told(this, id));
        _questions.FindStart(-1, long.MaxValue, Start, CannotRecover);
        TimerLater();
    }

    public MemberHost Host { get; }

    public Guard Missing => _world.Missing;

    public FailoverState State { get; private set; }

    public string ModelDigest => Host.ModelDigest;

    public SimulatedEngine Engine { get; private set; }

    public OpenStep Step { get; }

    public MemberFeeds Feeds { get; }

    public SimulatedMembership Membership { get; }

    public FailoverExit? Ended { get; private set; }

    public bool IsMidway => _follower.IsMidway;

    /// <summary>The journal's sequence when the member began to recover.</summary>
    public long EndAtRecovery { get; private set; }

    public TimeSpan Elapsed => TimeSpan.FromMicroseconds(Schedule.Now);

    private TimeSpan LastSnapshot { get; set; }

    public long Clock() => Schedule.Now + Host.ClockSkew;

    public long DigestInterval => _world.DigestInterval;

    public void Wake()
    {
        if (!_scheduled)
        {
            _scheduled = true;
            Post(Schedule.Between(5, _world.TurnMax), Turn);
        }
    }

    public void Post(FailoverInput input)
    {
        _mailbox.Enqueue(input);
        Wake();
    }

    public void Post(Action action)
    {
        _mailbox.Enqueue(action);
        Wake();
    }

    public void Give(FailoverInput input)
    {
        if (Ended is not null)
        {
            return;
        }

        if (input is FailoverInput.CommitEnded { Outcome: CommitOutcome.Done })
        {
            _publisher.CommitEnded();
        }

        if (Schedule.Trace.IsOn && TellsOf(input))
        {
            Say($"hears: {input}");
        }

        try
        {
            (State, var effects) = FailoverStateMachine.Next(State, Elapsed, input);
            foreach (var effect in effects)
            {
                Do(effect);
            }
        }
        catch (FailoverInvariantException broken)
        {
            throw new SimulationFailure(broken.Name, $"{Host.Name}'s own assertion: {broken.Message}", broken);
        }

        Feeds.EnsureInbound(State.Cursor);
    }

    /// <summary>A function that is not deterministic, while the journal is followed.</summary>
    public void MayDisturb(JournalRecord record)
    {
        if (record.StateDigest is not null && record.ModelDigest == ModelDigest && _world.Disturbs())
        {
            Engine.Disturb();
            Say("its engine computes something else than the others'");
        }
    }

    public void SnapshotIfDue()
    {
        if (Elapsed - LastSnapshot >= World.SnapshotInterval)
        {
            WriteSnapshot();
        }
    }

    public void WriteSnapshot()
    {
        LastSnapshot = Elapsed;
        if (Host.Disk.Write(new Snapshot(State.Cursor, Feeds.JournalOffset, Engine.CloneAs(ModelDigest), Schedule.Now)))
        {
            _questions.Trim();
        }
    }

    public void Say(string what)
    {
        if (Schedule.Trace.IsOn)
        {
            Schedule.Trace.Say(Schedule.Now, Host.Name, what);
        }
    }

    private bool TellsOf(FailoverInput input) => input switch
    {
        FailoverInput.ElectionChanged x => x.Standing != State.Standing,
        FailoverInput.CommitEnded x => x.Outcome != CommitOutcome.Done,
        FailoverInput.LeadershipAnswered or FailoverInput.SessionChanged or FailoverInput.FenceFailed => true,
        _ => false,
    };

    private void Turn()
    {
        _scheduled = false;
        var worked = Drain((int)Schedule.Between(1, 8));
        worked |= _follower.Follow((int)Schedule.Between(1, 10));
        worked |= Ended is null && _publisher.Publish();
        Feeds.Audit();
        Timers();
        if (Ended is null)
        {
            _follower.Answer();
        }

        _world.Checks.AfterTurn(this);
        if (Ended is not null)
        {
            _world.MemberEnded(this);
        }
        else if (worked || _mailbox.Count > 0)
        {
            Wake();
        }
    }

    private bool Drain(int most)
    {
        var worked = false;
        for (var i = 0; i < most && Ended is null && _mailbox.TryDequeue(out var item); i++)
        {
            worked = true;
            if (item is FailoverInput input)
            {
                Give(input);
            }
            else
            {
                ((Action)item)();
            }
        }

        return worked;
    }

    private void Timers()
    {
        if (!_timerDue || Ended is not null)
        {
            return;
        }

        _timerDue = false;
        Give(new FailoverInput.TimePassed());
        if (State.Role == MemberRole.Recovering && Feeds.Journal is not null)
        {
            if (Missing == Guard.Readiness)
            {
                Give(new FailoverInput.CaughtUp());
            }
            else if (_questions.JoinEnd is not { } end)
            {
                _questions.AskJoinEnd();
            }
            else if (!_follower.IsMidway && Feeds.HasReached(end, []))
            {
                _questions.ForgetJoinEnd();
                Give(new FailoverInput.CaughtUp());
            }
        }

        if (State.Role is MemberRole.Standby or MemberRole.Shadow && Feeds.Journal?.Waiting.Count > World.StandbyBehind)
        {
            EndAtRecovery = _world.Checks.VisibleSequence;
            Give(new FailoverInput.FellBehind(Feeds.Journal.Waiting.Count));
        }

        if (State is { GateOpen: true, Candidates: < 2, Pending.IsEmpty: true } && !Step.IsOpen
            && Elapsed - LastSnapshot >= World.LoneSnapshotInterval)
        {
            WriteSnapshot();
        }
    }

    private void Do(FailoverEffect effect)
    {
        switch (effect)
        {
            case FailoverEffect.JoinElection:
                GroupChecks.Stands(this);
                Membership.Join();
                break;
            case FailoverEffect.LeaveElection: Membership.Leave(); break;
            case FailoverEffect.ConfirmLeadership x: Membership.Confirm(x.Attempt); break;
            case FailoverEffect.Fence x:
                if (Missing == Guard.AskAfterFence)
                {
                    _questions.AskEnds(x.Attempt, ends => _askedEarly = ends);
                }

                _journal.Fence(x.Attempt);
                break;
            case FailoverEffect.ApplyToEnd x: AskEnds(x.Attempt); break;
            case FailoverEffect.RepeatTorn x: _follower.ExpectTorn(x.Stamp); break;
            case FailoverEffect.ComputeFirst x: _publisher.ComputeFirst(x); break;
            case FailoverEffect.Commit x: _journal.Commit(x.Attempt, x.Content); break;
            case FailoverEffect.OpenGate:
                _publisher.OpenGate();
                _world.Checks.BecameActive(this);
                break;
            case FailoverEffect.CloseGate: _publisher.CloseGate(); break;
            case FailoverEffect.DisposeProducer: _journal.DisposeProducer(); break;
            case FailoverEffect.Rebuild x: Rebuild(x.Reason); break;
            case FailoverEffect.ReportRole x: Say($"{x.From} -> {x.To}, epoch {x.Epoch}: {x.Reason}"); break;
            case FailoverEffect.End x: End(x); break;
        }
    }

    private void AskEnds(int attempt)
    {
        _follower.Ends = null;
        if (_askedEarly is { } early && early.Attempt == attempt)
        {
            _follower.Ends = early;
        }
        else
        {
            _questions.AskEnds(attempt, ends => _follower.Ends = ends);
        }
    }

    private void End(FailoverEffect.End effect)
    {
        if (effect.Exit == FailoverExit.Stopped && State is { IsAhead: false, IsSpoilt: false, Cursor.Sequence: > 0 }
            && !_follower.IsMidway)
        {
            WriteSnapshot();
        }

        Ended = effect.Exit;
        Say($"ends: {effect.Exit}: {effect.Reason}");
    }

    private void Rebuild(string reason)
    {
        Say($"throws its state away: {reason}");
        _follower.Reset();
        var (above, upTo) = Feeds.Diverged > 0 ? (-1L, Feeds.AgreedSequence) : (State.Cursor.Sequence, long.MaxValue);
        Feeds.Close();
        if (Feeds.Diverged > World.DivergenceLimit)
        {
            CannotRecover();
            return;
        }

        _questions.FindStart(above, upTo, Start, CannotRecover);
    }

    private void CannotRecover() => Give(new FailoverInput.CannotRecover("No snapshot that reaches further was found here or at a peer."));

    private void Start(MemberStart start)
    {
        EndAtRecovery = _world.Checks.VisibleSequence;
        if (start.Snapshot is { IsDamaged: true } damaged)
        {
            Say($"its snapshot at sequence {damaged.Sequence} is damaged");
            Host.Disk.Drop(damaged);
            _questions.FindStart(-1, damaged.Sequence - 1, Start, CannotRecover);
            return;
        }

        Engine = start.Snapshot?.Engine.CloneAs(ModelDigest) ?? new SimulatedEngine(ModelDigest);
        Step.Close();
        var cursor = start.Snapshot?.Cursor ?? JournalCursor.Start(MemberFeeds.InboundTopics, SimulatedEngine.Outbound);
        Say($"follows the journal from sequence {cursor.Sequence}, offset {start.JournalStart}");
        Feeds.Open(start.JournalStart, start.Snapshot?.JournalOffset ?? 0);

        // Snapshots are taken where the digest was the journal's.
        Feeds.AgreedSequence = start.Snapshot?.Sequence ?? 0;
        Give(new FailoverInput.StateRestored(cursor));
    }

    private void TimerLater() => Post(Timer, () =>
    {
        _timerDue = true;
        Wake();
        TimerLater();
    });
}
