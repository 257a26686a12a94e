namespace Lockstep.Engine.Tests.Windows;

/// <summary>The source window by tables: what goes in, what comes out, opcodes and flags included.</summary>
public sealed class SourceWindowTests
{
    private static EngineRun Source(string attributes, string schema = "id*:int64,a:string,b:double") =>
        new(EngineRun.Query($"""<window-source name="s" {attributes}><schema-string>{schema}</schema-string></window-source>""", ""));

    [Fact]
    public void An_update_leaves_as_update_block_and_delete_with_the_stored_values()
    {
        var run = Source("").Publish("s", "i,n,1,x,1.5", "u,n,1,y,2.5", "d,n,1,,");

        Assert.Equal(["I,N,1,x,1.5", "UB,N,1,y,2.5", "D,N,1,x,1.5", "D,N,1,y,2.5"], run.Take("s"));
        Assert.Empty(run.BadEvents);
    }

    [Fact]
    public void An_upsert_inserts_or_updates_by_key()
    {
        var run = Source("").Publish("s", "p,n,1,x,1", "p,n,1,y,2", "sd,n,1,,", "sd,n,1,,");

        Assert.Equal(["I,N,1,x,1", "UB,N,1,y,2", "D,N,1,x,1", "D,N,1,y,2"], run.Take("s"));
    }

    [Fact]
    public void A_partial_update_keeps_what_it_leaves_out()
    {
        var run = Source("").Publish("s", "i,n,1,x,1", "u,p,1,,2", "u,n,1,,3");

        Assert.Equal(["I,N,1,x,1", "UB,N,1,x,2", "D,N,1,x,1", "UB,N,1,-,3", "D,N,1,x,2"], run.Take("s"));
    }

    [Fact]
    public void Events_that_do_not_fit_their_key_are_bad_and_the_rest_of_the_block_goes_on()
    {
        var run = Source("").Publish("s", "i,n,1,x,1", "i,n,1,y,1", "u,n,2,x,1", "d,n,2,,", "i,n,,z,1", "i,n,3,z,1");

        Assert.Equal(["I,N,1,x,1", "I,N,3,z,1"], run.Take("s"));
        Assert.Equal(4, run.Engine.BadEvents);
        Assert.Contains("cq/s: Insert of a key that exists: id=1.", run.BadEvents);
        Assert.Contains("cq/s: Key field 'id' is null.", run.BadEvents);
    }

    [Fact]
    public void One_bad_event_drops_a_transactional_block()
    {
        var run = Source("").Publish("s", "i,n,1,x,1").Publish("s", true, "i,n,2,x,1", "d,n,1,,", "u,n,1,y,1");
        Assert.Equal(["I,N,1,x,1"], run.Take("s"));
        Assert.Single(run.BadEvents);

        run.Publish("s", true, "d,n,1,,", "i,n,1,z,1", "u,n,1,y,1");
        Assert.Equal(["D,N,1,x,1", "I,N,1,z,1", "UB,N,1,y,1", "D,N,1,z,1"], run.Take("s"));
    }

    [Fact]
    public void Made_keys_count_from_0_and_what_the_block_says_is_ignored()
    {
        var run = Source("""insert-only="true" autogen-key="true" index="pi_EMPTY" """)
            .Publish("s", "i,n,7,x,1", "i,n,7,y,2").Publish("s", "i,n,,z,3", "u,n,7,w,3");

        Assert.Equal(["I,N,0,x,1", "I,N,1,y,2", "I,N,2,z,3"], run.Take("s"));
        Assert.Single(run.BadEvents);
    }

    [Fact]
    public void Made_keys_may_be_text()
    {
        var run = Source("""insert-only="true" autogen-key="true" """, "id*:string,a:string").Publish("s", "i,n,,x", "i,n,,y");

        Assert.Equal(["I,N,key-0,x", "I,N,key-1,y"], run.Take("s"));
    }

    [Fact]
    public void Without_index_every_opcode_passes_unlooked_up()
    {
        var run = Source("""index="pi_EMPTY" """).Publish("s", "i,n,1,x,1", "i,n,1,x,1", "u,n,9,y,1", "p,p,9,,1", "d,n,9,,");

        Assert.Equal(["I,N,1,x,1", "I,N,1,x,1", "U,N,9,y,1", "P,P,9,-,1", "D,N,9,-,-"], run.Take("s"));
    }

    [Fact]
    public void Collapsed_updates_leave_one_net_change_a_key()
    {
        var run = Source("""collapse-updates="true" """)
            .Publish("s", "i,n,1,a,1", "u,n,1,b,2").Publish("s", "u,n,1,c,3", "u,n,1,d,4", "i,n,2,x,1", "d,n,2,,")
            .Publish("s", "u,n,1,e,5", "d,n,1,,");

        Assert.Equal(["I,N,1,b,2", "UB,N,1,d,4", "D,N,1,b,2", "D,N,1,d,4"], run.Take("s"));
    }

    [Fact]
    public void Output_insert_only_lets_nothing_else_out()
    {
        var run = Source("""output-insert-only="true" """).Publish("s", "i,n,1,a,1", "u,n,1,b,2", "d,n,1,,");

        Assert.Equal(["I,N,1,a,1"], run.Take("s"));
    }
}
