using Lockstep.Contracts.Failover;

namespace Lockstep.Failover;

/// <summary>
/// Acquiring: confirm, fence, ask for the ends after the fence, apply up to there, repair what is torn, commit what is
/// pending and the epoch start (docs/failover.md, section 4, 3).
/// </summary>
internal static class Acquiring
{
    /// <param name="turn">The turn.</param>
    /// <param name="isConfirmed">True: coordination has said so just now. False: it is asked first.</param>
    /// <param name="reason">Why.</param>
    public static void Begin(Turn turn, bool isConfirmed, string reason)
    {
        turn.Become(MemberRole.Acquiring, reason);
        turn.State = turn.State with { Emergency = false, FailingSince = null };
        Attempt(turn, isConfirmed);
    }

    public static void BeginWithoutCoordination(Turn turn, string reason)
    {
        turn.Become(MemberRole.Acquiring, reason);
        turn.State = turn.State with { Emergency = true, FailingSince = null };
        Attempt(turn, isConfirmed: true);
    }

    /// <summary>A new attempt from the start; what is pending stays.</summary>
    public static void Confirm(Turn turn) => Attempt(turn, turn.State.Emergency);

    private static void Attempt(Turn turn, bool isConfirmed)
    {
        turn.SettleConfirmed();
        turn.State = turn.State with
        {
            Phase = AcquirePhase.Confirming,
            Attempt = turn.State.Attempt + 1,
            InFlight = false,
            SeenQ = [],
            Ends = null,
            // What is not in the engine is made anew, and who was giving over goes on.
            Pending = [.. turn.State.Pending.Where(p => p.ChangesState).Select(p => p.WithoutHandover())],
        };
        if (isConfirmed)
        {
            Fence(turn);
        }
        else
        {
            turn.Do(new FailoverEffect.ConfirmLeadership(turn.State.Attempt));
        }
    }

    public static void Confirmed(Turn turn, ElectionStanding standing, string? reason)
    {
        if (turn.State.Phase != AcquirePhase.Confirming)
        {
            return;
        }

        turn.State = turn.State with { Standing = standing };
        if (standing == ElectionStanding.First)
        {
            Fence(turn);
        }
        else if (turn.State.Session != SessionState.Connected && turn.State.IsAhead)
        {
            // Coordination can't tell. The fence is safe without it (F1), and the commit in doubt has to be settled.
            turn.State = turn.State with { Emergency = true };
            Fence(turn);
        }
        else if (turn.State.IsAhead)
        {
            turn.Fence(standing == ElectionStanding.Waiting
                ? "Another member was elected while a commit was unclear."
                : $"While a commit was unclear, ZooKeeper could not say whether this member is still elected: {Because(reason)}");
        }
        else
        {
            turn.StepDown(standing == ElectionStanding.Waiting
                ? "Not first in the election."
                : $"ZooKeeper could not say whether this member is elected: {Because(reason)}");
        }
    }

    private static string Because(string? reason) => reason ?? "it did not answer in time.";

    public static void Fenced(Turn turn)
    {
        if (turn.State.Phase == AcquirePhase.Fencing)
        {
            turn.State = turn.State with { Phase = AcquirePhase.Applying };
            turn.Do(new FailoverEffect.ApplyToEnd(turn.State.Attempt));
        }
    }

    public static void FenceFailed(Turn turn, string reason)
    {
        if (turn.State.Phase is AcquirePhase.Fencing or AcquirePhase.Applying)
        {
            Pause(turn, reason);
        }
        else if (turn.State is { Phase: AcquirePhase.Starting, InFlight: true })
        {
            // The producer did not get ready, and what was handed to it will never be answered.
            turn.State = turn.State with { InFlight = false };
            Publishing.Unclear(turn, reason);
        }
    }

    /// <summary>Tries again after a moment; how long it has failed is kept.</summary>
    public static void Pause(Turn turn, string reason) => turn.State = turn.State with
    {
        Phase = AcquirePhase.Pausing,
        WaitUntil = turn.Now + turn.State.Timings.RetryWait,
        FailingSince = turn.State.FailingSince ?? turn.Now,
        Reason = reason,
        InFlight = false,
    };

    public static void AtEnd(Turn turn, FailoverInput.AppliedToEnd ends)
    {
        if (turn.State.Phase != AcquirePhase.Applying)
        {
            return;
        }

        turn.State = turn.State with { Ends = ends, SeenQ = ends.SeenQ, Phase = AcquirePhase.Starting };
        turn.SettleConfirmed();
        if (!Shadowing.MayGoOn(turn, ends))
        {
            return;
        }

        var (state, stamp) = (turn.State, ends.LastStamp);
        var isAhead = state.Cursor.LastQ.Where((q, i) => ends.SeenQ[i] > q).Any();
        if (isAhead && state.Pending is [var inDoubt, ..] && !inDoubt.IsToldOfBy(stamp))
        {
            // What is missing of it would be added to what another member computed.
            turn.Fence("Another member's step is committed in part, in place of the one that was in doubt.");
            return;
        }

        if (isAhead && state.Pending.IsEmpty)
        {
            // Of the newest epoch, or an epoch start's own first step.
            if (stamp is null || stamp.Sequence != state.Cursor.Sequence + 1
                || (stamp.Epoch != state.Cursor.Epoch && stamp.Epoch != state.Cursor.Epoch.Next))
            {
                throw new FailoverInvariantException("F2", "an outbound topic is ahead of the journal by more than one step: "
                    + $"sequence {stamp?.Sequence}, epoch {stamp?.Epoch}, journal {state.Cursor.Sequence}, {state.Cursor.Epoch}");
            }

            turn.State = state with { Phase = AcquirePhase.Repeating };
            turn.Do(new FailoverEffect.RepeatTorn(state.Attempt, stamp));
            return;
        }

        Continue(turn);
    }

    public static void TornRepeated(Turn turn, JournalCommit commit)
    {
        if (turn.State.Phase != AcquirePhase.Repeating)
        {
            return;
        }

        FailoverInvariant.F4NoGap(turn.State.Cursor.Sequence, commit.Record);
        FailoverInvariant.F2ExactlyOnce(turn.State.Cursor.LastQ, commit);
        if (commit.Record.Epoch != turn.State.Cursor.Epoch)
        {
            commit = commit.Under(EpochStart(turn.State) with { Member = commit.Record.Member, StateDigest = null });
        }

        turn.State = turn.State with
        {
            Phase = AcquirePhase.Starting,
            Pending = [commit],
            // The state has gone on since it was hashed.
            Ends = turn.State.Ends! with { StateDigest = null },
        };
        Continue(turn);
    }

    /// <summary>The engine contains what was computed; it goes out with the epoch start.</summary>
    public static void FirstComputed(Turn turn, JournalCommit commit)
    {
        if (turn.State.Phase != AcquirePhase.Computing)
        {
            return;
        }

        FailoverInvariant.F4NoGap(turn.State.Cursor.Sequence, commit.Record);
        FailoverInvariant.F1OneWriter(turn.State.Cursor.Epoch, commit.Record);
        FailoverInvariant.F2ExactlyOnce(turn.State.Cursor.LastQ, commit);
        turn.State = turn.State with { Phase = AcquirePhase.Starting, Pending = [commit] };
        Publishing.Send(turn);
    }

    /// <summary>
    /// Sends the next of what is pending; at last the epoch start, with a first step in it: a transaction of its own would make
    /// everybody wait for it. Not where a hash of the state as it was taken over has to be written.
    /// </summary>
    public static void Continue(Turn turn)
    {
        var state = turn.State;
        if (state.Pending.Count > 0)
        {
            Publishing.Send(turn);
            return;
        }

        var start = EpochStart(state);
        if (start.StateDigest is null && !start.TakenBack && !state.Cursor.InboundNext.Contains(JournalCursor.Unknown))
        {
            turn.State = state with { Phase = AcquirePhase.Computing };
            turn.Do(new FailoverEffect.ComputeFirst(state.Attempt, start));
            return;
        }

        turn.State = state with { Pending = [new JournalCommit(start, [])] };
        Publishing.Send(turn);
    }

    private static JournalRecord EpochStart(FailoverState state) => state.Cursor.EpochStart(
        state.Member, state.ModelDigest, state.Ends!.StreamTime, state.Ends.InboundStart) with
    {
        StateDigest = state.Ends.StateDigest,
        Topics = state.Topics,
    };

    private static void Fence(Turn turn)
    {
        turn.State = turn.State with { Phase = AcquirePhase.Fencing };
        turn.Do(new FailoverEffect.Fence(turn.State.Attempt));
    }
}
