using Lockstep.Manager.Web.Ui.Tail;

namespace Lockstep.Manager.Web.Components.Tests.Ui;

/// <summary>What a viewer gets: each row once, in order, within a budget, and every row left out is counted.</summary>
public sealed class TailFeedTests
{
    private readonly TailFeed _feed = new();

    [Fact]
    public void Rows_come_in_order_and_a_repeated_row_comes_once()
    {
        Add(1, 3);
        Add(2, 4);

        Assert.Equal([1, 2, 3, 4], Offsets(Drain()));
    }

    [Fact]
    public void Two_events_of_one_record_are_two_rows()
    {
        _feed.Add(new TailBatch([Samples.Row(5), Samples.Row(5, index: 1), Samples.Row(5, index: 1)], 0, 5));

        Assert.Equal([5, 5], Offsets(Drain()));
        Assert.Equal(5, _feed.ResumeOffset);
    }

    [Fact]
    public void More_than_the_budget_gives_the_newest_and_counts_the_rest()
    {
        Add(1, 1_000);

        var entries = Drain();

        Assert.Equal("g", entries[0].Kind);
        Assert.Equal(1_000 - TailFeed.MaxRowsPerTick, entries[0].Number);
        Assert.Equal(TailFeed.MaxRowsPerTick, Offsets(entries).Count);
        Assert.Equal(1_000, Offsets(entries)[^1]);
        Assert.Equal(1_000 - TailFeed.MaxRowsPerTick, _feed.Dropped);
    }

    [Fact]
    public void What_was_asked_for_at_the_start_is_shown_beyond_the_budget()
    {
        _feed.Reset(1_000);
        Add(1, 1_000);

        Assert.Equal(1_000, Offsets(Drain()).Count);
        Assert.Equal(0, _feed.Dropped);
    }

    [Fact]
    public void A_seam_stands_where_another_member_goes_on()
    {
        Add(1, 2);
        _feed.Add(new TailBatch([Samples.Row(3, "engine-b", epoch: 8)], 0, 3));

        var entries = Drain();

        Assert.Equal(["r", "r", "s", "r"], entries.Select(e => e.Kind));
        Assert.Equal("engine-a to engine-b", entries[2].Text);
    }

    [Fact]
    public void Paused_rows_are_held_back_and_shown_on_demand()
    {
        Add(1, 2);
        Drain();
        _feed.Pause();
        Add(3, 900);
        Assert.Empty(Drain());
        Assert.Equal(898, _feed.Held);

        _feed.Continue(isShowingHeld: true);

        Assert.Equal(898, Offsets(Drain()).Count);
        Assert.Equal(0, _feed.Dropped);
    }

    [Fact]
    public void Skipping_to_live_counts_what_was_held()
    {
        _feed.Pause();
        Add(1, 50);
        _feed.Continue(isShowingHeld: false);
        Add(51, 52);

        var entries = Drain();

        Assert.Equal(("g", 50L), (entries[0].Kind, entries[0].Number));
        Assert.Equal([51, 52], Offsets(entries));
    }

    [Fact]
    public void A_full_hold_drops_the_oldest_and_counts_them()
    {
        _feed.Pause();
        Add(1, TailFeed.MaxHeld + 25);

        Assert.Equal(TailFeed.MaxHeld, _feed.Held);
        Assert.Equal(25, _feed.Dropped);
    }

    [Fact]
    public void The_filter_sees_every_row_and_also_those_held_back()
    {
        _feed.Pause();
        _feed.Add(new TailBatch([Samples.Row(1, text: "I,N,IBM"), Samples.Row(2, text: "I,N,SAP")], 0, 2));
        _feed.SetFilter("ibm");
        _feed.Add(new TailBatch([Samples.Row(3, text: "I,N,sap"), Samples.Row(4, text: "I,N,ibm")], 0, 4));
        _feed.Continue(isShowingHeld: true);

        Assert.Equal([1, 4], Offsets(Drain()));
    }

    [Fact]
    public void Rows_that_the_reader_left_out_are_counted_where_they_are_missing()
    {
        _feed.Add(new TailBatch([Samples.Row(9)], 7, 12));

        var entries = Drain();

        Assert.Equal(("g", 7L), (entries[0].Kind, entries[0].Number));
        Assert.Equal(3, _feed.Behind);
    }

    private void Add(long first, long last) => _feed.Add(new TailBatch(
        [.. Enumerable.Range((int)first, (int)(last - first + 1)).Select(o => Samples.Row(o))], 0, last));

    private IReadOnlyList<TailEntry> Drain() => _feed.Drain((row, before) => $"{before} to {row.Member}", n => $"{n} left out");

    private static List<long> Offsets(IReadOnlyList<TailEntry> entries) =>
        [.. entries.Where(e => e.Kind == "r").Select(e => e.Number)];
}
