using System.Collections.Immutable;
using Lockstep.Contracts.Failover;

namespace Lockstep.Failover;

/// <summary>One call of the state machine: the state as it becomes, and the effects so far.</summary>
internal sealed class Turn(FailoverState state, TimeSpan now)
{
    public FailoverState State { get; set; } = state;

    public TimeSpan Now { get; } = now;

    public ImmutableArray<FailoverEffect>.Builder Effects { get; } = ImmutableArray.CreateBuilder<FailoverEffect>();

    public void Do(FailoverEffect effect) => Effects.Add(effect);

    /// <summary>Changes the role, which is reported once.</summary>
    public void Become(MemberRole role, string reason)
    {
        if (role == State.Role)
        {
            State = State with { Reason = reason };
            return;
        }

        Do(new FailoverEffect.ReportRole(State.Role, role, reason, State.Cursor.Epoch));
        State = State with { Role = role, Reason = role is MemberRole.Active or MemberRole.Standby ? null : reason };
        if (role == MemberRole.Acquiring)
        {
            State = State with { AcquiringSince = Now };
        }
    }

    public void Join()
    {
        FailoverInvariant.F5ReadyFirst(State);
        Do(new FailoverEffect.JoinElection());
        State = State with { Joined = true };
    }

    public void Leave()
    {
        if (State.Joined)
        {
            Do(new FailoverEffect.LeaveElection());
        }

        State = State with { Joined = false, Standing = ElectionStanding.None };
    }

    /// <summary>What was in doubt and was read back from the journal is done.</summary>
    public void SettleConfirmed()
    {
        while (State.Pending is [var first, ..] && first.Record.Sequence <= State.ConfirmedSequence)
        {
            State = State with { Cursor = State.Cursor.Follow(first.Record), Pending = State.Pending.RemoveAt(0) };
        }
    }

    /// <summary>Throws the producer and all that is pending away; answers to older attempts no longer count.</summary>
    public void Drop()
    {
        SettleConfirmed();
        State = State with { IsSpoilt = State.IsSpoilt || State.IsAhead };
        if (State.GateOpen)
        {
            Do(new FailoverEffect.CloseGate());
        }

        Do(new FailoverEffect.DisposeProducer());
        State = State with
        {
            GateOpen = false,
            AwaitsGate = false,
            Closing = ClosingCause.None,
            Phase = AcquirePhase.None,
            Attempt = State.Attempt + 1,
            Emergency = false,
            Pending = [],
            InFlight = false,
            SeenQ = [],
            Ends = null,
        };
    }

    /// <summary>Another member has taken over. Gate first, then everything else (fail closed).</summary>
    public void Fence(string reason) => EndAhead(FailoverExit.Fenced, reason);

    /// <summary>Ends a member whose engine holds what is not committed.</summary>
    public void EndAhead(FailoverExit exit, string reason)
    {
        Drop();
        Leave();
        Become(MemberRole.Fenced, reason);
        End(exit, reason);
    }

    public void End(FailoverExit exit, string reason)
    {
        Do(new FailoverEffect.End(exit, reason));
        State = State with { Ended = true };
    }

    /// <summary>Gives up acquiring or publishing with a state that is exactly the journal's.</summary>
    public void StepDown(string reason)
    {
        Drop();
        if (State.MayWrite)
        {
            Become(MemberRole.Standby, reason);
        }
        else
        {
            Leave();
            Become(MemberRole.Shadow, reason);
        }
    }
}
