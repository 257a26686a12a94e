using Lockstep.Contracts.Failover;

namespace Lockstep.Failover;

/// <summary>
/// Members of another version than the one that writes (docs/failover.md, upgrades). They follow the journal with a model of their
/// own and stand for election only once the journal says that their version goes on:
/// <code>
/// handover to version B, sequence N | members of B: standby at once (the one that was named), or a moment later
///                                   | members of A: shadow
/// epoch start of B                  | all others of B: standby
/// none of B for HandoverLimit       | members of A: standby again; the first writes an epoch start that says "taken back"
/// </code>
/// Whichever of the two comes last has fenced the other (F1), so it does not matter who was slow.
/// </summary>
internal static class Shadowing
{
    /// <summary>A record was applied that may have changed which version writes; true: that is all there is to do.</summary>
    public static bool Applied(Turn turn, JournalRecord record)
    {
        if (record.Kind == JournalRecordKind.EpochStart)
        {
            turn.State = turn.State with { TakesBack = false };
        }

        if (!turn.State.MayWrite)
        {
            Withdraw(turn);
            return true;
        }

        if (turn.State.Role != MemberRole.Shadow)
        {
            return false;
        }

        if (record.Kind == JournalRecordKind.Handover && record.HandoverTo is { } to && to != turn.State.Member)
        {
            turn.State = turn.State with { WaitUntil = turn.Now + turn.State.Timings.HandoverWait };
        }
        else
        {
            Stand(turn, "This version was handed over to.");
        }

        return true;
    }

    public static void TimePassed(Turn turn)
    {
        var state = turn.State;
        if (state.MayWrite)
        {
            if (turn.Now >= state.WaitUntil)
            {
                Stand(turn, "This version was handed over to, and nobody has begun.");
            }
        }
        else if (state.Cursor.HandedOverBy == state.ModelDigest
            && turn.Now - state.JournalHeardAt >= state.Timings.HandoverLimit)
        {
            turn.State = state with { TakesBack = true };
            Stand(turn, "The version that was handed over to has not begun.");
        }
    }

    /// <summary>A person says that the other version can't go on: no election, the fence decides.</summary>
    public static void TakeBackAsked(Turn turn)
    {
        if (turn.State.Role != MemberRole.Shadow)
        {
            turn.Do(new FailoverEffect.RefuseSwitchover($"This member is {turn.State.Role.ToString().ToLowerInvariant()}."));
            return;
        }

        turn.State = turn.State with { TakesBack = true };
        Stand(turn, "Told to take the group back.");
        Acquiring.BeginWithoutCoordination(turn, "Told to take the group back.");
    }

    /// <summary>At the end asked after the fence: may this member's version begin an epoch there?</summary>
    public static bool MayGoOn(Turn turn, FailoverInput.AppliedToEnd ends)
    {
        var state = turn.State;
        if (!state.MayWrite)
        {
            Withdraw(turn);
            return false;
        }

        if (state.TakesBack && state.Pending.IsEmpty
            && state.Cursor.LastQ.Where((q, i) => q != JournalCursor.Unknown && ends.SeenQ[i] > q).Any())
        {
            turn.State = state with { TakesBack = false };
            turn.StepDown("A step of the other version is committed in part: only that version can repeat it.");
            return false;
        }

        // Nobody but this version's members writes these topics, and they are fenced: what lies there is what counts.
        turn.State = state with
        {
            Cursor = state.Cursor with { LastQ = [.. state.Cursor.LastQ.Select((q, i) => q == JournalCursor.Unknown ? ends.SeenQ[i] : q)] },
        };
        return true;
    }

    private static void Stand(Turn turn, string reason)
    {
        turn.Become(MemberRole.Standby, reason);
        turn.Join();
    }

    /// <summary>The journal has gone to another version; what this member held was the journal's state, nothing more.</summary>
    private static void Withdraw(Turn turn)
    {
        const string Reason = "Another version writes.";
        switch (turn.State.Role)
        {
            case MemberRole.Standby:
                turn.Leave();
                turn.Become(MemberRole.Shadow, Reason);
                break;
            case MemberRole.Acquiring:
                turn.StepDown(Reason);
                break;
        }
    }
}
