namespace Lockstep.Engine.Tests.Windows;

/// <summary>The counter window by tables; columns are input, total count, seconds, rate, then the same of the interval.</summary>
public sealed class CounterWindowTests
{
    private static string Model(string attributes) => EngineRun.Query($"""
        <window-source name="s"><schema-string>id*:int64</schema-string></window-source>
        <window-source name="t"><schema-string>key*:string,x:double</schema-string></window-source>
        <window-counter name="c" {attributes}/>
        """, "s>c t>c");

    [Fact]
    public void Counts_leave_when_the_interval_is_over_and_not_without_events()
    {
        var run = new EngineRun(Model("count-interval='5 seconds'"));
        run.At(10).Publish("s", "i,n,1", "i,n,2").Tick();
        Assert.Equal(15_000_000, run.Engine.NextExpiry);
        run.At(12).Publish("s", "i,n,3").Tick().At(14.9).Tick();
        Assert.Empty(run.Take("c"));

        run.At(15).Tick();
        Assert.Equal(["I,N,s,3,5,0.6,3,5,0.6"], run.Take("c"));
        Assert.Null(run.Engine.NextExpiry);
        run.At(20).Tick().At(30).Publish("s", "i,n,4").Tick().At(35).Tick();
        Assert.Equal(["UB,N,s,4,25,0.16,1,5,0.2", "D,N,s,3,5,0.6,3,5,0.6"], run.Take("c"));
    }

    [Fact]
    public void Each_window_in_front_has_a_row_and_only_when_it_gave_events()
    {
        var run = new EngineRun(Model("count-interval='2 seconds'"));
        run.At(0).Publish("t", "i,n,a,1").Tick().At(1).Publish("s", "i,n,1").Tick().At(2).Tick();
        Assert.Equal(["I,N,s,1,1,1,1,2,0.5", "I,N,t,1,2,0.5,1,2,0.5"], run.Take("c"));

        run.At(3).Publish("t", "i,n,b,1").Tick().At(5).Tick();
        Assert.Equal(["UB,N,t,2,5,0.4,1,2,0.5", "D,N,t,1,2,0.5,1,2,0.5"], run.Take("c"));
    }

    [Fact]
    public void An_event_at_the_end_of_an_interval_belongs_to_the_next_one()
    {
        var run = new EngineRun(Model("count-interval='1 seconds'"));
        run.At(0).Publish("s", "i,n,1").Tick().At(4).Publish("s", "i,n,2", "i,n,3").Tick().At(5).Tick();

        Assert.Equal(["I,N,s,1,4,0.25,1,4,0.25", "UB,N,s,3,5,0.6,2,1,2", "D,N,s,1,4,0.25,1,4,0.25"], run.Take("c"));
    }

    [Fact]
    public void Totals_start_anew_after_the_clear_interval_without_events()
    {
        var run = new EngineRun(Model("count-interval='1 seconds' clear-interval='20 seconds'"));
        run.At(0).Publish("s", "i,n,1").Tick().At(1).Tick().At(19.9).Publish("s", "i,n,2").Tick().At(20.9).Tick();
        Assert.Equal(2, run.Take("c").Count(l => l.Contains(",s,2,20.9,", StringComparison.Ordinal) || l.StartsWith('I')));

        run.At(39.9).Publish("s", "i,n,3").Tick().At(40.9).Tick();
        Assert.StartsWith("UB,N,s,1,1,1,1,1,1", run.Take("c")[0], StringComparison.Ordinal);
    }

    [Fact]
    public void An_update_is_one_event_and_without_index_every_row_is_an_insert()
    {
        var run = new EngineRun(Model("index='pi_EMPTY'"));
        run.At(0).Publish("t", "i,n,a,1", "u,n,a,2", "d,n,a").Tick().At(1).Tick().At(2).Publish("t", "i,n,b").Tick().At(3).Tick();

        Assert.Equal(["I,N,t,3,1,3,3,1,3", "I,N,t,4,3,1.3333333333333333,1,1,1"], run.Take("c"));
    }

    [Fact]
    public void A_restored_window_counts_on()
    {
        var model = Model("count-interval='5 seconds' clear-interval='8 seconds'");
        var run = new EngineRun(model);
        run.At(1).Publish("s", "i,n,1").Tick().At(6).Tick().At(7).Publish("t", "i,n,a").Tick();
        run.Take("c");
        var restored = RestoredRun.Of(run, model);
        foreach (var engine in new[] { run, restored })
        {
            engine.At(8).Publish("s", "i,n,2").Tick().At(12).Tick();
        }

        var lines = run.Take("c");
        Assert.Equal(["UB,N,s,2,11,0.18181818181818182,1,5,0.2", "D,N,s,1,5,0.2,1,5,0.2", "I,N,t,1,5,0.2,1,5,0.2"], lines);
        Assert.Equal(lines, restored.Take("c"));
        Assert.Equal(run.Engine.Digest(), restored.Engine.Digest());
    }
}
