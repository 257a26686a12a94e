using Lockstep.Failover.Simulation;

namespace Lockstep.Failover.Tests.Simulation;

/// <summary>
/// Goal: F1 to F5 hold whatever fails, and the checks would notice if they did not. Method: a group of three members in virtual
/// time (docs/failover.md, Simulation); a seed is a schedule. A seed that fails is replayed by <c>scripts/simulate.sh --seed N</c>
/// and kept in <see cref="Seeds.SeedTests"/>.
/// </summary>
public sealed class SimulationTests
{
    private const int SeedsARun = 10_000;
    private const int SeedsAMutation = 2_000;
    private const int SeedsWithUpgrades = 500;
    private const int SeedsWithCopies = 100;

    [Fact]
    public void F1_to_F5_hold_and_every_record_comes_out_on_every_schedule()
    {
        var failures = SeedSearch.FirstFailures(from: 1, SeedsARun);
        Assert.True(failures.Count == 0, string.Join(Environment.NewLine, failures.Select(f => $"seed {f.Seed}: {f.Failure.Message}")));
    }

    [Theory]
    [InlineData(nameof(Guard.Fence))]
    [InlineData(nameof(Guard.AskAfterFence))]
    [InlineData(nameof(Guard.UnclearCommit))]
    [InlineData(nameof(Guard.SendOnlyMissing))]
    [InlineData(nameof(Guard.EpochPerTransaction))]
    [InlineData(nameof(Guard.DigestCheck))]
    [InlineData(nameof(Guard.Readiness))]
    [InlineData(nameof(Guard.OneVersion))]
    public void The_simulation_fails_when_a_guard_is_left_out(string guard)
    {
        var failures = SeedSearch.FirstFailures(from: 1, SeedsAMutation, Enum.Parse<Guard>(guard));
        Assert.True(failures.Count > 0, $"No schedule of {SeedsAMutation} noticed that {guard} is left out.");
        Assert.All(failures, f => Assert.NotEqual("defect", f.Failure.Rule));
    }

    /// <summary>The rest would hold as well if nobody ever changed the version.</summary>
    [Fact]
    public void Schedules_hand_a_group_over_to_another_version_and_back_and_take_it_back()
    {
        using var text = new StringWriter();
        for (var seed = World.UpgradeEvery - 1; seed < SeedsWithUpgrades; seed += World.UpgradeEvery)
        {
            Assert.Null(SimulationRun.Of(seed, trace: new Trace(text)));
        }

        var trace = text.ToString();
        Assert.Contains("Active -> Shadow", trace, StringComparison.Ordinal);
        Assert.Contains("This version was handed over to.", trace, StringComparison.Ordinal);
        Assert.Contains("This version was handed over to, and nobody has begun.", trace, StringComparison.Ordinal);
        Assert.Contains("The version that was handed over to has not begun.", trace, StringComparison.Ordinal);
        Assert.Contains("Told to take the group back.", trace, StringComparison.Ordinal);
    }

    /// <summary>What refuses a late copy would hold as well if none ever came.</summary>
    [Fact]
    public void Schedules_have_copies_of_an_end_arrive_during_later_transactions_and_steps_that_are_torn()
    {
        using var text = new StringWriter();
        for (var seed = 1; seed < SeedsWithCopies; seed++)
        {
            Assert.Null(SimulationRun.Of(seed, trace: new Trace(text)));
        }

        var trace = text.ToString();
        Assert.Contains("refused: a transaction is open by", trace, StringComparison.Ordinal);
        Assert.Contains("InitProducerId by its holder", trace, StringComparison.Ordinal);
        Assert.Contains("commits by hand", trace, StringComparison.Ordinal);
    }

    [Fact]
    public void A_seed_always_gives_the_same_schedule()
    {
        static string Replay()
        {
            using var text = new StringWriter();
            Assert.Null(SimulationRun.Of(4711, trace: new Trace(text)));
            return text.ToString();
        }

        Assert.Equal(Replay(), Replay());
    }
}
