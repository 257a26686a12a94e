using Lockstep.Contracts.Failover;

namespace Lockstep.Failover;

/// <summary>Recovering and standby: the journal is followed.</summary>
internal static class Following
{
    public static void Applied(Turn turn, JournalRecord record)
    {
        turn.SettleConfirmed();
        turn.State = turn.State with { Cursor = turn.State.Cursor.Follow(record), JournalHeardAt = turn.Now };
        if (Shadowing.Applied(turn, record))
        {
            return;
        }

        if (turn.State is { Role: MemberRole.Acquiring, Phase: AcquirePhase.Starting })
        {
            // Written after this member's fence, so by someone who has fenced it since.
            turn.StepDown("Another member has taken over.");
            turn.State = turn.State with { WaitUntil = turn.Now + turn.State.Timings.ReclaimWait };
        }

        // The switchover is for another member: whoever is not meant goes to the end of the line.
        if (record is { Kind: JournalRecordKind.Handover, HandoverTo: { } to }
            && turn.State is { Role: MemberRole.Standby, Joined: true } && to != turn.State.Member)
        {
            turn.Leave();
            turn.Join();
        }
    }

    public static void CaughtUp(Turn turn)
    {
        if (turn.State.Role != MemberRole.Recovering)
        {
            return;
        }

        const string Reason = "The journal is applied to its end.";
        if (turn.State.MayWrite)
        {
            turn.Become(MemberRole.Standby, Reason);
            turn.Join();
        }
        else
        {
            turn.Become(MemberRole.Shadow, Reason);
        }
    }

    public static void FellBehind(Turn turn, long records)
    {
        if (turn.State.Role is MemberRole.Standby or MemberRole.Shadow)
        {
            turn.Leave();
            turn.Become(MemberRole.Recovering, $"{records} journal records behind.");
        }
    }

    public static void StateLost(Turn turn, string reason)
    {
        if (turn.State.Role is not (MemberRole.Recovering or MemberRole.Standby or MemberRole.Acquiring or MemberRole.Shadow))
        {
            return;
        }

        turn.Drop();
        turn.Leave();
        turn.State = turn.State with { IsSpoilt = true };
        turn.Become(MemberRole.Recovering, reason);
        turn.Do(new FailoverEffect.Rebuild(reason));
    }
}
