using Lockstep.Engine.Execution;

namespace Lockstep.Engine.Tests.Windows;

/// <summary>The join window by tables: orders with customers.</summary>
public sealed class JoinWindowTests
{
    private const string Stream = """insert-only="true" index="pi_EMPTY" """;

    private static string Model(
        string join, string output, string attributes = "", string orders = "", string customers = "", string more = "", string tagged = "",
        string edges = "orders>j customers>j") => EngineRun.Query($"""
            <window-source name="orders" {orders}><schema-string>id*:int64,c:int32,amount:double,note:string</schema-string></window-source>
            <window-source name="customers" {customers}><schema-string>c*:int64,name:string,city:string</schema-string></window-source>
            <window-join name="j" {attributes}>
              <join {join}><conditions><fields left="c" right="c"/></conditions></join>{more}
              <output>{output}</output></window-join>
            """, edges).Replace("<project ", $"<project {tagged} ", StringComparison.Ordinal);

    private const string Names = """
        <field-selection name="amount" source="l_amount"/><field-expr name="who" type="string">r_name &amp; ''</field-expr>
        """;

    [Fact]
    public void A_left_outer_join_gives_a_row_for_each_left_row_and_changes_it_with_the_right_side()
    {
        var run = new EngineRun(Model("type='leftouter'", Names)).Publish("customers", "i,n,1,Ann,X", "i,n,2,Bob,Y")
            .Publish("orders", "i,n,10,1,5", "i,n,11,9,6", "i,n,12,,7").Publish("orders", "u,n,10,2,50", "d,n,12")
            .Publish("customers", "i,n,9,Zoe,Z", "u,n,2,Bo,Y", "d,n,9");

        Assert.Equal(
            [
                "I,N,10,5,Ann", "I,N,11,6,", "I,N,12,7,", "UB,N,10,50,Bob", "D,N,10,5,Ann", "D,N,12,7,",
                "UB,N,11,6,Zoe", "D,N,11,6,", "UB,N,10,50,Bo", "D,N,10,50,Bob", "UB,N,11,6,", "D,N,11,6,Zoe",
            ],
            run.Take("j"));
        Assert.Empty(run.BadEvents);
        Assert.Equal("id*:int64,amount:double,who:string", $"{run.Engine.SchemaOf(run.Engine.Find("cq", "j"))}");
    }

    [Fact]
    public void An_inner_join_gives_rows_that_have_a_match()
    {
        var run = new EngineRun(Model("type='inner'", Names)).Publish("orders", "i,n,10,1,5", "i,n,11,1,6", "i,n,12,2,7")
            .Publish("customers", "i,n,1,Ann,X").Publish("customers", "u,n,1,Anne,X").Publish("orders", "u,n,10,2,5", "u,n,12,1,8")
            .Publish("customers", "d,n,1");

        Assert.Equal(
            [
                "I,N,10,5,Ann", "I,N,11,6,Ann", "UB,N,10,5,Anne", "D,N,10,5,Ann", "UB,N,11,6,Anne", "D,N,11,6,Ann",
                "D,N,10,5,Anne", "I,N,12,8,Anne", "D,N,11,6,Anne", "D,N,12,8,Anne",
            ],
            run.Take("j"));
    }

    [Fact]
    public void A_right_outer_join_mirrors_a_left_outer_one()
    {
        var run = new EngineRun(Model("type='rightouter'",
            """<field-selection name="amount" source="r_amount"/><field-selection name="who" source="l_name"/>""",
            edges: "customers>j orders>j"));
        run.Publish("orders", "i,n,10,1,5").Publish("customers", "i,n,1,Ann,X").Publish("orders", "d,n,10");

        Assert.Equal(["I,N,10,5,-", "UB,N,10,5,Ann", "D,N,10,5,-", "D,N,10,5,Ann"], run.Take("j"));
    }

    [Fact]
    public void A_full_outer_join_by_keys_has_one_row_a_key()
    {
        var run = new EngineRun(EngineRun.Query("""
            <window-source name="a"><schema-string>k*:int32,x:string</schema-string></window-source>
            <window-source name="b" index="pi_EMPTY"><schema-string>q*:int32,y:string</schema-string></window-source>
            <window-join name="j"><join type="fullouter"><conditions><fields left="k" right="q"/></conditions></join>
              <output><left-expr>*</left-expr><right-select exclude="q"/></output></window-join>
            """, "a>j b>j"));
        run.Publish("a", "i,n,1,a1", "i,n,2,a2").Publish("b", "p,n,1,b1", "p,n,3,b3").Publish("b", "p,n,3,b33").Publish("a", "d,n,1")
            .Publish("a", "i,n,3,a3").Publish("b", "d,n,3").Publish("b", "d,n,1");

        Assert.Equal(
            [
                "I,N,1,a1,-", "I,N,2,a2,-", "UB,N,1,a1,b1", "D,N,1,a1,-", "I,N,3,-,b3", "UB,N,3,-,b33", "D,N,3,-,b3",
                "UB,N,1,-,b1", "D,N,1,a1,b1", "UB,N,3,a3,b33", "D,N,3,-,b33", "UB,N,3,a3,-", "D,N,3,a3,b33", "D,N,1,-,b1",
            ],
            run.Take("j"));
    }

    [Fact]
    public void Without_regeneration_a_change_of_the_right_side_is_seen_by_later_rows_only()
    {
        var run = new EngineRun(Model("type='leftouter' no-regenerates='true'", Names)).Publish("orders", "i,n,10,1,5")
            .Publish("customers", "i,n,1,Ann,X").Publish("orders", "i,n,11,1,6").Publish("customers", "u,n,1,Anne,X")
            .Publish("orders", "u,n,11,1,7", "d,n,10");

        Assert.Equal(["I,N,10,5,", "I,N,11,6,Ann", "UB,N,11,7,Anne", "D,N,11,6,Ann", "D,N,10,5,"], run.Take("j"));
    }

    [Fact]
    public void Without_index_opcodes_pass_and_rows_joined_anew_leave_as_upserts()
    {
        var run = new EngineRun(Model("type='leftouter'", Names, "index='pi_EMPTY'")).Publish("orders", "i,n,10,1,5", "i,n,11,1,6")
            .Publish("customers", "i,n,1,Ann,X").Publish("orders", "u,n,10,1,7").Publish("customers", "d,n,1");

        Assert.Equal(
            [
                "I,N,10,5,", "I,N,11,6,", "P,N,10,5,Ann", "P,N,11,6,Ann", "UB,N,10,7,Ann", "D,N,10,5,Ann", "P,N,11,6,", "P,N,10,7,",
            ],
            run.Take("j"));
    }

    [Fact]
    public void Without_index_and_regeneration_events_that_are_not_resolved_pass_as_they_are()
    {
        var run = new EngineRun(Model("type='leftouter' no-regenerates='true'", Names, "index='pi_EMPTY'", "index='pi_EMPTY'"))
            .Publish("customers", "i,n,1,Ann,X").Publish("orders", "p,n,10,1,5", "u,n,10,2,6", "sd,n,10", "d,n,10,1,6");

        Assert.Equal(["P,N,10,5,Ann", "U,N,10,6,", "SD,N,10,-,", "D,N,10,6,Ann"], run.Take("j"));
    }

    [Fact]
    public void A_left_side_that_is_not_kept_is_resolved_by_the_rows_that_left()
    {
        var run = new EngineRun(Model("type='inner' left-index='pi_EMPTY'", Names, "", "index='pi_EMPTY'"))
            .Publish("customers", "i,n,1,Ann,X").Publish("orders", "p,n,10,1,5", "p,n,11,2,5", "p,n,10,1,6", "p,n,10,2,7", "p,n,11,1,8")
            .Publish("customers", "i,n,2,Bob,X", "u,n,1,Anne,X").Publish("orders", "d,n,11", "i,n,12,2,1", "i,n,12,2,1");

        Assert.Equal(
            ["I,N,10,5,Ann", "UB,N,10,6,Ann", "D,N,10,5,Ann", "D,N,10,6,Ann", "I,N,11,8,Ann", "D,N,11,8,Ann", "I,N,12,1,Bob"],
            run.Take("j"));
        Assert.Contains("Insert of a key that exists: id=12", Assert.Single(run.BadEvents), StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_that_several_match_have_the_keys_of_both_sides()
    {
        var run = new EngineRun(EngineRun.Query("""
            <window-source name="a"><schema-string>id*:int32,k:string</schema-string></window-source>
            <window-source name="b"><schema-string>id*:int32,k:string,v:int32</schema-string></window-source>
            <window-join name="j"><join type="leftouter"><conditions><fields left="k" right="k"/></conditions></join>
              <output><left-select>k</left-select><field-selection source="r_v"/></output></window-join>
            """, "a>j b>j"));
        run.Publish("a", "i,n,1,x", "i,n,2,x", "i,n,3,y").Publish("b", "i,n,7,x,70").Publish("b", "i,n,8,x,80").Publish("a", "u,n,1,y")
            .Publish("b", "u,n,7,x,71", "d,n,8", "u,n,7,y,72");

        Assert.Equal("id*:int32,r_id*:int32,k:string,v:int32", $"{run.Engine.SchemaOf(run.Engine.Find("cq", "j"))}");
        Assert.Equal(
            [
                "I,N,1,-,x,-", "I,N,2,-,x,-", "I,N,3,-,y,-",
                "D,N,1,-,x,-", "I,N,1,7,x,70", "D,N,2,-,x,-", "I,N,2,7,x,70", "I,N,1,8,x,80", "I,N,2,8,x,80",
                "D,N,1,7,x,70", "D,N,1,8,x,80", "I,N,1,-,y,-",
                "UB,N,2,7,x,71", "D,N,2,7,x,70", "D,N,2,8,x,80",
                "D,N,2,7,x,71", "I,N,2,-,x,-", "D,N,3,-,y,-", "I,N,3,7,y,72", "D,N,1,-,y,-", "I,N,1,7,y,72",
            ],
            run.Take("j"));
    }

    [Fact]
    public void Expressions_see_both_sides_and_share_variables()
    {
        var run = new EngineRun(Model("type='leftouter'",
            """
            <field-expr name="n" type="int32"><![CDATA[n = n + 1 return n]]></field-expr>
            <field-expr name="t" type="string"><![CDATA[tag(r_city) & ':' & l_note]]></field-expr>
            <field-expr name="loop" type="int32"><![CDATA[while l_amount > 99 begin n = n end return 1]]></field-expr>
            """,
            more: """
            <expr-initialize><initializer type="int32">integer n n=0</initializer>
            <udfs><udf name="tag" type="string">return upper(parameter(1))</udf></udfs></expr-initialize>
            """));
        run.Publish("customers", "i,n,1,Ann,x").Publish("orders", "i,n,10,1,5,a", "i,n,12,1,100,b", "i,n,11,1,5,c")
            .Publish("customers", "u,n,1,Ann,y").Publish("orders", "d,n,10");

        Assert.Equal(
            [
                "I,N,10,1,X:a,1", "I,N,11,3,X:c,1", "UB,N,10,4,Y:a,1", "D,N,10,1,X:a,1", "UB,N,11,6,Y:c,1", "D,N,11,3,X:c,1",
                "D,N,10,4,Y:a,1",
            ],
            run.Take("j"));
        Assert.Equal(2, run.BadEvents.Count);
    }

    [Theory]
    [InlineData("", "l:left,r:right")]
    [InlineData("", "l,r")]
    [InlineData("", "r:right,l")]
    [InlineData("", "r:RIGHT,l:data")]
    public void Roles_that_are_missing_follow_from_the_order_of_edges(string attributes, string edges)
    {
        var xml = EngineRun.Query($"""
            <window-source name="r"><schema-string>k*:int32,y:string</schema-string></window-source>
            <window-source name="l"><schema-string>k*:int32,x:string</schema-string></window-source>
            <window-join name="j" {attributes}><join type="leftouter"><conditions><fields left="k" right="k"/></conditions></join>
              <output><field-selection name="x" source="l_x"/><field-selection name="y" source="r_y"/></output></window-join>
            """, "").Replace("<edges>", "<edges>" + string.Concat(edges.Split(',').Select(e => e.Split(':')).Select(e =>
                $"<edge source='{e[0]}' target='j' {(e.Length > 1 ? $"role='{e[1]}'" : "")}/>")), StringComparison.Ordinal);
        var run = new EngineRun(xml).Publish("r", "i,n,1,b").Publish("l", "i,n,1,a", "i,n,2,c");
        Assert.Equal(["I,N,1,a,b", "I,N,2,c,-"], run.Take("j"));
    }

    [Theory]
    [InlineData("true", "I,N,1,x,1", "I,N,2,x,2", "I,N,3,y,1")]
    [InlineData("false", "I,N,1,x,2", "I,N,2,x,2", "I,N,3,y,1")]
    public void A_tagged_event_is_joined_with_what_it_did_to_the_other_side(string tagged, params string[] expected)
    {
        var run = new EngineRun(EngineRun.Query("""
            <window-source name="s" insert-only="true"><schema-string>id*:int32,k:string</schema-string></window-source>
            <window-aggregate name="a"><schema-string>k*:string,n:int32</schema-string>
              <output><field-expr>ESP_aCount()</field-expr></output></window-aggregate>
            <window-join name="j"><join type="leftouter" no-regenerates="true"><conditions><fields left="k" right="k"/></conditions></join>
              <output><field-selection name="k" source="l_k"/><field-selection name="n" source="r_n"/></output></window-join>
            """, "s>j s>a a>j").Replace("<project ", $"<project use-tagged-token='{tagged}' ", StringComparison.Ordinal));

        run.Publish("s", isTransactional: true, "i,n,1,x", "i,n,2,x", "i,n,3,y");
        Assert.Equal(expected, run.Take("j"));
        Assert.Equal(3, run.Take("s").Length);
        run.Publish("s", isTransactional: true, "i,n,4,x", "i,n,1,x");
        Assert.Empty(run.Take("j"));
    }

    [Fact]
    public void A_delete_by_retention_takes_the_joined_row_with_its_flag()
    {
        var run = new EngineRun(EngineRun.Query("""
            <window-source name="s"><schema-string>id*:int32,k:string</schema-string></window-source>
            <window-copy name="c"><retention type="bycount_sliding">1</retention></window-copy>
            <window-source name="r"><schema-string>k*:string,v:int32</schema-string></window-source>
            <window-join name="j"><join type="inner"><conditions><fields left="k" right="k"/></conditions></join>
              <output><right-expr>v</right-expr></output></window-join>
            """, "s>c c>j r>j")).Publish("r", "i,n,x,7").Publish("s", "i,n,1,x").Publish("s", "i,n,2,x");

        Assert.Equal(["I,N,1,7", "I,N,2,7", "D,R,1,7"], run.Take("j"));
    }

    [Theory]
    [InlineData("""<field-expr name="x" type="double">l_amount + nothing</field-expr>""", "LS2102")]
    [InlineData("""<field-expr name="x" type="double">l_note * 2 begin</field-expr>""", "LS2101")]
    public void An_expression_that_does_not_compile_is_reported(string output, string code)
    {
        var built = ProjectEngine.Build(EngineRun.Read(Model("type='inner'", output)));
        Assert.Equal(code, Assert.Single(built.Problems).Code);
    }

    [Fact]
    public void A_stream_joined_with_a_table_allocates_nothing()
    {
        var engine = ProjectEngine.Build(EngineRun.Read(Model("type='inner' no-regenerates='true'", Names, "", Stream + "autogen-key='true'"))).Engine!;
        var (orders, customers) = (engine.Find("cq", "orders"), engine.Find("cq", "customers"));
        var output = new CountingOutput();
        engine.Begin(new StepTime(0, 1, 1));
        engine.Publish(customers, EventCsv.Block(engine.SchemaOf(customers), "i,n,1,Ann,X", "i,n,2,Bob,Y"), output);
        var block = EventCsv.Block(engine.SchemaOf(orders), [.. Enumerable.Range(0, 100).Select(i => $"i,n,,{i % 3},1.5")]);
        for (var i = 0; i < 50; i++)
        {
            engine.Publish(orders, block, output);
        }

        var (before, count) = (GC.GetAllocatedBytesForCurrentThread(), output.Count);
        for (var i = 0; i < 50; i++)
        {
            engine.Publish(orders, block, output);
        }

        // The text of the expression is empty or the name: concatenation with nothing makes no new one.
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(50 * (100 + 66), output.Count - count);
    }

    private sealed class CountingOutput : IWindowOutput
    {
        public long Count { get; private set; }

        public void OnBlock(WindowId window, Lockstep.Contracts.Events.EventBlock block) => Count += block.Count;

        public void OnBadEvent(WindowId window, string message) => Assert.Fail(message);
    }
}
