using System.Collections.Immutable;

namespace Lockstep.Failover;

/// <summary>
/// A member's life (docs/failover.md, section 4) as a pure function: no await, no clock, no socket. Time is monotonic and
/// comes in with each input.
/// <code>
/// recovering -- caught up --> standby -- first in the election, or emergency --> acquiring -- epoch start --> active
///      ^  ^------- fell behind, state lost --'   ^--- not elected, lost a race ------'  ^-- unclear commit ------|
///      '------ can't fence while others wait ---------------------------------------------'                      |
///                                                 ^--------------- switchover, unelected: gate drained ----------|
/// recovering, standby, active -- another version may write --> shadow -- its own may --> standby
/// fenced (ends the process) &lt;-------------------------------------- refused, or contradicted while ahead --------'
/// </code>
/// </summary>
public static class FailoverStateMachine
{
    /// <summary>The state after an input, and what is to be done now, in order.</summary>
    /// <param name="state">The state before.</param>
    /// <param name="now">Monotonic time since some start of the member's.</param>
    /// <param name="input">What happened.</param>
    /// <exception cref="FailoverInvariantException">F1, F2, F4 or F5 does not hold: close the gate and end.</exception>
    public static (FailoverState State, ImmutableArray<FailoverEffect> Effects) Next(
        FailoverState state, TimeSpan now, FailoverInput input)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(input);
        if (state.Ended)
        {
            return (state, []);
        }

        var turn = new Turn(state, now);
        switch (input)
        {
            case FailoverInput.StateRestored x:
                turn.State = turn.State with { Cursor = x.Cursor, JournalHeardAt = now, IsSpoilt = false };
                break;
            case FailoverInput.RecordApplied x:
                Following.Applied(turn, x.Record);
                break;
            case FailoverInput.OwnRecordRead x:
                turn.State = turn.State with
                {
                    ConfirmedSequence = Math.Max(turn.State.ConfirmedSequence, x.Record.Sequence),
                    JournalHeardAt = now,
                };
                if (turn.State.Phase is AcquirePhase.Pausing or AcquirePhase.Confirming or AcquirePhase.Fencing or AcquirePhase.Applying)
                {
                    // Nothing is in flight. What lies ahead of the journal is told by the cursor, so it must not lag behind.
                    turn.SettleConfirmed();
                }

                break;
            case FailoverInput.ForeignRecordRead x:
                turn.Fence($"Epoch {x.Record.Epoch} of {x.Record.Member} is in the journal.");
                break;
            case FailoverInput.CaughtUp:
                Following.CaughtUp(turn);
                break;
            case FailoverInput.CannotRecover x:
                turn.State = turn.State with { Reason = x.Reason };
                break;
            case FailoverInput.FellBehind x:
                Following.FellBehind(turn, x.Records);
                break;
            case FailoverInput.StateLost x:
                Following.StateLost(turn, x.Reason);
                break;
            case FailoverInput.ElectionChanged x:
                Electing.Changed(turn, x);
                break;
            case FailoverInput.SessionChanged x:
                Electing.SessionChanged(turn, x.Session);
                break;
            case FailoverInput.LeadershipAnswered x when x.Attempt == state.Attempt:
                Acquiring.Confirmed(turn, x.Standing, x.Reason);
                break;
            case FailoverInput.FenceDone x when x.Attempt == state.Attempt:
                Acquiring.Fenced(turn);
                break;
            case FailoverInput.FenceFailed x when x.Attempt == state.Attempt:
                Acquiring.FenceFailed(turn, x.Reason);
                break;
            case FailoverInput.AppliedToEnd x when x.Attempt == state.Attempt:
                Acquiring.AtEnd(turn, x);
                break;
            case FailoverInput.TornRepeated x when x.Attempt == state.Attempt:
                Acquiring.TornRepeated(turn, x.Commit);
                break;
            case FailoverInput.FirstComputed x when x.Attempt == state.Attempt:
                Acquiring.FirstComputed(turn, x.Commit);
                break;
            case FailoverInput.StepSealed x:
                Publishing.Sealed(turn, x.Commit);
                break;
            case FailoverInput.GateClosed x:
                Publishing.GateClosed(turn, x);
                break;
            case FailoverInput.CommitEnded x when x.Attempt == state.Attempt:
                Publishing.CommitEnded(turn, x);
                break;
            case FailoverInput.SwitchoverAsked x:
                Publishing.SwitchoverAsked(turn, x);
                break;
            case FailoverInput.TakeBackAsked:
                Shadowing.TakeBackAsked(turn);
                break;
            case FailoverInput.StopAsked:
                Publishing.StopAsked(turn);
                break;
            case FailoverInput.TimePassed:
                Electing.TimePassed(turn);
                break;
        }

        return (turn.State, turn.Effects.ToImmutable());
    }
}
