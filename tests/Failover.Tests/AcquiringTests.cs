using Lockstep.Contracts.Failover;

namespace Lockstep.Failover.Tests;

/// <summary>From recovering to active: each answer leads to the next effect, and nothing is left out or done early.</summary>
public sealed class AcquiringTests
{
    [Fact]
    public void A_member_stands_for_election_only_when_it_is_caught_up()
    {
        var member = new MemberScript();
        member.Give(new FailoverInput.SessionChanged(SessionState.Connected));
        Assert.False(member.Has<FailoverEffect.JoinElection>());
        member.Elected();
        Assert.Equal(MemberRole.Recovering, member.State.Role);
        member.Give(new FailoverInput.CaughtUp());
        member.Effect<FailoverEffect.JoinElection>();
        Assert.Equal(MemberRole.Standby, member.State.Role);
    }

    [Fact]
    public void F5_refuses_an_election_while_recovering() =>
        Assert.Throws<FailoverInvariantException>(() => FailoverInvariant.F5ReadyFirst(new MemberScript().State));

    [Fact]
    public void Acquiring_fences_applies_and_commits_an_epoch_start_before_the_gate_opens()
    {
        var member = new MemberScript().Standby();
        member.Elected().Effect<FailoverEffect.Fence>();
        member.Fenced().Effect<FailoverEffect.ApplyToEnd>();
        var start = member.AtEnd().Effect<FailoverEffect.Commit>().Content.Record;
        Assert.Equal((JournalRecordKind.EpochStart, 1L, 1L), (start.Kind, start.Epoch.Value, start.Sequence));
        Assert.Equal(new InboundRun(0, 0, -1), Assert.Single(start.Runs));
        Assert.False(member.State.GateOpen);
        member.Ended(CommitOutcome.Done).Effect<FailoverEffect.OpenGate>();
        Assert.Equal((MemberRole.Active, true), (member.State.Role, member.State.GateOpen));
    }

    [Fact]
    public void Who_is_not_first_after_all_stays_standby()
    {
        var member = new MemberScript().Standby().Elected();
        member.Give(new FailoverInput.FenceFailed(member.State.Attempt, "away"));
        member.After(30).Effect<FailoverEffect.ConfirmLeadership>();
        member.Give(new FailoverInput.LeadershipAnswered(member.State.Attempt, ElectionStanding.Waiting));
        Assert.Equal(MemberRole.Standby, member.State.Role);
        Assert.False(member.Has<FailoverEffect.Fence>());
    }

    [Fact]
    public void Answers_to_an_older_attempt_are_left_out()
    {
        var member = new MemberScript().Standby().Elected().Confirmed();
        member.Give(new FailoverInput.FenceDone(member.State.Attempt - 1));
        Assert.Empty(member.Effects);
        Assert.Equal(AcquirePhase.Fencing, member.State.Phase);
    }

    [Fact]
    public void A_fence_that_fails_is_tried_again_and_given_up_after_the_limit_when_another_waits()
    {
        var member = new MemberScript().Standby().Elected().Confirmed();
        member.Give(new FailoverInput.FenceFailed(member.State.Attempt, "away"));
        member.After(30).Effect<FailoverEffect.ConfirmLeadership>();
        member.Confirmed().Give(new FailoverInput.FenceFailed(member.State.Attempt, "away"));
        member.After(2_100).Effect<FailoverEffect.LeaveElection>();
        Assert.Equal(MemberRole.Recovering, member.State.Role);
    }

    [Fact]
    public void A_producer_that_does_not_get_ready_after_the_fence_is_thrown_away_and_all_is_tried_again()
    {
        var member = new MemberScript().Standby().Elected().Confirmed().Fenced().AtEnd();
        member.Give(new FailoverInput.FenceFailed(member.State.Attempt, "away")).Effect<FailoverEffect.DisposeProducer>();
        Assert.Equal((MemberRole.Acquiring, AcquirePhase.Pausing), (member.State.Role, member.State.Phase));
        Assert.Empty(member.After(30).Confirmed().Fenced().State.Pending);
        Assert.Equal(1, member.AtEnd().Effect<FailoverEffect.Commit>().Content.Record.Epoch.Value);
    }

    [Fact]
    public void An_epoch_start_carries_a_first_step_when_input_waits()
    {
        var member = new MemberScript().Active();
        member.Give(new FailoverInput.SwitchoverAsked(null)).Give(new FailoverInput.GateClosed(null, 7)).Ended(CommitOutcome.Done);
        member.FirstOutputs = 2;
        var first = member.Elected().Fenced().AtEnd().Effect<FailoverEffect.Commit>().Content;
        Assert.Equal((JournalRecordKind.EpochStart, 2L), (first.Record.Kind, first.Record.Epoch.Value));
        Assert.Equal(new InboundRun(0, 0, 0), Assert.Single(first.Record.Runs));
        Assert.Equal(2, first.Outputs.Length);
        Assert.False(member.State.GateOpen);
        member.Ended(CommitOutcome.Done).Effect<FailoverEffect.OpenGate>();
        Assert.Equal((1L, 2L), (member.State.Cursor.InboundNext[0], member.State.Cursor.LastQ[0]));
    }

    [Fact]
    public void An_unclear_epoch_start_with_a_first_step_is_sent_again_as_it_was_and_begins_its_epoch()
    {
        var member = new MemberScript().Active();
        member.Give(new FailoverInput.SwitchoverAsked(null)).Give(new FailoverInput.GateClosed(null, 7)).Ended(CommitOutcome.Done);
        member.FirstOutputs = 2;
        var first = member.Elected().Fenced().AtEnd().Effect<FailoverEffect.Commit>().Content;
        member.Ended(CommitOutcome.Unclear).Effect<FailoverEffect.DisposeProducer>();
        var again = member.After(30).Confirmed().Fenced().AtEnd(seenQ: 1, first.Outputs[0].Stamp).Effect<FailoverEffect.Commit>().Content;
        Assert.Equal(first.Record, again.Record);
        Assert.Equal(2, Assert.Single(again.Outputs).Stamp.Q);
        member.Ended(CommitOutcome.Done).Effect<FailoverEffect.OpenGate>();
        Assert.Equal(2, member.State.Cursor.Epoch.Value);
    }

    [Fact]
    public void An_unclear_epoch_start_found_in_the_journal_counts_and_another_epoch_begins()
    {
        var member = new MemberScript().Active();
        member.Give(new FailoverInput.SwitchoverAsked(null)).Give(new FailoverInput.GateClosed(null, 7)).Ended(CommitOutcome.Done);
        member.FirstOutputs = 2;
        var first = member.Elected().Fenced().AtEnd().Effect<FailoverEffect.Commit>().Content;
        member.Ended(CommitOutcome.Unclear).After(30).Confirmed().Fenced().Give(new FailoverInput.OwnRecordRead(first.Record));
        var next = member.AtEnd(seenQ: 2).Effect<FailoverEffect.Commit>().Content;
        Assert.Equal((3L, 4L, 1L), (next.Record.Epoch.Value, next.Record.Sequence, next.Record.Runs[0].FirstOffset));
    }

    /// <summary>What is missing of its own would be added to what the other one computed. Found by seed 757.</summary>
    [Fact]
    public void A_first_step_in_doubt_is_given_up_when_a_part_of_another_members_lies_in_its_place()
    {
        var member = new MemberScript().Active();
        member.Give(new FailoverInput.SwitchoverAsked(null)).Give(new FailoverInput.GateClosed(null, 7)).Ended(CommitOutcome.Done);
        member.FirstOutputs = 2;
        var own = member.Elected().Fenced().AtEnd().Effect<FailoverEffect.Commit>().Content;
        member.Ended(CommitOutcome.Unclear).After(30).Confirmed().Fenced();
        var other = MemberScript.Stamp(own.Record with { Member = "b" }, 1, isLast: false);
        Assert.Equal(FailoverExit.Fenced, member.AtEnd(seenQ: 1, other).Effect<FailoverEffect.End>().Exit);
    }

    /// <summary>A driver tells by the cursor what lies ahead of the journal. Found by seed 15465.</summary>
    [Fact]
    public void A_commit_in_doubt_that_is_read_in_the_journal_moves_the_cursor_before_the_ends_are_reached()
    {
        var member = new MemberScript().Active().Seal();
        var record = member.State.Pending[0].Record;
        member.Ended(CommitOutcome.Unclear).Give(new FailoverInput.GateClosed(null, 7)).Confirmed().Fenced();
        Assert.Equal(AcquirePhase.Applying, member.State.Phase);
        member.Give(new FailoverInput.OwnRecordRead(record));
        Assert.Equal((record.Sequence, 2L, 0), (member.State.Cursor.Sequence, member.State.Cursor.LastQ[0], member.State.Pending.Count));
    }

    [Fact]
    public void A_torn_epoch_start_is_repeated_under_its_own_epoch_before_the_next_begins()
    {
        var other = new MemberScript("b").Active();
        var member = new MemberScript().Standby();
        member.Give(new FailoverInput.RecordApplied(member.OtherEpochStart()));
        var torn = other.Step(2, sequence: 2);
        var record = torn.Record with { Epoch = new Epoch(2) };
        var stamp = MemberScript.Stamp(record, 1, false);
        member.Elected().Fenced().AtEnd(seenQ: 1, stamp).Effect<FailoverEffect.RepeatTorn>();
        var repeated = torn with
        {
            Record = record,
            Outputs = [.. torn.Outputs.Select(o => new OutboundRecord(o.TopicIndex, o.Value, MemberScript.Stamp(record, o.Stamp.Q, o.Stamp.IsLast)))],
        };
        var sent = member.Give(new FailoverInput.TornRepeated(member.State.Attempt, repeated)).Effect<FailoverEffect.Commit>().Content;
        Assert.Equal((JournalRecordKind.EpochStart, "b", 2L), (sent.Record.Kind, sent.Record.Member, sent.Record.Epoch.Value));
        Assert.Equal(2, Assert.Single(sent.Outputs).Stamp.Q);
        var own = member.Ended(CommitOutcome.Done).Effect<FailoverEffect.Commit>().Content.Record;
        Assert.Equal((JournalRecordKind.EpochStart, "a", 3L), (own.Kind, own.Member, own.Epoch.Value));
        Assert.False(member.State.GateOpen);
    }

    [Fact]
    public void A_torn_step_is_repeated_and_only_what_is_missing_is_sent()
    {
        var member = new MemberScript().Standby().Elected().Confirmed().Fenced();
        var start = member.OtherEpochStart();
        member.Give(new FailoverInput.RecordApplied(start));
        var torn = member.Step(outputs: 3);
        var repeat = member.AtEnd(seenQ: 2, torn.Outputs[1].Stamp).Effect<FailoverEffect.RepeatTorn>();
        Assert.Equal(2, repeat.Stamp.Sequence);
        var sent = member.Give(new FailoverInput.TornRepeated(member.State.Attempt, torn)).Effect<FailoverEffect.Commit>();
        Assert.Equal(3, Assert.Single(sent.Content.Outputs).Stamp.Q);
        Assert.Equal(2, sent.Content.Record.Sequence);
        var next = member.Ended(CommitOutcome.Done).Effect<FailoverEffect.Commit>().Content.Record;
        Assert.Equal((JournalRecordKind.EpochStart, 3L, 2L), (next.Kind, next.Sequence, next.Epoch.Value));
    }

    [Fact]
    public void F2_stops_a_member_when_a_topic_is_ahead_by_more_than_one_step()
    {
        var member = new MemberScript().Standby().Elected().Confirmed().Fenced();
        member.Give(new FailoverInput.RecordApplied(member.OtherEpochStart()));
        var far = member.Step(sequence: 7);
        Assert.Equal("F2", Assert.Throws<FailoverInvariantException>(() => member.AtEnd(2, far.Outputs[1].Stamp)).Name);
    }

    [Fact]
    public void A_member_fenced_while_it_acquires_waits_as_standby_and_tries_again()
    {
        var member = new MemberScript().Standby().Elected().Confirmed().Fenced().AtEnd();
        member.Ended(CommitOutcome.Fenced);
        Assert.Equal(MemberRole.Standby, member.State.Role);
        member.After(50);
        Assert.Equal(MemberRole.Standby, member.State.Role);
        member.After(200).Effect<FailoverEffect.ConfirmLeadership>();
    }

    [Fact]
    public void Without_coordination_a_standby_acquires_after_three_silent_seconds_and_not_before()
    {
        var member = new MemberScript().Standby();
        member.Give(new FailoverInput.SessionChanged(SessionState.Suspended));
        member.After(2_000).Give(new FailoverInput.RecordApplied(member.OtherEpochStart()));
        member.After(2_900);
        Assert.Equal(MemberRole.Standby, member.State.Role);
        member.After(200).Effect<FailoverEffect.Fence>();
        Assert.True(member.State.Emergency);
    }

    [Fact]
    public void A_diverged_standby_leaves_and_rebuilds()
    {
        var member = new MemberScript().Standby();
        member.Give(new FailoverInput.StateLost("digest"));
        member.Effect<FailoverEffect.LeaveElection>();
        member.Effect<FailoverEffect.Rebuild>();
        Assert.Equal(MemberRole.Recovering, member.State.Role);
    }

    [Fact]
    public void A_standby_too_far_behind_leaves_and_rejoins_at_the_end()
    {
        var member = new MemberScript().Standby();
        member.Give(new FailoverInput.FellBehind(9_999)).Effect<FailoverEffect.LeaveElection>();
        Assert.Equal(MemberRole.Recovering, member.State.Role);
        member.Give(new FailoverInput.CaughtUp()).Effect<FailoverEffect.JoinElection>();
    }

    [Fact]
    public void A_member_that_cannot_recover_stays_recovering_and_says_why()
    {
        var member = new MemberScript();
        member.Give(new FailoverInput.CannotRecover("Journal begins at 500."));
        Assert.Equal((MemberRole.Recovering, "Journal begins at 500."), (member.State.Role, member.State.Reason));
    }

    [Fact]
    public void A_switchover_meant_for_another_sends_a_standby_to_the_end_of_the_line()
    {
        var member = new MemberScript("c").Standby();
        member.Give(new FailoverInput.RecordApplied(member.OtherEpochStart("a")));
        var handover = member.State.Cursor.Handover("a", "digest", "b", null);
        member.Give(new FailoverInput.RecordApplied(handover));
        member.Effect<FailoverEffect.LeaveElection>();
        member.Effect<FailoverEffect.JoinElection>();
    }
}
