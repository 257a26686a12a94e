using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Output;

namespace Lockstep.Manager.Web.Tests;

/// <summary>The ring behind all tails: numbers, limits, and what is counted as missed.</summary>
public sealed class OutputRingTests
{
    [Fact]
    public void A_slow_viewer_gets_the_oldest_rows_there_are_and_learns_how_many_it_missed()
    {
        var ring = new OutputRing();
        ring.Add(Rows(0, OutputRing.Capacity + 250));
        var (rows, next, missed) = ring.Read(100, 200);
        Assert.Equal(150, missed);
        Assert.Equal(200, rows.Count);
        Assert.Equal(250, rows[0].Offset);
        Assert.Equal(450, next);
        Assert.Equal(OutputRing.Capacity + 249, ring.NewestOffset);
    }

    [Fact]
    public void An_offset_is_found_by_its_first_row_and_an_older_one_is_not()
    {
        var ring = new OutputRing();
        Assert.Null(ring.Find(0));
        ring.Add([Row(10, 0), Row(10, 1), Row(12, 0), Row(15, 0)]);
        Assert.Null(ring.Find(9));
        Assert.Equal(0, ring.Find(10));
        Assert.Equal(2, ring.Find(11));
        Assert.Equal(3, ring.Find(13));
        Assert.Equal(4, ring.Find(16));
    }

    [Fact]
    public async Task Waiting_ends_with_the_row_that_is_waited_for()
    {
        var ring = new OutputRing();
        ring.Add(Rows(0, 2));
        await ring.WaitAsync(1, TestContext.Current.CancellationToken);
        var waiting = ring.WaitAsync(2, TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        ring.Add(Rows(2, 1));
        await waiting.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("1234", 1234L, null)]
    [InlineData("newest-50", null, 50)]
    [InlineData("newest", null, 0)]
    [InlineData(null, null, 200)]
    public void Where_a_tail_begins_is_read_from_text(string? text, long? offset, int? newest) =>
        Assert.Equal(new OutputFrom(offset, newest), OutputFrom.Parse(text));

    [Theory]
    [InlineData("-1")]
    [InlineData("oldest")]
    [InlineData("newest-")]
    public void Other_text_is_refused(string text) => Assert.Null(OutputFrom.Parse(text));

    private static List<OutputRow> Rows(long first, int count) =>
        [.. Enumerable.Range(0, count).Select(i => Row(first + i, 0))];

    private static OutputRow Row(long offset, int index) =>
        new(offset, index, DateTimeOffset.UnixEpoch, "engine-a", 1, offset, "0:0", "I,N, 1");
}
