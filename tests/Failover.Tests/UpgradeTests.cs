using System.Collections.Immutable;
using Lockstep.Contracts.Failover;

namespace Lockstep.Failover.Tests;

/// <summary>
/// Members of two versions, "old" and "new", on one journal: who may write before, at and after the handover's sequence, whoever
/// dies when, and that the journal itself refuses a version that was not handed over to.
/// </summary>
public sealed class UpgradeTests
{
    [Fact]
    public void A_member_of_another_version_follows_as_shadow_and_never_stands_for_election()
    {
        var shadow = Shadow();
        Assert.Equal(MemberRole.Shadow, shadow.State.Role);
        Assert.False(shadow.State.Joined);
        shadow.Elected();
        Assert.Equal(MemberRole.Shadow, shadow.State.Role);
        shadow.Give(new FailoverInput.SessionChanged(SessionState.Suspended)).After(60_000);
        Assert.Equal((MemberRole.Shadow, false), (shadow.State.Role, shadow.State.Joined));
    }

    [Fact]
    public void The_active_hands_over_to_another_version_and_goes_on_as_its_shadow()
    {
        var active = new MemberScript(digest: "old").Active(candidates: 1);
        active.Give(new FailoverInput.SwitchoverAsked("b", "new")).Effect<FailoverEffect.CloseGate>();
        var record = active.Give(new FailoverInput.GateClosed(null, 7)).Effect<FailoverEffect.Commit>().Content.Record;
        Assert.Equal(
            (JournalRecordKind.Handover, "b", "old", "new", 7UL),
            (record.Kind, record.HandoverTo, record.ModelDigest, record.HandoverDigest, record.StateDigest));
        active.Ended(CommitOutcome.Done);
        active.Effect<FailoverEffect.LeaveElection>();
        Assert.False(active.Has<FailoverEffect.JoinElection>());
        Assert.Equal(MemberRole.Shadow, active.State.Role);
    }

    [Fact]
    public void The_member_that_was_named_stands_at_once_and_begins_its_epoch_with_its_own_digest_and_topics()
    {
        var shadow = Shadow();
        shadow.Give(new FailoverInput.RecordApplied(Handover(shadow, "b"))).Effect<FailoverEffect.JoinElection>();
        Assert.Equal(MemberRole.Standby, shadow.State.Role);
        shadow.Elected().Confirmed().Fenced();
        var start = shadow.Give(new FailoverInput.AppliedToEnd(shadow.State.Attempt, 1_000, [0], [0], null) { StateDigest = 5 })
            .Effect<FailoverEffect.Commit>().Content.Record;
        Assert.Equal(
            (JournalRecordKind.EpochStart, "new", 3L, 2L, false, 5UL),
            (start.Kind, start.ModelDigest, start.Sequence, start.Epoch.Value, start.TakenBack, start.StateDigest));
        shadow.Ended(CommitOutcome.Done);
        Assert.Equal(MemberRole.Active, shadow.State.Role);
    }

    [Fact]
    public void Another_member_of_the_new_version_waits_a_moment_and_then_stands_too()
    {
        var shadow = Shadow("c");
        shadow.Give(new FailoverInput.RecordApplied(Handover(shadow, "b")));
        Assert.Equal((MemberRole.Shadow, false), (shadow.State.Role, shadow.State.Joined));
        shadow.After(1_001).Effect<FailoverEffect.JoinElection>();
        Assert.Equal(MemberRole.Standby, shadow.State.Role);
    }

    [Fact]
    public void Another_member_of_the_new_version_stands_as_soon_as_the_named_one_has_begun()
    {
        var shadow = Shadow("c");
        shadow.Give(new FailoverInput.RecordApplied(Handover(shadow, "b")));
        shadow.Give(new FailoverInput.RecordApplied(Start(shadow, "b", "new"))).Effect<FailoverEffect.JoinElection>();
    }

    [Fact]
    public void A_standby_of_the_old_version_leaves_the_election_and_follows_the_new_one()
    {
        var standby = OldStandby();
        standby.Give(new FailoverInput.RecordApplied(Handover(standby, "b"))).Effect<FailoverEffect.LeaveElection>();
        Assert.Equal(MemberRole.Shadow, standby.State.Role);
        standby.Give(new FailoverInput.RecordApplied(Start(standby, "b", "new")));
        Assert.Equal(MemberRole.Shadow, standby.State.Role);
    }

    [Fact]
    public void A_standby_that_was_elected_before_it_read_the_handover_does_not_write()
    {
        var standby = OldStandby().Elected().Confirmed().Fenced();
        standby.Give(new FailoverInput.RecordApplied(Handover(standby, "b")));
        Assert.Equal(MemberRole.Shadow, standby.State.Role);
        standby.Effect<FailoverEffect.DisposeProducer>();
        Assert.False(standby.AtEnd().Has<FailoverEffect.Commit>());
    }

    [Fact]
    public void An_unclear_handover_that_is_in_the_journal_makes_its_writer_a_shadow()
    {
        var active = new MemberScript(digest: "old").Active();
        active.Give(new FailoverInput.SwitchoverAsked("b", "new")).Give(new FailoverInput.GateClosed(null, 7));
        var handover = active.State.Pending[0].Record;
        active.Ended(CommitOutcome.Unclear).Confirmed().Fenced();
        Assert.Equal(RecordVerdict.Apply, active.State.Judge(handover));
        active.Give(new FailoverInput.RecordApplied(handover));
        Assert.Equal((MemberRole.Shadow, false), (active.State.Role, active.State.Joined));
    }

    [Fact]
    public void A_handover_that_was_read_back_before_its_unclear_end_counts()
    {
        var active = new MemberScript(digest: "old").Active();
        active.Give(new FailoverInput.SwitchoverAsked("b", "new")).Give(new FailoverInput.GateClosed(null, 7));
        active.Give(new FailoverInput.OwnRecordRead(active.State.Pending[0].Record));
        active.Ended(CommitOutcome.Unclear).Confirmed().Fenced().AtEnd();
        Assert.Equal(MemberRole.Shadow, active.State.Role);
        Assert.False(active.Has<FailoverEffect.Commit>());
    }

    [Fact]
    public void An_unclear_handover_that_is_not_in_the_journal_leaves_the_group_with_the_old_version()
    {
        var active = new MemberScript(digest: "old").Active();
        active.Give(new FailoverInput.SwitchoverAsked("b", "new")).Give(new FailoverInput.GateClosed(null, 7));
        active.Ended(CommitOutcome.Unclear).Confirmed().Fenced().AtEnd().Ended(CommitOutcome.Done);
        Assert.Equal((MemberRole.Active, "old"), (active.State.Role, active.State.Cursor.ModelDigest));
    }

    [Fact]
    public void The_old_version_takes_the_group_back_when_nobody_of_the_new_one_begins()
    {
        var old = OldStandby();
        old.Give(new FailoverInput.RecordApplied(Handover(old, "nobody"))).After(9_999);
        Assert.Equal(MemberRole.Shadow, old.State.Role);
        old.After(2).Effect<FailoverEffect.JoinElection>();
        var start = old.Elected().Confirmed().Fenced().AtEnd().Effect<FailoverEffect.Commit>().Content.Record;
        Assert.Equal(("old", true), (start.ModelDigest, start.TakenBack));
        old.Ended(CommitOutcome.Done);
        Assert.Equal((MemberRole.Active, false), (old.State.Role, old.State.TakesBack));
    }

    [Fact]
    public void A_new_version_that_begins_after_all_wins_over_the_taking_back()
    {
        var old = OldStandby();
        old.Give(new FailoverInput.RecordApplied(Handover(old, "b"))).After(10_001).Elected().Confirmed().Fenced();
        old.Give(new FailoverInput.RecordApplied(Start(old, "b", "new")));
        Assert.Equal((MemberRole.Shadow, false), (old.State.Role, old.State.Joined));
    }

    [Fact]
    public void A_version_that_was_too_late_reads_the_taking_back_and_is_a_shadow_again()
    {
        var late = Shadow();
        late.Give(new FailoverInput.RecordApplied(Handover(late, "b"))).Elected().Confirmed().Fenced();
        late.Give(new FailoverInput.RecordApplied(Start(late, "a", "old") with { TakenBack = true }));
        Assert.Equal((MemberRole.Shadow, false), (late.State.Role, late.State.Joined));
    }

    [Fact]
    public void Members_of_the_old_version_can_be_handed_the_group_back()
    {
        var old = OldStandby();
        old.Give(new FailoverInput.RecordApplied(Handover(old, "b")));
        old.Give(new FailoverInput.RecordApplied(Start(old, "b", "new")));
        var back = old.State.Cursor.Handover("b", "new", "a", null, "old");
        old.Give(new FailoverInput.RecordApplied(back)).Effect<FailoverEffect.JoinElection>();
        Assert.Equal(MemberRole.Standby, old.State.Role);
    }

    [Fact]
    public void A_shadow_that_is_told_to_takes_the_group_by_the_fence_alone()
    {
        var shadow = Shadow();
        shadow.Give(new FailoverInput.TakeBackAsked()).Effect<FailoverEffect.Fence>();
        var start = shadow.Fenced().AtEnd().Effect<FailoverEffect.Commit>().Content.Record;
        Assert.Equal(("new", true), (start.ModelDigest, start.TakenBack));
    }

    [Fact]
    public void A_half_committed_step_of_the_other_version_is_left_to_that_version()
    {
        var shadow = Shadow();
        shadow.Give(new FailoverInput.TakeBackAsked());
        shadow.Fenced().AtEnd(seenQ: 1);
        Assert.Equal((MemberRole.Shadow, false), (shadow.State.Role, shadow.State.TakesBack));
    }

    [Fact]
    public void Only_a_shadow_takes_a_group_back() =>
        new MemberScript().Active().Give(new FailoverInput.TakeBackAsked()).Effect<FailoverEffect.RefuseSwitchover>();

    [Fact]
    public void A_topic_that_only_the_new_version_writes_goes_on_at_what_lies_there_after_the_fence()
    {
        var shadow = Shadow();
        var cursor = shadow.State.Cursor with { LastQ = [JournalCursor.Unknown] };
        shadow.Give(new FailoverInput.StateRestored(cursor));
        shadow.Give(new FailoverInput.RecordApplied(Handover(shadow, "b") with { Outputs = [] }));
        shadow.Elected().Confirmed().Fenced().AtEnd(seenQ: 41);
        Assert.Equal([new OutboundPosition(0, 41)], shadow.Effect<FailoverEffect.Commit>().Content.Record.Outputs);
    }

    [Theory]
    [InlineData(JournalRecordKind.EpochStart)]
    [InlineData(JournalRecordKind.Tick)]
    public void F1_refuses_a_version_that_was_not_handed_over_to(JournalRecordKind kind)
    {
        var cursor = OldStandby().State.Cursor;
        var record = new JournalRecord
        {
            Epoch = kind == JournalRecordKind.EpochStart ? cursor.Epoch.Next : cursor.Epoch,
            Sequence = cursor.Sequence + 1,
            Member = "b",
            ModelDigest = "new",
            StreamTime = cursor.StreamTime,
            Kind = kind,
        };
        Assert.Equal("F1", Assert.Throws<FailoverInvariantException>(() => cursor.Follow(record)).Name);
    }

    /// <summary>A member of the new version at the end of a journal with one epoch start of the old one.</summary>
    private static MemberScript Shadow(string name = "b") => Follower(new MemberScript(name, "new"));

    /// <summary>A standby of the old version at the same place.</summary>
    private static MemberScript OldStandby() => Follower(new MemberScript("a", "old"));

    private static MemberScript Follower(MemberScript member)
    {
        member.Give(new FailoverInput.SessionChanged(SessionState.Connected)).Give(new FailoverInput.StateRestored(member.State.Cursor));
        member.Give(new FailoverInput.RecordApplied(Start(member, "x", "old")));
        return member.Give(new FailoverInput.CaughtUp());
    }

    private static JournalRecord Start(MemberScript member, string writer, string digest) =>
        member.State.Cursor.EpochStart(writer, digest, 500, ImmutableArray.Create(0L)) with { TakenBack = false };

    private static JournalRecord Handover(MemberScript member, string to) =>
        member.State.Cursor.Handover("x", "old", to, null, "new");
}
