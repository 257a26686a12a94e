using Lockstep.Contracts.Failover;

namespace Lockstep.Failover;

/// <summary>Commits and their ends, and how an active gives over (docs/failover.md, section 4, 4 to 7).</summary>
internal static class Publishing
{
    public static void Sealed(Turn turn, JournalCommit commit)
    {
        var state = turn.State;
        if (!state.GateOpen || !state.Pending.IsEmpty)
        {
            throw new FailoverInvariantException("F1", $"a step was sealed while {state.Role}, {state.Pending.Count} pending");
        }

        Check(state, commit);
        turn.State = state with { Pending = [commit] };
        Send(turn);
    }

    public static void Send(Turn turn)
    {
        var next = turn.State.Pending[0];
        turn.State = turn.State with { InFlight = true, CommitSince = turn.Now };
        turn.Do(new FailoverEffect.Commit(turn.State.Attempt, next.Missing(turn.State.SeenQ)));
    }

    public static void CommitEnded(Turn turn, FailoverInput.CommitEnded end)
    {
        if (!turn.State.InFlight || turn.State.Pending is not [var sent, ..] || sent.Record.Sequence != end.Sequence)
        {
            return;
        }

        turn.State = turn.State with { InFlight = false };
        switch (end.Outcome)
        {
            case CommitOutcome.Done:
                Done(turn);
                break;
            case CommitOutcome.Fenced when turn.State.IsAhead:
                turn.Fence("Another member has taken over: the commit was refused.");
                break;
            case CommitOutcome.Fenced:
                turn.StepDown("Another member has taken over.");
                turn.State = turn.State with { WaitUntil = turn.Now + turn.State.Timings.ReclaimWait };
                break;
            case CommitOutcome.Unclear:
                Unclear(turn, end.Reason);
                break;
            default:
                turn.EndAhead(FailoverExit.CommitRefused, end.Reason);
                break;
        }
    }

    public static void Close(Turn turn, ClosingCause cause)
    {
        turn.State = turn.State with { GateOpen = false, AwaitsGate = true, Closing = cause };
        turn.Do(new FailoverEffect.CloseGate());
    }

    public static void GateClosed(Turn turn, FailoverInput.GateClosed input)
    {
        if (!turn.State.AwaitsGate)
        {
            return;
        }

        turn.State = turn.State with { AwaitsGate = false, ClosingDigest = input.StateDigest };
        if (input.Open is { } open)
        {
            Check(turn.State, open);
            turn.State = turn.State with { Pending = turn.State.Pending.Add(open) };
        }

        if (turn.State.Closing == ClosingCause.Unclear)
        {
            turn.State = turn.State with { Closing = ClosingCause.None };
            Acquiring.Confirm(turn);
        }
        else if (!turn.State.InFlight)
        {
            Drained(turn);
        }
    }

    public static void SwitchoverAsked(Turn turn, FailoverInput.SwitchoverAsked asked)
    {
        var (state, to) = (turn.State, asked.To);
        var isUpgrade = asked.ModelDigest is not null && asked.ModelDigest != state.ModelDigest;
        if (state.Role != MemberRole.Active || state.Closing != ClosingCause.None)
        {
            turn.Do(new FailoverEffect.RefuseSwitchover($"This member is {state.Role.ToString().ToLowerInvariant()}."));
        }
        else if ((state.Candidates < 2 && !isUpgrade) || to == state.Member)
        {
            turn.Do(new FailoverEffect.RefuseSwitchover("No other member is ready to take over."));
        }
        else
        {
            turn.State = state with { HandoverTo = to, HandoverDigest = isUpgrade ? asked.ModelDigest : null };
            Close(turn, ClosingCause.Switchover);
        }
    }

    public static void StopAsked(Turn turn)
    {
        var state = turn.State;
        if (state.Role == MemberRole.Active && state.Closing is ClosingCause.None or ClosingCause.Unelected)
        {
            if (state.Closing == ClosingCause.None)
            {
                Close(turn, ClosingCause.Stop);
            }
            else
            {
                turn.State = state with { Closing = ClosingCause.Stop };
            }
        }
        else if (state.Role == MemberRole.Active && state.Closing == ClosingCause.Switchover)
        {
            turn.State = state with { Closing = ClosingCause.Stop };
        }
        else
        {
            turn.Drop();
            turn.Leave();
            turn.End(FailoverExit.Stopped, "Asked to stop.");
        }
    }

    private static void Done(Turn turn)
    {
        var done = turn.State.Pending[0].Record;
        if (done.Sequence != turn.State.Cursor.Sequence + 1)
        {
            // Only where nothing fences: another member's record with this sequence came first, and the journal's order counts.
            LostRace(turn);
            return;
        }

        turn.State = turn.State with
        {
            Cursor = turn.State.Cursor.Follow(done),
            Pending = turn.State.Pending.RemoveAt(0),
            FailingSince = null,
            JournalHeardAt = turn.Now,
        };
        if (turn.State.Role == MemberRole.Acquiring)
        {
            // A torn epoch start of another member was only repeated for it; an epoch has one writer.
            if (done.Kind == JournalRecordKind.EpochStart && done.Member == turn.State.Member)
            {
                Begin(turn);
            }
            else
            {
                Acquiring.Continue(turn);
            }
        }
        else if (turn.State.Closing != ClosingCause.None && !turn.State.AwaitsGate)
        {
            if (done.Kind == JournalRecordKind.Handover)
            {
                GiveOver(turn);
            }
            else
            {
                Drained(turn);
            }
        }
    }

    private static void LostRace(Turn turn)
    {
        if (turn.State.IsAhead)
        {
            turn.Fence("Another member's record came first.");
        }
        else
        {
            turn.StepDown("Another member's record came first.");
        }
    }

    private static void Begin(Turn turn)
    {
        turn.State = turn.State with { Phase = AcquirePhase.None, SeenQ = [], Ends = null, GateOpen = true, TakesBack = false };
        turn.Become(MemberRole.Active, turn.State.Emergency ? "Took over without coordination." : "First in the election.");
        turn.Do(new FailoverEffect.OpenGate(turn.State.Cursor.Epoch));
        if (turn.State is { Emergency: false, Standing: not ElectionStanding.First })
        {
            Close(turn, ClosingCause.Unelected);
        }
    }

    /// <summary>The producer is thrown away at once; whether the commit counts is settled by fence and journal.</summary>
    public static void Unclear(Turn turn, string reason)
    {
        turn.Do(new FailoverEffect.DisposeProducer());
        turn.State = turn.State with { FailingSince = turn.State.FailingSince ?? turn.Now };
        if (turn.State.Role == MemberRole.Acquiring)
        {
            Acquiring.Pause(turn, reason);
            return;
        }

        if (turn.State.Closing == ClosingCause.Stop)
        {
            // The next active's fence settles it.
            turn.Drop();
            turn.Leave();
            turn.End(FailoverExit.Stopped, $"Asked to stop; the last commit had no clear end: {reason}");
            return;
        }

        var waitsForGate = turn.State.AwaitsGate;
        var gateOpen = turn.State.GateOpen;
        turn.Become(MemberRole.Acquiring, $"A commit had no clear end: {reason}");
        if (gateOpen)
        {
            Close(turn, ClosingCause.Unclear);
        }
        else if (waitsForGate)
        {
            turn.State = turn.State with { Closing = ClosingCause.Unclear };
        }
        else
        {
            turn.State = turn.State with { Closing = ClosingCause.None };
            Acquiring.Confirm(turn);
        }
    }

    /// <summary>
    /// The gate is closed and nothing is in flight: send what is left, then give over. A last step is the handover too: a transaction
    /// of its own would make everybody wait. Not to another version, whose members can't repeat a step that is torn.
    /// </summary>
    private static void Drained(Turn turn)
    {
        var state = turn.State;
        if (!state.Pending.IsEmpty)
        {
            if (state is { Pending: [{ Record.Kind: JournalRecordKind.Step } last], HandoverDigest: null }
                && state.Closing is ClosingCause.Switchover or ClosingCause.Stop)
            {
                turn.State = state with { Pending = [last.AsHandover(state.HandoverTo, state.ClosingDigest)] };
            }

            Send(turn);
        }
        else if (state.Closing == ClosingCause.Unelected)
        {
            GiveOver(turn);
        }
        else
        {
            var record = state.Cursor.Handover(state.Member, state.ModelDigest, state.HandoverTo, state.ClosingDigest,
                state.Closing == ClosingCause.Switchover ? state.HandoverDigest : null);
            turn.State = state with { Pending = [new JournalCommit(record, [])] };
            Send(turn);
        }
    }

    private static void GiveOver(Turn turn)
    {
        var (cause, wasJoined) = (turn.State.Closing, turn.State.Joined);
        turn.Drop();
        turn.State = turn.State with { HandoverTo = null, HandoverDigest = null, ClosingDigest = null };
        if (cause == ClosingCause.Stop)
        {
            turn.Leave();
            turn.End(FailoverExit.Stopped, "Asked to stop.");
            return;
        }

        if (!turn.State.MayWrite)
        {
            turn.Leave();
            turn.Become(MemberRole.Shadow, "Handed over to another version.");
            return;
        }

        if (cause == ClosingCause.Switchover)
        {
            turn.Leave();
        }

        turn.Become(MemberRole.Standby, cause == ClosingCause.Switchover ? "Switchover." : "Not elected any more.");
        if (cause == ClosingCause.Switchover || !wasJoined)
        {
            turn.Join();
        }
    }

    private static void Check(FailoverState state, JournalCommit commit)
    {
        FailoverInvariant.F4NoGap(state.NextSequence - 1, commit.Record);
        FailoverInvariant.F1OneWriter(state.Cursor.Epoch, commit.Record);
        FailoverInvariant.F2ExactlyOnce(state.NextQ, commit);
    }
}
