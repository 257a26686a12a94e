namespace Lockstep.Engine.Tests.Windows;

/// <summary>The union window by tables.</summary>
public sealed class UnionWindowTests
{
    private static string Model(string attributes, string sources = "") => EngineRun.Query($"""
        <window-source name="s" {sources}><schema-string>id*:int64,v:string</schema-string></window-source>
        <window-source name="t" {sources}><schema-string>id*:int64,v:string</schema-string></window-source>
        <window-union name="u" {attributes}/>
        """, "s>u t>u");

    [Fact]
    public void Strict_refuses_what_does_not_fit_the_rows()
    {
        var run = new EngineRun(Model("")).Publish("s", "i,n,1,a").Publish("t", "i,n,1,b").Publish("t", "u,n,1,c")
            .Publish("s", "d,n,1").Publish("t", "u,n,1,d").Publish("t", "d,n,1");

        Assert.Equal(["I,N,1,a", "UB,N,1,c", "D,N,1,a", "D,N,1,c"], run.Take("u"));
        Assert.Equal(3, run.BadEvents.Count);
        Assert.Contains("Insert of a key that exists: id=1", run.BadEvents[0], StringComparison.Ordinal);
        Assert.Contains("Update of a key that does not exist: id=1", run.BadEvents[1], StringComparison.Ordinal);
        Assert.Contains("Delete of a key that does not exist: id=1", run.BadEvents[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Not_strict_takes_inserts_as_upserts_and_deletes_as_safe_deletes()
    {
        var run = new EngineRun(Model("strict='false'")).Publish("s", "i,n,1,a").Publish("t", "i,n,1,b").Publish("t", "u,n,1,c")
            .Publish("s", "d,n,1").Publish("t", "u,n,1,d").Publish("t", "d,n,1").Publish("t", "i,n,2,x", "d,n,2", "i,n,2,y");

        Assert.Equal(
            [
                "I,N,1,a", "UB,N,1,b", "D,N,1,a", "UB,N,1,c", "D,N,1,b", "D,N,1,c", "I,N,1,d", "D,N,1,d",
                "I,N,2,x", "D,N,2,x", "I,N,2,y",
            ],
            run.Take("u"));
        Assert.Empty(run.BadEvents);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public void Without_index_all_events_pass(string strict)
    {
        var run = new EngineRun(Model($"index='pi_EMPTY' strict='{strict}'", "index='pi_EMPTY'"))
            .Publish("s", "i,n,1,a", "p,n,1,b").Publish("t", "d,n,1,");

        Assert.Equal(["I,N,1,a", "P,N,1,b", "D,N,1,-"], run.Take("u"));
    }

    [Fact]
    public void Deletes_by_retention_take_the_rows_out_with_their_flag()
    {
        var run = new EngineRun(EngineRun.Query("""
            <window-source name="s"><schema-string>id*:int64,v:string</schema-string></window-source>
            <window-source name="t"><schema-string>id*:int64,v:string</schema-string></window-source>
            <window-copy name="c"><retention type="bycount_sliding">1</retention></window-copy>
            <window-union name="u"/>
            """, "s>c c>u t>u")).Publish("s", "i,n,1,a").Publish("t", "i,n,5,e").Publish("s", "i,n,2,b");

        Assert.Equal(["I,N,1,a", "I,N,5,e", "I,N,2,b", "D,R,1,a"], run.Take("u"));
    }

    [Fact]
    public void A_restored_window_goes_on_as_the_original()
    {
        var run = new EngineRun(Model("")).Publish("s", "i,n,1,a", "i,n,2,b").Publish("t", "u,n,3,c", "i,n,4,d");
        var restored = RestoredRun.Of(run, Model(""));
        run.Take("u");

        string[] more = ["i,n,2,x", "i,n,1,x", "i,n,5,y"];
        Assert.Equal(run.Publish("t", more).Take("u"), restored.Publish("t", more).Take("u"));
        Assert.Equal(run.Engine.Digest(), restored.Engine.Digest());
        Assert.NotEqual(run.Engine.Digest(), new EngineRun(Model("")).Engine.Digest());
    }
}
