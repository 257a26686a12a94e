namespace Lockstep.Engine.Tests.Windows;

/// <summary>The filter window by tables.</summary>
public sealed class FilterWindowTests
{
    private static EngineRun Filter(string expression, string sourceAttributes = "", string filterAttributes = "") =>
        new(EngineRun.Query($"""
            <window-source name="s" {sourceAttributes}><schema-string>id*:string,n:int32</schema-string></window-source>
            <window-filter name="f" {filterAttributes}><expression><![CDATA[{expression}]]></expression></window-filter>
            """, "s>f"));

    [Fact]
    public void Each_half_of_an_update_is_tested_by_its_own_values()
    {
        var run = Filter("n > 10").Publish("s", "i,n,a,5", "i,n,b,20", "i,n,c,30", "i,n,d,1")
            .Publish("s", "u,n,a,15", "u,n,b,7", "u,n,c,31", "u,n,d,2");

        Assert.Equal(
            ["I,N,b,20", "I,N,c,30", "I,N,a,15", "D,N,b,20", "UB,N,c,31", "D,N,c,30"], run.Take("f"));
    }

    [Fact]
    public void Null_is_false_and_text_compares_as_number_when_it_looks_like_one()
    {
        var run = Filter("n < 10 or id == 2").Publish("s", "i,n,x,", "i,n,2,99", "i,n,2.0,99", "i,n,y,9");

        Assert.Equal(["I,N,2,99", "I,N,2.0,99", "I,N,y,9"], run.Take("f"));
    }

    [Fact]
    public void Opcode_and_flags_can_be_asked_for()
    {
        var run = Filter("""ESP_OPCODE == "I" and ESP_FLAGS == 'N' """).Publish("s", "i,n,a,5", "u,n,a,6", "d,n,a,");

        Assert.Equal(["I,N,a,5"], run.Take("f"));
    }

    [Fact]
    public void Behind_a_window_without_index_updates_are_resolved_by_the_filters_own_rows()
    {
        var run = Filter("n > 10", """index="pi_EMPTY" """)
            .Publish("s", "i,n,a,20", "i,n,b,1", "p,n,a,30", "p,n,a,5", "p,n,b,40", "p,n,c,50", "d,n,c,50");

        Assert.Equal(
            ["I,N,a,20", "UB,N,a,30", "D,N,a,20", "D,N,a,30", "I,N,b,40", "I,N,c,50", "D,N,c,50"], run.Take("f"));
    }

    [Fact]
    public void An_endless_loop_makes_a_bad_event_and_the_project_goes_on()
    {
        var run = Filter("private integer i i=0 while n == 1 begin i = i + 1 end return 1").Publish("s", "i,n,a,1", "i,n,b,2");

        Assert.Equal(["I,N,b,2"], run.Take("f"));
        Assert.Contains("1000000 rounds", Assert.Single(run.BadEvents), StringComparison.Ordinal);
    }
}
