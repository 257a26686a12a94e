using Lockstep.Failover.Simulation;

namespace Lockstep.Failover.Tests.Seeds;

/// <summary>
/// Seeds that failed once, each named after what it found. A seed is a schedule only as long as the simulation draws the same
/// chances in the same order, so what was found also stands as a test of its own, named beside it.
/// </summary>
public sealed class SeedTests
{
    /// <summary>Also <c>A_stop_while_a_commit_is_unclear_leaves_a_state_that_nobody_may_keep</c>.</summary>
    [Fact]
    public void Seed_253_a_member_stopped_with_an_unclear_commit_wrote_a_snapshot_of_what_was_never_committed() => Holds(253);

    /// <summary>Also <c>A_state_that_is_lost_is_spoilt_until_it_is_restored</c>.</summary>
    [Fact]
    public void Seed_45_a_member_stopped_after_its_state_was_lost_wrote_a_snapshot_of_half_a_step() => Holds(45);

    /// <summary>The answer to a confirmation got lost, the znode stood first for ever, and nobody was told again.</summary>
    [Fact]
    public void Seed_242_a_member_that_could_not_read_its_standing_was_never_told_that_it_is_first() => Holds(242);

    /// <summary>
    /// Member A fenced and asked the ends, B fenced and began an epoch, A's InitTransactions took the id from B: two records had
    /// one sequence. There is one fence now; also <c>The_simulation_fails_when_a_guard_is_left_out(AskAfterFence)</c>.
    /// </summary>
    [Fact]
    public void Seed_5815_ends_that_were_asked_before_the_producer_held_the_id_missed_an_epoch() => Holds(5815);

    /// <summary>First and last record of a run were there; those between had been purged while it was read (F4).</summary>
    [Fact]
    public void Seed_552_a_run_was_applied_without_the_records_that_were_purged_in_its_midst() => Holds(552);

    /// <summary>A member left the election while ZooKeeper was away; its znode outlived that and stood first for ever.</summary>
    [Fact]
    public void Seed_612_a_znode_that_could_not_be_deleted_held_up_the_election() => Holds(612);

    /// <summary>
    /// A commit was in doubt while another member's first step was torn in its place; what was missing of the one was added to the other.
    /// Also <c>A_first_step_in_doubt_is_given_up_when_a_part_of_another_members_lies_in_its_place</c>.
    /// </summary>
    [Fact]
    public void Seed_757_what_was_missing_of_a_step_in_doubt_was_added_to_a_torn_one_of_another_member() => Holds(757);

    /// <summary>Also <c>A_commit_in_doubt_that_is_read_in_the_journal_moves_the_cursor_before_the_ends_are_reached</c>.</summary>
    [Fact]
    public void Seed_15465_a_stamp_of_the_own_confirmed_step_was_taken_for_one_ahead_of_the_journal() => Holds(15_465);

    /// <summary>The answer to a create got lost, the member left before it tried again, and its znode stood first for ever.</summary>
    [Fact]
    public void Seed_20844_a_znode_whose_create_was_not_answered_outlived_that_its_member_had_left() => Holds(20_844);

    private static void Holds(int seed)
    {
        var failure = SimulationRun.Of(seed);
        Assert.True(failure is null, $"seed {seed}: {failure?.Message}");
    }
}
