using Lockstep.Connectors.Timers;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;

namespace Lockstep.Connectors.Tests.Timers;

/// <summary>When a timer is due, and what its events hold.</summary>
public sealed class TimerPublisherTests
{
    [Fact]
    public async Task A_timer_fires_at_whole_intervals_from_its_base_time()
    {
        using var feed = new BlockFeed();
        var schema = new Schema([new Field("k", FieldType.Int64, IsKey: true), new Field("t", FieldType.Stamp), new Field("l", FieldType.String)]);
        await using var timer = Rig.Create(feed, "timer", schema, ConnectorDirection.Publish, isShared: false,
            ("basetime", "2020-01-01 00:00:00"), ("interval", "1"), ("unit", "second"), ("label", "tick"), ("maxevents", "2"));
        Assert.False(timer.IsEndless);
        var before = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        await timer.RunAsync(CancellationToken.None);
        Assert.Equal((ConnectorState.Finished, 2L), (timer.Status.State, timer.Status.EventsIn));
        for (var n = 0L; n < 2; n++)
        {
            Assert.True(feed.TryTake(out var item));
            Assert.Equal((1, Opcode.Insert), (item.Block.Count, item.Block.Opcodes[0]));
            Assert.Equal((n, "tick"), (item.Block.Columns[0].GetObject(0), item.Block.Columns[2].GetObject(0)));
            var due = (long)item.Block.Columns[1].GetObject(0)!;
            Assert.Equal(0, due % 1_000_000);
            Assert.InRange(due / 1_000_000, before, before + 30);
            feed.Return(item);
        }
    }

    [Theory]
    [InlineData("second", 90, "2024-01-31T00:01:30Z", 1)]
    [InlineData("weeks", 1, "2024-02-14T00:00:00Z", 2)]
    [InlineData("month", 1, "2024-02-29T00:00:00Z", 1)]
    [InlineData("month", 1, "2024-03-31T00:00:00Z", 2)]
    [InlineData("years", 2, "2026-01-31T00:00:00Z", 1)]
    public void Months_and_years_go_by_the_calendar(string unit, int interval, string expected, long number)
    {
        var options = new TimerPublisherOptions
        {
            BaseTime = new DateTimeOffset(2024, 1, 31, 0, 0, 0, TimeSpan.Zero),
            Interval = interval,
            Unit = unit.TrimEnd('s'),
        };
        var due = DateTimeOffset.Parse(expected, null);
        Assert.Equal(due, options.DueAt(number));
        Assert.Equal(number, options.FirstFrom(due));
        Assert.Equal(number + 1, options.FirstFrom(due.AddTicks(1)));
        Assert.Equal(0, options.FirstFrom(DateTimeOffset.UnixEpoch));
    }

    [Fact]
    public void A_base_time_of_another_form_is_said()
    {
        List<Problem> problems = [];
        var properties = new Dictionary<string, string> { ["basetime"] = "today", ["interval"] = "0", ["unit"] = "era" };
        TimerPublisherOptions.Parse(new PropertyReader(properties, "p/q/w/c", default, problems), "c");
        Assert.Equal(3, problems.Count);
        Assert.Contains(problems, p => p.Message.Contains("'basetime' is 'today', which does not fit '%Y-%m-%d %H:%M:%S'", StringComparison.Ordinal));
    }
}
