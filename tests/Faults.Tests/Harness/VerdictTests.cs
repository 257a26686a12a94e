using Lockstep.Contracts.Failover;

namespace Lockstep.Faults.Tests.Harness;

/// <summary>The verdict of the fault rows can fail: each violation that is planted in topics without a fault is found.</summary>
public sealed class VerdictTests
{
    private const int Middle = 17;
    private readonly MadeHistory _history = new();

    [Fact]
    public void Topics_without_a_fault_are_clean()
    {
        var verdict = _history.Judge();
        Assert.True(verdict.IsClean, verdict.ToString());
        Assert.Equal((40, 2), (verdict.Events, verdict.Epochs.Count));
    }

    [Fact]
    public void A_result_that_is_not_there_is_lost_though_q_is_dense()
    {
        _history.Outbound.RemoveAt(Middle);
        _history.CountAnew();
        AssertCounts(lost: 1);
    }

    [Fact]
    public void A_hole_in_q_is_found()
    {
        _history.Outbound.RemoveAt(Middle);
        Assert.Contains(AssertCounts(lost: 1).Violations, v => v.StartsWith("F2: q 19 after 17", StringComparison.Ordinal));
    }

    [Fact]
    public void Results_that_the_journal_promises_and_the_topic_lacks_are_lost()
    {
        _history.Outbound.RemoveRange(_history.Outbound.Count - 2, 2);
        Assert.Contains(AssertCounts(lost: 2).Violations, v => v.Contains("the journal promises 40 records, the topic has 38", StringComparison.Ordinal));
    }

    [Fact]
    public void A_result_that_is_there_twice_is_duplicated_though_q_is_dense()
    {
        _history.Outbound.Insert(Middle, _history.Outbound[Middle]);
        _history.CountAnew();
        AssertCounts(duplicated: 1);
    }

    [Fact]
    public void A_q_that_is_there_twice_is_found()
    {
        _history.Outbound.Insert(Middle, _history.Outbound[Middle]);
        Assert.Contains(AssertCounts(duplicated: 1).Violations, v => v.StartsWith("F2: q 18 after 18", StringComparison.Ordinal));
    }

    [Fact]
    public void Results_whose_places_are_changed_are_reordered_though_q_is_dense()
    {
        (_history.Outbound[Middle], _history.Outbound[Middle + 1]) = (_history.Outbound[Middle + 1], _history.Outbound[Middle]);
        _history.CountAnew();
        AssertCounts(reordered: 1);
    }

    [Fact]
    public void A_wrong_value_is_found_and_the_right_one_is_lost()
    {
        _history.ChangeSum(Middle);
        Assert.Contains(AssertCounts(lost: 1).Violations, v => v.StartsWith("The offline run has no ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_digest_that_differs_is_a_mismatch()
    {
        _history.Rewrite(Middle, r => r with { StateDigest = r.StateDigest + 1 });
        AssertCounts(digests: 1);
    }

    [Fact]
    public void An_inbound_record_that_no_step_names_is_lost()
    {
        // Sequence 14 leaves its second record out: all state after it differs too.
        _history.Rewrite(13, r => r with { Runs = [r.Runs[0] with { LastOffset = r.Runs[0].LastOffset - 1 }] });
        var verdict = _history.Judge();
        Assert.False(verdict.IsClean);
        Assert.True(verdict is { Lost: > 0, DigestMismatches: > 0 }, verdict.ToString());
    }

    [Fact]
    public void An_inbound_record_that_two_steps_name_is_duplicated()
    {
        _history.Rewrite(14, r => r with { Runs = [r.Runs[0] with { FirstOffset = r.Runs[0].FirstOffset - 1 }] });
        var verdict = _history.Judge();
        Assert.False(verdict.IsClean);
        Assert.Equal(1, verdict.Duplicated);
    }

    [Fact]
    public void Inbound_records_behind_the_journals_end_are_lost()
    {
        _history.Inbound.Add(_history.Inbound[^1] with { Offset = _history.Inbound[^1].Offset + 1 });
        AssertCounts(lost: 1);
    }

    [Fact]
    public void A_record_of_an_epoch_that_is_over_breaks_F1()
    {
        _history.Rewrite(Middle, r => r with { Epoch = new Epoch(1) });
        Assert.Contains(_history.Judge().Violations, v => v.StartsWith("F1: epoch 1 follows 2", StringComparison.Ordinal));
    }

    [Fact]
    public void A_result_stamped_with_another_step_is_found()
    {
        _history.Restamp(Middle, stamp => stamp with { Sequence = stamp.Sequence - 1 });
        Assert.Contains(_history.Judge().Violations, v => v.StartsWith("q 18 is stamped", StringComparison.Ordinal));
    }

    [Fact]
    public void Stream_time_that_goes_back_is_found()
    {
        _history.Rewrite(Middle, r => r with { StreamTime = 1 });
        Assert.Contains(_history.Judge().Violations, v => v.StartsWith("stream time goes back", StringComparison.Ordinal));
    }

    private Verdict AssertCounts(long lost = 0, long duplicated = 0, long reordered = 0, long digests = 0)
    {
        var verdict = _history.Judge();
        Assert.False(verdict.IsClean);
        Assert.Equal(
            (lost, duplicated, reordered, digests),
            (verdict.Lost, verdict.Duplicated, verdict.Reordered, verdict.DigestMismatches));
        return verdict;
    }
}
