using System.Globalization;
using Lockstep.Contracts.Failover;

namespace Lockstep.Failover;

/// <summary>What coordination and the passing of time say.</summary>
internal static class Electing
{
    public static void Changed(Turn turn, FailoverInput.ElectionChanged input)
    {
        turn.State = turn.State with { Standing = input.Standing, Candidates = input.Candidates };
        if (input.Standing != ElectionStanding.First)
        {
            Unelected(turn, input.Standing == ElectionStanding.Waiting
                ? "Another member comes first in the election."
                : "This member's znode is gone from the election.");
        }
        else if (turn.State.Role == MemberRole.Standby && turn.Now >= turn.State.WaitUntil)
        {
            // The news is as fresh as an answer would be.
            Acquiring.Begin(turn, isConfirmed: true, "First in the election.");
        }
    }

    public static void SessionChanged(Turn turn, SessionState session)
    {
        turn.State = turn.State with { Session = session };
        if (session == SessionState.Expired)
        {
            turn.State = turn.State with { Standing = ElectionStanding.None, Candidates = 0 };
            Unelected(turn, "The coordination session has expired.");
        }
    }

    public static void TimePassed(Turn turn)
    {
        var state = turn.State;
        if (IsStuck(turn))
        {
            GiveUp(turn);
        }
        else if (state is { Role: MemberRole.Acquiring, Phase: AcquirePhase.Pausing } && turn.Now >= state.WaitUntil)
        {
            Acquiring.Confirm(turn);
        }
        else if (state.Role == MemberRole.Shadow)
        {
            Shadowing.TimePassed(turn);
        }
        else if (state.Role == MemberRole.Standby && turn.Now >= state.WaitUntil)
        {
            if (state.Standing == ElectionStanding.First)
            {
                Acquiring.Begin(turn, isConfirmed: false, "First in the election.");
            }
            else if (IsEmergency(turn))
            {
                Acquiring.BeginWithoutCoordination(turn, "Coordination is gone and the journal silent.");
            }
        }
    }

    private static bool IsEmergency(Turn turn) =>
        turn.State.Timings.EmergencyTakeover
        && turn.State.Session != SessionState.Connected
        && turn.Now - turn.State.JournalHeardAt >= turn.State.Timings.EmergencySilence;

    private static bool IsStuck(Turn turn)
    {
        var (state, limit) = (turn.State, turn.State.Timings.CommitFailureLimit);
        // Alone, or without coordination, giving up would help nobody.
        return state is { Candidates: > 1, Session: SessionState.Connected }
            && state.Role is MemberRole.Active or MemberRole.Acquiring
            && (turn.Now - (state.FailingSince ?? turn.Now) >= limit
                || (state.InFlight && turn.Now - state.CommitSince >= limit)
                || (state.Role == MemberRole.Acquiring && turn.Now - state.AcquiringSince >= state.Timings.AcquireLimit));
    }

    private static void GiveUp(Turn turn)
    {
        var reason = Stuck(turn.State);
        if (turn.State.IsAhead)
        {
            turn.EndAhead(FailoverExit.CannotCommit, $"{reason} It ends and is started again.");
            return;
        }

        turn.Drop();
        turn.Leave();
        turn.State = turn.State with { FailingSince = null };
        turn.Become(MemberRole.Recovering, reason);
    }

    private static string Stuck(FailoverState state)
    {
        var limit = state.Role == MemberRole.Acquiring && state.FailingSince is null && !state.InFlight
            ? state.Timings.AcquireLimit
            : state.Timings.CommitFailureLimit;
        var last = state.Reason is { } said ? $" The last thing heard: {said}" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Kafka has taken no commit of this member's for {limit.TotalSeconds} s, and another member waits: it gives up its znode.{last}");
    }

    private static void Unelected(Turn turn, string reason)
    {
        var state = turn.State;
        if (state.Role == MemberRole.Active && state.Closing == ClosingCause.None)
        {
            // Finish what is computed, then step down; safe, since only the journal's writer can commit.
            Publishing.Close(turn, ClosingCause.Unelected);
        }
        else if (state.Role == MemberRole.Acquiring && !state.Emergency && !state.InFlight)
        {
            if (state.IsAhead)
            {
                turn.Fence(reason);
            }
            else
            {
                turn.StepDown(reason);
            }
        }
    }
}
