namespace Lockstep.Engine.Tests.Windows.StateDb;

/// <summary>Statedb windows by tables: what is stored, what is found, in which order.</summary>
public sealed class StateDbWindowTests
{
    private const string Database = "<statedb type='memory'/>";

    // The windows stand in the order in which they run: of those that could, the first in the model is first.
    private static string History(string first, string second, string attributes = "index='pi_EMPTY' insert-only='true'") => EngineRun.Query($"""
        <window-source name="trades" {attributes}><schema-string>id*:int64,symbol:string,price:double</schema-string></window-source>
        {first}
        {second}
        """, "trades>seen:0 trades>store:0");

    private const string Store = $"""
        <window-statedb-writer name="store">{Database}<write prefix="TRADE"/>
          <output><field-selection name="symbol" db-name="SYM"/><field-selection name="price" db-name="PRICE"/></output></window-statedb-writer>
        """;

    private const string Seen = $"""
        <window-statedb-reader name="seen" index="pi_EMPTY">
          <schema-string>id*:int64,symbol:string,n:int32,top:double,last:double</schema-string>
          {Database}<query prefix="TRADE" query="symbol==SYM"/>
          <output><field-selection source="input" name="id"/><field-selection source="input" name="symbol"/>
            <field-selection source="query" name="" aggregate="ESP_aCount"/>
            <field-selection source="query" name="PRICE" aggregate="ESP_aMax"/><field-selection source="query" name="PRICE"/></output>
        </window-statedb-reader>
        """;

    [Fact]
    public void An_event_of_a_block_sees_what_those_before_it_have_written()
    {
        var run = new EngineRun(History(Seen, Store)).Publish("trades", "i,n,1,A,5", "i,n,2,B,7", "i,n,3,A,4", "i,n,4,A,1", "i,n,5,,2");

        Assert.Equal(["I,N,1,A,0,-,-", "I,N,2,B,0,-,-", "I,N,3,A,1,5,5", "I,N,4,A,2,5,4", "I,N,5,-,0,-,-"], run.Take("seen"));
        Assert.Equal(["I,N,1,A,5", "I,N,2,B,7", "I,N,3,A,4", "I,N,4,A,1", "I,N,5,-,2"], run.Take("store"));
        Assert.Empty(run.BadEvents);
    }

    [Fact]
    public void A_writer_in_front_of_the_reader_has_written_the_event_itself()
    {
        var run = new EngineRun(History(Store, Seen)).Publish("trades", "i,n,1,A,5", "i,n,3,A,4");

        Assert.Equal(["I,N,1,A,1,5,5", "I,N,3,A,2,5,4"], run.Take("seen"));
    }

    private static string Lookup(string write, string reader, string source = "index='pi_EMPTY' insert-only='true'") => EngineRun.Query($"""
        <window-source name="ask" {source}><schema-string>id*:int64,k:int32</schema-string></window-source>
        <window-source name="put" index="pi_EMPTY"><schema-string>k*:int64,name:string,v:double</schema-string></window-source>
        <window-statedb-writer name="store">{Database}{write}</window-statedb-writer>
        {reader}
        """, "put>store ask>found");

    private const string ByKey = $"""
        <window-statedb-reader name="found"><schema-string>id*:int64,name:string,v:int64,more:string</schema-string>
          {Database}<query prefix="P" query="k==k"/>
          <output><field-selection source="query" name="name"/><field-selection source="query" name="v"/></output>
        </window-statedb-reader>
        """;

    [Fact]
    public void Writes_replace_the_row_of_their_key_and_deletes_remove_it()
    {
        var run = new EngineRun(Lookup("<write prefix='P'/>", ByKey))
            .Publish("ask", "i,n,1,7").Publish("put", "i,n,7,seven,7.9", "i,n,8,eight,8").Publish("ask", "i,n,2,7")
            .Publish("put", "p,p,7,,1").Publish("ask", "i,n,3,7").Publish("put", "u,n,7,,2").Publish("ask", "i,n,4,7")
            .Publish("put", "d,n,7,,", "d,n,99,,").Publish("ask", "i,n,5,7", "i,n,6,8", "i,n,7,");

        Assert.Equal(
            ["I,N,1,-,-,-", "I,N,2,seven,7,-", "I,N,3,seven,1,-", "I,N,4,-,2,-", "I,N,5,-,-,-", "I,N,6,eight,8,-", "I,N,7,-,-,-"], run.Take("found"));
        Assert.Empty(run.BadEvents);
    }

    [Fact]
    public void Updates_look_up_anew_and_deletes_leave_as_what_left_before()
    {
        var run = new EngineRun(Lookup("<write prefix='P'/>", ByKey, ""))
            .Publish("put", "i,n,7,seven,7").Publish("ask", "i,n,1,7").Publish("put", "i,n,7,new,8").Publish("ask", "u,n,1,7", "d,n,1,");

        Assert.Equal(["I,N,1,seven,7,-", "UB,N,1,new,8,-", "D,N,1,seven,7,-", "D,N,1,new,8,-"], run.Take("found"));
    }

    [Fact]
    public void Each_row_that_is_found_leaves_when_a_key_is_one_of_its_fields()
    {
        const string Each = $"""
            <window-statedb-reader name="found"><schema-string>id*:int64,k*:int64,v:double</schema-string>
              {Database}<query prefix="P" query="name==name"/>
              <output><field-selection source="input" name="id"/><field-selection source="query" name="k"/><field-selection source="query" name="v"/></output>
            </window-statedb-reader>
            """;
        var run = new EngineRun(EngineRun.Query($"""
            <window-source name="ask" index="pi_EMPTY"><schema-string>id*:int64,name:string</schema-string></window-source>
            <window-source name="put" index="pi_EMPTY"><schema-string>k*:int64,name:string,v:double</schema-string></window-source>
            <window-statedb-writer name="store">{Database}<write prefix="P"/></window-statedb-writer>
            {Each}
            """, "put>store ask>found"))
            .Publish("put", "i,n,1,x,1", "i,n,2,x,2", "i,n,3,y,3", "i,n,1,x,9").Publish("ask", "i,n,5,x", "i,n,6,z", "i,n,5,y", "d,n,5,x");

        // The row written last comes last; the second question has no rows; the third finds another key; a delete asks nothing.
        Assert.Equal(["I,N,5,2,2", "I,N,5,1,9", "I,N,5,3,3"], run.Take("found"));
        Assert.Equal(["UB,N,5,3,4", "D,N,5,3,3"], run.Publish("put", "i,n,3,y,4").Publish("ask", "i,n,5,y").Take("found"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_row_is_gone_when_its_time_has_come_since_it_was_last_written(bool ticks)
    {
        var run = new EngineRun(Lookup("<write prefix='P' ttl='10'/>", ByKey)).Publish("put", "i,n,7,seven,7", "i,n,8,eight,8");
        Assert.Equal(10_000_000, run.Engine.NextExpiry);
        run.At(6).Publish("put", "i,n,8,eight,9").At(9.999).Publish("ask", "i,n,1,7", "i,n,2,8").At(10);
        if (ticks)
        {
            run.Tick();
        }

        run.Publish("ask", "i,n,3,7", "i,n,4,8").At(16).Publish("ask", "i,n,5,8").Tick();

        Assert.Equal(["I,N,1,seven,7,-", "I,N,2,eight,9,-", "I,N,3,-,-,-", "I,N,4,eight,9,-", "I,N,5,-,-,-"], run.Take("found"));
        Assert.Null(run.Engine.NextExpiry);
        Assert.DoesNotContain(run.Take("store"), l => l.StartsWith('D'));
    }

    [Fact]
    public void Writers_of_one_prefix_share_rows_also_across_queries()
    {
        const string Writer = $"""<window-statedb-writer name="store">{Database}<write prefix="P"/></window-statedb-writer>""";
        const string Query = $"""
            <windows><window-source name="NAME" index="pi_EMPTY"><schema-string>k*:int64,name:string,v:double</schema-string></window-source>
            {Writer}</windows><edges><edge source="NAME" target="store"/></edges>
            """;
        var model = $"""
            <project name="p"><contqueries>
            <contquery name="reads"><windows>
            <window-source name="ask" index="pi_EMPTY" insert-only="true"><schema-string>id*:int64,k:int64</schema-string></window-source>{ByKey}
            </windows><edges><edge source="ask" target="found"/></edges></contquery>
            <contquery name="a">{Query.Replace("NAME", "one", StringComparison.Ordinal)}</contquery>
            <contquery name="b">{Query.Replace("NAME", "two", StringComparison.Ordinal)}</contquery>
            </contqueries></project>
            """;
        var run = new EngineRun(model).Publish("one", "i,n,1,first,1").Publish("two", "i,n,1,second,2", "i,n,2,third,3").Publish("ask", "i,n,1,1", "i,n,2,2");

        Assert.Equal(["I,N,1,second,2,-", "I,N,2,third,3,-"], run.Take("found"));
        var restored = RestoredRun.Of(run, model);
        Assert.Equal(run.Publish("ask", "i,n,3,2").Take("found"), restored.Publish("ask", "i,n,3,2").Take("found"));
    }

    [Fact]
    public void A_schema_of_the_writer_chooses_key_and_fields()
    {
        var run = new EngineRun(EngineRun.Query($"""
            <window-source name="put" insert-only="true"><schema-string>id*:int64,k:int32,name:string,v:double</schema-string></window-source>
            <window-source name="ask" insert-only="true" index="pi_EMPTY"><schema-string>id*:int64,k:int32</schema-string></window-source>
            <window-statedb-writer name="store"><schema-string>k*:int32,v:double,name:string</schema-string>
              {Database}<write prefix="P"/></window-statedb-writer>
            {ByKey}
            """, "put>store ask>found")).Publish("put", "i,n,1,7,a,1", "i,n,2,7,b,2").Publish("ask", "i,n,1,7");

        Assert.Equal(["I,N,7,1,a", "I,N,7,2,b"], run.Take("store"));
        Assert.Equal(["I,N,1,b,2,-"], run.Take("found"));
    }

    [Theory]
    [InlineData("<query prefix='Q' query='k==k'/>", "No statedb-writer of the project writes prefix 'Q'")]
    [InlineData("<query prefix='P' query='j==k'/>", "The query names 'j', which the input does not have")]
    [InlineData("<query prefix='P' query='k==j'/>", "'j', which is not stored under prefix 'P'; stored are k, name, v")]
    [InlineData("<query prefix='P' query='k==name'/>", "compares 'k', a int32, with 'name', a string")]
    public void A_query_that_does_not_fit_is_reported(string query, string message)
    {
        var model = Lookup("<write prefix='P'/>", ByKey.Replace("<query prefix=\"P\" query=\"k==k\"/>", query, StringComparison.Ordinal));
        var built = Lockstep.Engine.Execution.ProjectEngine.Build(EngineRun.Read(model));

        Assert.Null(built.Engine);
        Assert.Contains(built.Problems, p => p.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void An_unknown_aggregate_function_is_reported_with_its_place()
    {
        var built = Lockstep.Engine.Execution.ProjectEngine.Build(EngineRun.Read(
            History(Seen.Replace("ESP_aMax", "ESP_aMost", StringComparison.Ordinal), Store)));

        var problem = Assert.Single(built.Problems, p => p.Message.Contains("There is no aggregate function 'ESP_aMost'", StringComparison.Ordinal));
        Assert.True(problem.Position.Line > 1);
    }
}
