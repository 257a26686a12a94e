namespace Lockstep.Engine.Tests.Windows;

/// <summary>The compute window by tables.</summary>
public sealed class ComputeWindowTests
{
    private static EngineRun Compute(
        string initialize, string schema, string[] expressions, string source = "", string attributes = "") =>
        new(EngineRun.Query($"""
            <window-source name="s" {source}><schema-string>id*:int64,a:int32,b:double,t:string</schema-string></window-source>
            <window-compute name="c" {attributes}>
              <expr-initialize>{initialize}</expr-initialize>
              <schema-string>id*:int64,{schema}</schema-string>
              <output>{string.Concat(expressions.Select(e => $"<field-expr><![CDATA[{e}]]></field-expr>"))}</output>
            </window-compute>
            """, "s>c"));

    [Fact]
    public void Values_become_what_the_fields_are()
    {
        var run = Compute("", "x:int32,y:double,z:string,m:money,d:date,n:int32",
            ["b", "a / 2", "a + b", "b", "1.5", "a > 1"]).Publish("s", "i,n,1,3,2.9,q", "i,n,2,,,");

        Assert.Equal(["I,N,1,2,1.5,5.9,2.9,129600,1", "I,N,2,-,-,-,-,129600,-"], run.Take("c"));
    }

    [Fact]
    public void Variables_live_from_event_to_event_and_expressions_share_them()
    {
        var run = Compute(
            """
            <initializer type="int32">integer counter counter=0</initializer>
            <udfs><udf name="twice" type="int32">return parameter(1) * 2</udf></udfs>
            """, "x:int32,y:int32", ["counter=counter+1 return counter", "twice(counter)"])
            .Publish("s", "i,n,1,1,1,", "i,n,2,1,1,").Publish("s", "i,n,3,1,1,");

        Assert.Equal(["I,N,1,1,2", "I,N,2,2,4", "I,N,3,3,6"], run.Take("c"));
    }

    [Fact]
    public void Inputs_of_one_schema_go_through_one_compute_window()
    {
        var run = new EngineRun(EngineRun.Query("""
            <window-source name="s"><schema-string>id*:int64,a:int32</schema-string></window-source>
            <window-source name="t"><schema-string>id*:int64,a:int32</schema-string></window-source>
            <window-compute name="c"><schema-string>id*:int64,b:int32</schema-string><output><field-expr>a * 2</field-expr></output></window-compute>
            """, "s>c t>c"));
        Assert.Equal(["I,N,1,4"], run.Publish("s", "i,n,1,2").Take("c"));
        Assert.Equal(["I,N,2,6"], run.Publish("t", "i,n,2,3").Take("c"));
        Assert.Equal(["UB,N,1,10", "D,N,1,4"], run.Publish("s", "u,n,1,5").Take("c"));
        Assert.Equal(["D,N,2,6"], run.Publish("t", "d,n,2").Take("c"));
    }

    [Fact]
    public void A_delete_carries_what_was_computed_then()
    {
        var run = Compute("""<initializer type="int32">integer k k=0</initializer>""", "x:int32", ["k=k+1 return k"])
            .Publish("s", "i,n,1,1,1,", "i,n,2,1,1,", "u,n,1,2,1,", "d,n,1,,,");

        Assert.Equal(["I,N,1,1", "I,N,2,2", "UB,N,1,3", "D,N,1,1", "D,N,1,3"], run.Take("c"));
    }

    [Fact]
    public void Keys_may_be_other_fields_of_the_input_and_collide()
    {
        var run = new EngineRun(EngineRun.Query("""
            <window-source name="s"><schema-string>id*:int64,k:string</schema-string></window-source>
            <window-compute name="c"><schema-string>k*:string,n:int64</schema-string>
              <output><field-expr>id</field-expr></output></window-compute>
            """, "s>c")).Publish("s", "i,n,1,x", "i,n,2,y", "i,n,3,x");

        Assert.Equal(["I,N,x,1", "I,N,y,2"], run.Take("c"));
        Assert.Single(run.BadEvents);
    }
}
