using Lockstep.Engine.Execution;

namespace Lockstep.Engine.Tests.Windows;

/// <summary>The aggregate window by tables: what leaves it and when.</summary>
public sealed class AggregateWindowTests
{
    private const string InsertOnly = """insert-only="true" index="pi_EMPTY" """;

    private static string Model(string fields, string[] expressions, string source = "", string attributes = "", string more = "",
        string edges = "s>a") =>
        EngineRun.Query($"""
            <window-source name="s" {source}><schema-string>id*:int64,k:string,q:int32,x:double</schema-string></window-source>
            {(edges == "s>a" ? "" : "<window-copy name='c'><retention type='bycount_sliding'>3</retention></window-copy>")}
            <window-aggregate name="a" {attributes}>{more}
              <schema-string>k*:string,{fields}</schema-string>
              <output>{string.Concat(expressions.Select(e => $"<field-expr><![CDATA[{e}]]></field-expr>"))}</output>
            </window-aggregate>
            """, edges);

    private static EngineRun Sum(string source = "", string attributes = "") =>
        new(Model("n:int64,q:int32", ["ESP_aCount()", "ESP_aSum(q)"], source, attributes));

    [Fact]
    public void A_new_group_is_inserted_a_changed_one_updated_and_an_empty_one_deleted()
    {
        var run = Sum().Publish("s", "i,n,1,a,5").Publish("s", "i,n,2,a,7").Publish("s", "d,n,1").Publish("s", "d,n,2");

        Assert.Equal(
            ["I,N,a,1,5", "UB,N,a,2,12", "D,N,a,1,5", "UB,N,a,1,7", "D,N,a,2,12", "D,N,a,1,7"], run.Take("a"));
        run.Publish("s", "i,n,3,a,1");
        Assert.Equal(["I,N,a,1,1"], run.Take("a"));
        Assert.Empty(run.BadEvents);
    }

    [Fact]
    public void A_block_gives_one_net_change_a_group_in_the_order_of_first_touch()
    {
        var run = Sum().Publish("s", "i,n,1,b,1", "i,n,2,a,2", "i,n,3,b,3", "i,n,4,c,9", "d,n,4");
        Assert.Equal(["I,N,b,2,4", "I,N,a,1,2"], run.Take("a"));

        run.Publish("s", "d,n,2", "i,n,5,b,5", "i,n,6,a,6");
        Assert.Equal(["UB,N,a,1,6", "D,N,a,1,2", "UB,N,b,3,9", "D,N,b,2,4"], run.Take("a"));
    }

    [Fact]
    public void An_update_changes_its_member_and_may_move_it_to_another_group()
    {
        var run = Sum().Publish("s", "i,n,1,a,1", "i,n,2,b,2", "i,n,3,b,3");
        run.Take("a");

        run.Publish("s", "u,n,1,a,10");
        Assert.Equal(["UB,N,a,1,10", "D,N,a,1,1"], run.Take("a"));
        run.Publish("s", "u,n,2,a,20");
        Assert.Equal(["UB,N,b,1,3", "D,N,b,2,5", "UB,N,a,2,30", "D,N,a,1,10"], run.Take("a"));
        run.Publish("s", "p,n,3,c,30");
        Assert.Equal(["D,N,b,1,3", "I,N,c,1,30"], run.Take("a"));
    }

    [Fact]
    public void Retention_takes_members_out_and_the_last_ones_delete_has_its_flag()
    {
        var run = new EngineRun(Model("n:int64,max:double", ["ESP_aCount()", "ESP_aMax(x)"], edges: "s>c c>a"));
        run.Publish("s", "i,n,1,a,1,9", "i,n,2,b,1,5", "i,n,3,b,1,4").Publish("s", "i,n,4,b,1,3").Publish("s", "i,n,5,b,1,2");

        Assert.Equal(
            ["I,N,a,1,9", "I,N,b,2,5", "UB,N,b,3,5", "D,N,b,2,5", "D,R,a,1,9", "UB,N,b,3,4", "D,N,b,3,5"], run.Take("a"));
    }

    [Fact]
    public void Behind_a_window_without_index_the_inputs_rows_resolve_updates_and_deletes()
    {
        var run = Sum("""index="pi_EMPTY" """)
            .Publish("s", "i,n,1,a,1", "p,n,2,a,2").Publish("s", "p,n,1,b,5", "d,n,2,x,99", "sd,n,7").Publish("s", "d,n,9", "i,n,1,b,5");

        Assert.Equal(["I,N,a,2,3", "D,N,a,2,3", "I,N,b,1,5"], run.Take("a"));
        Assert.Equal(2, run.BadEvents.Count);
    }

    [Fact]
    public void Behind_a_window_of_inserts_only_a_repeated_key_is_a_member_of_its_own()
    {
        var run = Sum(InsertOnly).Publish("s", "i,n,1,a,1").Publish("s", "i,n,1,a,2");

        Assert.Equal(["I,N,a,1,1", "UB,N,a,2,3", "D,N,a,1,1"], run.Take("a"));
    }

    [Fact]
    public void A_null_key_is_a_group_of_its_own_and_a_sum_of_nulls_is_null()
    {
        var run = Sum().Publish("s", "i,n,1,,", "i,n,2,,").Publish("s", "i,n,3,,4").Publish("s", "d,n,3");

        Assert.Equal(["I,N,-,2,-", "UB,N,-,3,4", "D,N,-,2,-", "UB,N,-,2,-", "D,N,-,3,4"], run.Take("a"));
    }

    [Fact]
    public void Expressions_mix_functions_arithmetic_keys_and_variables()
    {
        var run = new EngineRun(Model(
            "r:double,t:string,i:int32,n:int64",
            ["ESP_aSum(x) / esp_acount() * 2", "k & '-' & ESP_aLast(q)", "ESP_aAve(x)", "calls = calls + 1 return calls"],
            more: "<expr-initialize><initializer type=\"int32\">integer calls calls=0</initializer></expr-initialize>"));
        run.Publish("s", "i,n,1,a,7,1.5", "i,n,2,a,8,2").Publish("s", "i,n,3,b,9,0.5", "d,n,1");

        Assert.Equal(["I,N,a,3.5,a-8,1,1", "I,N,b,1,b-9,0,2", "UB,N,a,4,a-7,2,3", "D,N,a,3.5,a-8,1,1"], run.Take("a"));
    }

    [Fact]
    public void A_user_function_may_call_aggregate_functions()
    {
        var run = new EngineRun(Model("r:double", ["half()"],
            more: "<expr-initialize><udfs><udf name=\"half\" type=\"double\">return ESP_aSum(x) / 2</udf></udfs></expr-initialize>"));

        Assert.Equal(["I,N,a,2.5"], run.Publish("s", "i,n,1,a,0,5").Take("a"));
    }

    [Fact]
    public void A_group_whose_expression_loops_for_ever_keeps_its_row()
    {
        var run = new EngineRun(Model("n:int64",
            ["private integer i i = 0 while ESP_aCount() == 2 begin i = i + 1 end return ESP_aCount()"]));
        run.Publish("s", "i,n,1,a", "i,n,2,b", "i,n,3,b").Publish("s", "i,n,4,a", "i,n,5,b").Publish("s", "i,n,6,a");

        Assert.Equal(["I,N,a,1", "I,N,b,3", "UB,N,a,3", "D,N,a,1"], run.Take("a"));
        Assert.Equal(2, run.BadEvents.Count);
    }

    [Theory]
    [InlineData("ESP_aFoo(x)", "LS2104", "no aggregate function 'ESP_aFoo'")]
    [InlineData("ESP_aSum(gone)", "LS2102", "'gone' is not a field")]
    [InlineData("ESP_aSum(k)", "LS2103", "takes numbers; 'k' is a string")]
    [InlineData("ESP_aSum(x * 2)", "LS2104", "not expressions")]
    [InlineData("ESP_aSum()", "LS2104", "takes 1 arguments, not 0")]
    [InlineData("ESP_aCount(x)", "LS2104", "takes no arguments")]
    [InlineData("ESP_aLag(x, q)", "LS2104", "whole number from 0")]
    [InlineData("ESP_aAveTimed(x, k)", "LS2104", "number of seconds")]
    [InlineData("x", "LS2102", "'x' is neither a field nor a variable")]
    public void What_does_not_compile_is_reported_with_its_place(string expression, string code, string message)
    {
        var built = ProjectEngine.Build(EngineRun.Read(Model("r:double", [expression])));

        var problem = Assert.Single(built.Problems);
        Assert.Equal(code, problem.Code);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.True(problem.Position.Line > 1);
    }

    [Fact]
    public void A_key_must_come_from_the_input_and_each_field_needs_an_expression()
    {
        var missing = Model("n:int64", ["ESP_aCount()"]).Replace("k*:string,n", "key*:string,n", StringComparison.Ordinal);
        Assert.Equal("LS2010", Assert.Single(ProjectEngine.Build(EngineRun.Read(missing)).Problems).Code);
        var few = Model("n:int64,m:int64", ["ESP_aCount()"]);
        Assert.Equal("LS2011", Assert.Single(ProjectEngine.Build(EngineRun.Read(few)).Problems).Code);
    }
}
