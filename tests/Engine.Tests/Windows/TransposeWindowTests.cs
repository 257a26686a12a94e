namespace Lockstep.Engine.Tests.Windows;

/// <summary>The transpose window by tables.</summary>
public sealed class TransposeWindowTests
{
    private static string Wide(string attributes = "", string type = "string") => EngineRun.Query($"""
        <window-source name="s" index="pi_EMPTY"><schema-string>id*:int64,plane:string,tag:{type},v:double,t:int32,lat:double</schema-string>
        </window-source>
        <window-transpose name="w" mode="wide" tag-name="tag" tags-included="1, pitch, roll" tag-values="v,t" {attributes}/>
        """, "s>w");

    private static string Long { get; } = EngineRun.Query("""
        <window-source name="s" index="pi_EMPTY">
          <schema-string>id*:int64,p_v:double,p_t:int32,r_v:double,r_t:int32,lat:double</schema-string></window-source>
        <window-transpose name="w" mode="long" tag-name="tag" tags-included="p,r" tag-values="v,t"/>
        """, "s>w");

    [Fact]
    public void Wide_has_keys_then_groups_then_cells_then_the_rest()
    {
        var run = new EngineRun(Wide("group-by='plane'"));
        Assert.Equal(
            "id*:int64,plane:string,1_v:double,1_t:int32,pitch_v:double,pitch_t:int32,roll_v:double,roll_t:int32,lat:double",
            run.Engine.SchemaOf(run.Engine.Find("cq", "w")).ToString());
    }

    [Fact]
    public void Wide_carries_the_cells_of_a_group_over_and_leaves_out_other_tags_and_deletes()
    {
        var run = new EngineRun(Wide("group-by='plane'"));
        run.Publish("s", "i,n,1,a,pitch,1.5,10,7", "i,n,2,b,roll,2.5,20,8", "i,n,3,a,roll,3.5,30,9", "i,n,4,a,yaw,1,1,1");
        run.Publish("s", "d,n,1,a,pitch,1.5,10,7", "p,n,3,a,pitch,,11,9");

        Assert.Equal(
            [
                "I,N,1,a,-,-,1.5,10,-,-,7", "I,N,2,b,-,-,-,-,2.5,20,8", "I,N,3,a,-,-,1.5,10,3.5,30,9",
                "I,N,3,a,-,-,-,11,3.5,30,9",
            ],
            run.Take("w"));
    }

    [Fact]
    public void Wide_without_groups_is_one_row_and_takes_tags_that_are_numbers()
    {
        var run = new EngineRun(Wide(type: "int64")).Publish("s", "i,n,1,a,1,1.5,10,7", "i,n,2,b,2,9,9,9", "i,n,3,b,,9,9,9");
        Assert.Equal(["I,N,1,1.5,10,-,-,-,-,a,7"], run.Take("w"));
    }

    [Fact]
    public void Wide_clears_a_group_that_had_no_event_for_so_long()
    {
        var run = new EngineRun(Wide("group-by='plane' clear-timeout='10 seconds'"));
        run.At(0).Publish("s", "i,n,1,a,pitch,1,10,7", "i,n,2,b,pitch,2,10,7").Tick();
        run.At(6).Publish("s", "i,n,3,a,roll,3,30,7").Tick();
        Assert.Equal(10_000_000, run.Engine.NextExpiry);
        run.At(10).Tick().Publish("s", "i,n,4,a,roll,4,40,7", "i,n,5,b,roll,5,50,7");

        Assert.Equal(["I,N,4,a,-,-,1,10,4,40,7", "I,N,5,b,-,-,-,-,5,50,7"], run.Take("w")[3..]);
    }

    [Fact]
    public void Wide_goes_on_after_a_restore()
    {
        var run = new EngineRun(Wide("group-by='plane'")).Publish("s", "i,n,1,a,pitch,1.5,10,7", "i,n,2,b,roll,2,20,7");
        var restored = RestoredRun.Of(run, Wide("group-by='plane'"));

        Assert.Equal(run.Engine.Digest(), restored.Engine.Digest());
        Assert.Equal(["I,N,3,a,-,-,1.5,10,3,30,7"], restored.Publish("s", "i,n,3,a,roll,3,30,7").Take("w"));
    }

    [Fact]
    public void Long_makes_one_numbered_insert_a_tag()
    {
        var run = new EngineRun(Long).Publish("s", "i,n,1,1.5,10,2.5,20,7", "u,n,1,,,9,9,8", "d,n,1");

        Assert.Equal(
            "id*:int64,tagNum*:int32,tag:string,v:double,t:int32,lat:double",
            run.Engine.SchemaOf(run.Engine.Find("cq", "w")).ToString());
        Assert.Equal(
            ["I,N,1,0,p,1.5,10,7", "I,N,1,1,r,2.5,20,7", "I,N,1,0,p,-,-,8", "I,N,1,1,r,9,9,8"], run.Take("w"));
    }
}
