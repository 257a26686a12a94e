using Lockstep.Contracts.Failover;

namespace Lockstep.Failover.Tests;

/// <summary>What an active does when commits end in each way, and how it gives over.</summary>
public sealed class PublishingTests
{
    [Fact]
    public void A_sealed_step_is_committed_and_moves_the_cursor_once_it_is_done()
    {
        var member = new MemberScript().Active();
        member.Seal().Effect<FailoverEffect.Commit>();
        Assert.Equal(1, member.State.Cursor.Sequence);
        member.Ended(CommitOutcome.Done);
        Assert.Equal((2L, 2L), (member.State.Cursor.Sequence, member.State.Cursor.LastQ[0]));
    }

    [Fact]
    public void F1_refuses_a_step_while_the_gate_is_closed() =>
        Assert.Throws<FailoverInvariantException>(() => new MemberScript().Standby().Seal());

    [Fact]
    public void F2_refuses_a_step_whose_q_leaves_a_gap()
    {
        var member = new MemberScript().Active();
        var step = member.Step();
        Assert.Throws<FailoverInvariantException>(() => member.Give(new FailoverInput.StepSealed(
            step with { Outputs = [.. step.Outputs.Skip(1)] })));
    }

    [Fact]
    public void A_refused_commit_closes_the_gate_first_and_ends_the_member()
    {
        var member = new MemberScript().Active().Seal().Ended(CommitOutcome.Fenced);
        Assert.IsType<FailoverEffect.CloseGate>(member.Effects[0]);
        Assert.Equal(FailoverExit.Fenced, member.Effect<FailoverEffect.End>().Exit);
        Assert.Equal(MemberRole.Fenced, member.State.Role);
    }

    [Fact]
    public void An_unclear_commit_found_in_the_journal_is_not_sent_again()
    {
        var member = new MemberScript().Active().Seal();
        var step = member.State.Pending[0];
        member.Ended(CommitOutcome.Unclear);
        member.Effect<FailoverEffect.DisposeProducer>();
        member.Effect<FailoverEffect.CloseGate>();
        member.Give(new FailoverInput.GateClosed(null, null)).Effect<FailoverEffect.ConfirmLeadership>();
        member.Confirmed().Fenced();
        Assert.Equal(RecordVerdict.Own, member.State.Judge(step.Record));
        member.Give(new FailoverInput.OwnRecordRead(step.Record));
        var next = member.AtEnd(seenQ: 2).Effect<FailoverEffect.Commit>().Content.Record;
        Assert.Equal((JournalRecordKind.EpochStart, 3L), (next.Kind, next.Sequence));
    }

    [Fact]
    public void An_unclear_commit_not_in_the_journal_is_sent_again_with_the_step_computed_meanwhile()
    {
        var member = new MemberScript().Active().Seal();
        var first = member.State.Pending[0];
        var second = member.Step(outputs: 1);
        member.Ended(CommitOutcome.Unclear).Give(new FailoverInput.GateClosed(second, null));
        member.Confirmed().Fenced().AtEnd();
        Assert.Equal(first.Record, member.Effect<FailoverEffect.Commit>().Content.Record);
        member.Ended(CommitOutcome.Done);
        Assert.Equal(second.Record, member.Effect<FailoverEffect.Commit>().Content.Record);
        member.Ended(CommitOutcome.Done);
        var start = member.Effect<FailoverEffect.Commit>().Content.Record;
        Assert.Equal((JournalRecordKind.EpochStart, 4L, 2L), (start.Kind, start.Sequence, start.Epoch.Value));
        member.Ended(CommitOutcome.Done).Effect<FailoverEffect.OpenGate>();
    }

    [Fact]
    public void A_stop_while_a_commit_is_unclear_leaves_a_state_that_nobody_may_keep()
    {
        var member = new MemberScript().Active().Seal().Give(new FailoverInput.StopAsked());
        member.Give(new FailoverInput.GateClosed(null, null)).Ended(CommitOutcome.Unclear);
        Assert.Equal(FailoverExit.Stopped, member.Effect<FailoverEffect.End>().Exit);
        Assert.True(member.State.IsSpoilt);
    }

    [Fact]
    public void A_stop_with_everything_committed_leaves_a_state_to_keep()
    {
        var member = new MemberScript().Active().Seal().Ended(CommitOutcome.Done).Give(new FailoverInput.StopAsked());
        member.Give(new FailoverInput.GateClosed(null, null)).Ended(CommitOutcome.Done);
        Assert.Equal(FailoverExit.Stopped, member.Effect<FailoverEffect.End>().Exit);
        Assert.False(member.State.IsSpoilt);
    }

    [Fact]
    public void A_state_that_is_lost_is_spoilt_until_it_is_restored()
    {
        var member = new MemberScript().Standby().Give(new FailoverInput.StateLost("gap"));
        Assert.True(member.State.IsSpoilt);
        Assert.False(member.Give(new FailoverInput.StateRestored(member.State.Cursor)).State.IsSpoilt);
    }

    [Fact]
    public void An_own_record_read_before_its_commit_turned_out_unclear_counts()
    {
        var member = new MemberScript().Active().Seal();
        member.Give(new FailoverInput.OwnRecordRead(member.State.Pending[0].Record));
        member.Ended(CommitOutcome.Unclear).Give(new FailoverInput.GateClosed(null, null)).Confirmed().Fenced();
        Assert.Equal(JournalRecordKind.EpochStart, member.AtEnd(2).Effect<FailoverEffect.Commit>().Content.Record.Kind);
    }

    [Fact]
    public void Another_epoch_in_the_journal_while_a_commit_is_unclear_ends_the_member()
    {
        var member = new MemberScript().Active().Seal();
        member.Ended(CommitOutcome.Unclear).Give(new FailoverInput.GateClosed(null, null)).Confirmed();
        var other = member.OtherEpochStart();
        Assert.Equal(RecordVerdict.Foreign, member.State.Judge(other));
        member.Give(new FailoverInput.ForeignRecordRead(other));
        Assert.Equal(FailoverExit.Fenced, member.Effect<FailoverEffect.End>().Exit);
    }

    [Fact]
    public void A_member_no_longer_elected_while_a_commit_is_unclear_ends()
    {
        var member = new MemberScript().Active().Seal().Ended(CommitOutcome.Unclear);
        member.Give(new FailoverInput.GateClosed(null, null));
        member.Give(new FailoverInput.LeadershipAnswered(member.State.Attempt, ElectionStanding.Waiting));
        Assert.Equal(FailoverExit.Fenced, member.Effect<FailoverEffect.End>().Exit);
    }

    [Fact]
    public void A_suspended_session_changes_nothing_while_commits_succeed()
    {
        var member = new MemberScript().Active();
        member.Give(new FailoverInput.SessionChanged(SessionState.Suspended));
        member.After(10_000);
        Assert.Equal((MemberRole.Active, true), (member.State.Role, member.State.GateOpen));
    }

    [Fact]
    public void An_expired_session_finishes_the_commit_in_flight_and_the_open_step_then_steps_down()
    {
        var member = new MemberScript().Active().Seal();
        var open = member.Step();
        member.Give(new FailoverInput.SessionChanged(SessionState.Expired)).Effect<FailoverEffect.CloseGate>();
        member.Give(new FailoverInput.GateClosed(open, null));
        Assert.Empty(member.Effects);
        member.Ended(CommitOutcome.Done).Effect<FailoverEffect.Commit>();
        member.Ended(CommitOutcome.Done).Effect<FailoverEffect.DisposeProducer>();
        Assert.Equal((MemberRole.Standby, 3L), (member.State.Role, member.State.Cursor.Sequence));
    }

    [Fact]
    public void Commits_that_fail_for_two_seconds_give_up_the_znode_when_another_waits()
    {
        var member = new MemberScript().Active().Seal();
        member.After(1_900);
        Assert.Equal(MemberRole.Active, member.State.Role);
        member.After(200).Effect<FailoverEffect.LeaveElection>();
        var end = member.Effect<FailoverEffect.End>();
        Assert.Equal(FailoverExit.CannotCommit, end.Exit);
        Assert.Equal(
            "Kafka has taken no commit of this member's for 2 s, and another member waits: it gives up its znode. "
            + "It ends and is started again.", end.Reason);
    }

    [Theory]
    [InlineData(ElectionStanding.Waiting, null, "Another member was elected while a commit was unclear.")]
    [InlineData(ElectionStanding.None, "it does not answer.",
        "While a commit was unclear, ZooKeeper could not say whether this member is still elected: it does not answer.")]
    [InlineData(ElectionStanding.None, null,
        "While a commit was unclear, ZooKeeper could not say whether this member is still elected: it did not answer in time.")]
    public void A_member_that_ends_over_an_unclear_commit_says_whether_another_was_elected_or_nobody_could_say(
        ElectionStanding standing, string? reason, string said)
    {
        var member = new MemberScript().Active().Seal().Ended(CommitOutcome.Unclear);
        member.Give(new FailoverInput.GateClosed(null, 1));
        member.Give(new FailoverInput.LeadershipAnswered(member.State.Attempt, standing) { Reason = reason });
        Assert.Equal((FailoverExit.Fenced, said), (member.Effect<FailoverEffect.End>().Exit, member.Effect<FailoverEffect.End>().Reason));
    }

    [Fact]
    public void A_member_alone_goes_on_trying()
    {
        var member = new MemberScript().Active(candidates: 1).Seal();
        member.After(60_000);
        Assert.False(member.State.Ended);
    }

    [Fact]
    public void A_switchover_commits_the_open_step_as_the_handover_then_leaves_and_rejoins()
    {
        var member = new MemberScript().Active();
        member.Give(new FailoverInput.SwitchoverAsked("b"));
        var (step, given) = (member.Step(), member.Give(new FailoverInput.GateClosed(member.Step(), 42)));
        var handover = given.Effect<FailoverEffect.Commit>().Content.Record;
        Assert.Equal((JournalRecordKind.Handover, "b", (ulong?)42), (handover.Kind, handover.HandoverTo, handover.StateDigest));
        Assert.True(handover.ChangesState);
        Assert.Equal(step.Record.Runs, handover.Runs);
        member.Ended(CommitOutcome.Done);
        Assert.Equal(
            ["DisposeProducer", "LeaveElection", "ReportRole", "JoinElection"], member.Effects.Select(e => e.GetType().Name));
        Assert.Equal(MemberRole.Standby, member.State.Role);
    }

    [Fact]
    public void A_last_step_that_is_a_handover_goes_out_as_a_step_when_its_end_is_unclear_and_the_active_goes_on()
    {
        var member = new MemberScript().Active();
        var step = member.Step();
        member.Give(new FailoverInput.SwitchoverAsked("b")).Give(new FailoverInput.GateClosed(step, 42));
        member.Ended(CommitOutcome.Unclear).Effect<FailoverEffect.ConfirmLeadership>();
        var again = member.Confirmed().Fenced().AtEnd().Effect<FailoverEffect.Commit>().Content.Record;
        Assert.Equal((JournalRecordKind.Step, null, step.Record.Sequence), (again.Kind, again.HandoverTo, again.Sequence));
        Assert.Equal(JournalRecordKind.EpochStart, member.Ended(CommitOutcome.Done).Effect<FailoverEffect.Commit>().Content.Record.Kind);
    }

    [Fact]
    public void A_switchover_with_nobody_to_take_over_is_refused()
    {
        var member = new MemberScript().Active(candidates: 1);
        member.Give(new FailoverInput.SwitchoverAsked(null)).Effect<FailoverEffect.RefuseSwitchover>();
        Assert.True(member.State.GateOpen);
    }

    [Fact]
    public void An_active_that_is_asked_to_stop_hands_over_and_ends()
    {
        var member = new MemberScript().Active();
        member.Give(new FailoverInput.StopAsked()).Give(new FailoverInput.GateClosed(null, null));
        Assert.Equal(JournalRecordKind.Handover, member.Effect<FailoverEffect.Commit>().Content.Record.Kind);
        member.Ended(CommitOutcome.Done).Effect<FailoverEffect.LeaveElection>();
        Assert.Equal(FailoverExit.Stopped, member.Effect<FailoverEffect.End>().Exit);
    }

    [Fact]
    public void Without_fencing_the_record_that_came_first_counts_and_the_other_writer_ends()
    {
        var member = new MemberScript().Active().Seal();
        var other = member.OtherEpochStart();
        Assert.Equal(RecordVerdict.Foreign, member.State.Judge(other));
        Assert.Equal(FailoverExit.Fenced, member.Give(new FailoverInput.ForeignRecordRead(other)).Effect<FailoverEffect.End>().Exit);
    }
}
