namespace Lockstep.Engine.Tests.Retention;

/// <summary>
/// The four kinds of retention by tables: by count, by stream time and by a field; sliding and jumping.
/// </summary>
public sealed class RetentionTests
{
    private static EngineRun Copy(string type, string value) => new(EngineRun.Query($"""
        <window-source name="s"><schema-string>id*:int64,t:stamp</schema-string></window-source>
        <window-copy name="c"><retention {type}>{value}</retention></window-copy>
        """, "s>c"));

    [Fact]
    public void By_count_sliding_deletes_the_oldest_after_the_insert_that_is_too_many()
    {
        var run = Copy("type='bycount_sliding'", "2").Publish("s", "i,n,1,1", "i,n,2,2", "i,n,3,3", "d,n,1,", "i,n,4,4");

        Assert.Equal(["I,N,1,1", "I,N,2,2", "I,N,3,3", "D,R,1,1", "I,N,4,4", "D,R,2,2"], run.Take("c"));
        Assert.Empty(run.BadEvents);
    }

    [Fact]
    public void Age_counts_from_the_last_change()
    {
        var run = Copy("type='bycount_sliding'", "2").Publish("s", "i,n,1,1", "i,n,2,2", "u,n,1,5", "i,n,3,3");

        Assert.Equal(["I,N,1,1", "I,N,2,2", "UB,N,1,5", "D,N,1,1", "I,N,3,3", "D,R,2,2"], run.Take("c"));
    }

    [Fact]
    public void By_count_jumping_deletes_all_older_ones()
    {
        var run = Copy("type='bycount_jumping'", "2").Publish("s", "i,n,1,1", "i,n,2,2", "i,n,3,3", "i,n,4,4");

        Assert.Equal(["I,N,1,1", "I,N,2,2", "I,N,3,3", "D,R,1,1", "D,R,2,2", "I,N,4,4"], run.Take("c"));
    }

    [Fact]
    public void By_time_sliding_deletes_at_the_tick_that_reaches_the_limit()
    {
        var run = Copy("type='bytime_sliding'", "5 seconds");
        Assert.Null(run.Engine.NextExpiry);
        run.At(1).Publish("s", "i,n,1,1").At(2).Publish("s", "i,n,2,2").At(3).Publish("s", "u,n,1,3");
        Assert.Equal(7_000_000, run.Engine.NextExpiry);
        run.Take("c");

        Assert.Empty(run.At(6.999).Tick().Take("c"));
        Assert.Equal(["D,R,2,2"], run.At(7).Tick().Take("c"));
        Assert.Equal(["D,R,1,3"], run.At(60).Tick().Take("c"));
        Assert.Null(run.Engine.NextExpiry);
    }

    [Fact]
    public void By_time_jumping_deletes_everything_at_multiples_of_the_limit_from_the_first_step()
    {
        var run = Copy("type='bytime_jumping'", "5");
        run.At(1).Publish("s", "i,n,1,1").At(4).Publish("s", "i,n,2,2");
        Assert.Equal(5_000_000, run.Engine.NextExpiry);
        run.At(5.5).Publish("s", "i,n,3,3").Take("c");

        Assert.Equal(["D,R,1,1", "D,R,2,2"], run.Tick().Take("c"));
        Assert.Equal(10_000_000, run.Engine.NextExpiry);
        Assert.Equal(["D,R,3,3"], run.At(10).Tick().Take("c"));
    }

    [Fact]
    public void By_time_with_lookback_deletes_what_is_too_old_at_multiples_of_the_unit()
    {
        var run = Copy("type='bytime_jumping_lookback' unit='5 seconds'", "7 seconds");
        run.At(1).Publish("s", "i,n,1,1").At(4).Publish("s", "i,n,2,2");
        Assert.Equal(10_000_000, run.Engine.NextExpiry);
        run.Take("c");

        Assert.Empty(run.At(9.9).Tick().Take("c"));
        Assert.Equal(["D,R,1,1"], run.At(10).Tick().Take("c"));
        Assert.Equal(["D,R,2,2"], run.At(15).Tick().Take("c"));
    }

    [Fact]
    public void By_field_with_lookback_the_clock_moves_by_the_unit()
    {
        var run = Copy("type='bytime_jumping_lookback' unit='second' field='t'", "2 seconds");
        run.Publish("s", "i,n,1,10000000", "i,n,2,12900000", "i,n,3,13000000", "i,n,4,14999999", "i,n,5,15000000");

        Assert.Equal(
            ["I,N,1,10000000", "I,N,2,12900000", "D,R,1,10000000", "I,N,3,13000000", "I,N,4,14999999", "I,N,5,15000000", "D,R,2,12900000",
             "D,R,3,13000000"], run.Take("c"));
    }

    [Fact]
    public void By_field_the_newest_value_is_the_clock_also_for_events_out_of_order()
    {
        var run = Copy("type='bytime_sliding' field='t'", "5 seconds");
        run.Publish("s", "i,n,1,10000000", "i,n,2,12000000", "i,n,3,9000000", "i,n,4,", "i,n,5,15000000", "i,n,6,1000000");

        Assert.Equal(
            ["I,N,1,10000000", "I,N,2,12000000", "I,N,3,9000000", "I,N,4,-", "I,N,5,15000000", "D,R,3,9000000",
             "D,R,1,10000000", "I,N,6,1000000", "D,R,6,1000000"], run.Take("c"));
    }

    [Fact]
    public void By_field_jumping_clears_at_multiples_of_the_limit_from_the_first_value()
    {
        var run = Copy("type='bytime_jumping' field='t'", "5 seconds");
        run.Publish("s", "i,n,1,10000000", "i,n,2,14000000", "i,n,3,15000000", "i,n,4,19999999", "i,n,5,20000000");

        Assert.Equal(
            ["I,N,1,10000000", "I,N,2,14000000", "I,N,3,15000000", "D,R,1,10000000", "D,R,2,14000000",
             "I,N,4,19999999", "I,N,5,20000000", "D,R,3,15000000", "D,R,4,19999999"], run.Take("c"));
    }
}
