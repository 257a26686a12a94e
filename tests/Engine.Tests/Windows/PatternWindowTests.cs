namespace Lockstep.Engine.Tests.Windows;

/// <summary>
/// The pattern window by tables. Events are id, kind and number; what an event of a pattern asks for is its kind, so that a logic
/// over a, b, c reads as it is. A match shows the ids of the events it took.
/// </summary>
public sealed class PatternWindowTests
{
    private static string Model(string logic, string attributes = "", string timefields = "") => EngineRun.Query($"""
        <window-source name="s" insert-only="true"><schema-string>id*:int64,kind:string,x:double,k:string,at:date</schema-string></window-source>
        <window-pattern name="p"><schema-string>key*:int64,a:int64,b:int64,c:int64</schema-string><patterns><pattern {attributes}>
          <events><event name="a" source="s">kind=='a'</event><event name="b" source="s">kind=='b'</event>
            <event name="c" source="s">kind=='c'</event></events>
          <logic>{logic}</logic>
          <output><field-selection node="a" name="id"/><field-selection node="b" name="id"/><field-selection node="c" name="id"/></output>
          {timefields}</pattern></patterns></window-pattern>
        """, "s>p");

    /// <summary>Publishes letters, one a second, as events 1, 2, 3, ...; a blank is a second without event.</summary>
    private static string[] Matches(string logic, string letters, double after = 0, string attributes = "")
    {
        var run = new EngineRun(Model(logic, attributes));
        for (var i = 0; i < letters.Length; i++)
        {
            run.At(i + 1);
            if (letters[i] != ' ')
            {
                run.Publish("s", $"i,n,{i + 1},{char.ToLowerInvariant(letters[i])},0,{(char.IsUpper(letters[i]) ? "up" : "low")}");
            }

            run.Tick();
        }

        run.At(letters.Length + after).Tick();
        Assert.Empty(run.BadEvents);
        return [.. run.Take("p").Select(l => string.Join(' ', l.Split(',')[3..]))];
    }

    [Theory]
    [InlineData("fby(a,b)", "ab", "1 2 -")]
    [InlineData("fby(a,b)", "axxb", "1 4 -")]
    [InlineData("fby(a,b)", "aabb", "1 3 -|2 3 -")]
    [InlineData("fby(a,b)", "abab", "1 2 -|3 4 -")]
    [InlineData("fby(a,b,c)", "acbac", "1 3 5")]
    [InlineData("fby(a,a)", "aaa", "2 - -|3 - -")]
    [InlineData("a", "axa", "1 - -|3 - -")]
    [InlineData("fby(a,fby(b,c))", "abc", "1 2 3")]
    [InlineData("and(a,b)", "ba", "2 1 -")]
    [InlineData("and(a,b)", "aab", "1 3 -|2 3 -")]
    [InlineData("fby(a,and(b,c))", "acxb", "1 4 2")]
    [InlineData("fby(a,or(b,c))", "axcb", "1 - 3")]
    [InlineData("or(a,fby(b,c))", "bac", "2 1 -|2 - -")]
    [InlineData("fby(a,is(b))", "abaxb", "1 2 -")]
    [InlineData("fby(a,is:2(b),c)", "abxbc abbxc", "7 9 11")]
    [InlineData("fby(a,not(b),c)", "axc abc acc", "1 - 3|9 - 11")]
    [InlineData("fby(a,not(not(b)))", "abaxb", "1 2 -")]
    [InlineData("fby(a,and(not(b),c))", "axc axbc", "1 - 3")]
    [InlineData("fby(a,and(notoccur(b),c))", "axc axbc", "1 - 3")]
    [InlineData("fby(a,notoccur(b),c)", "axc axbc", "1 - 3")]
    public void A_logic_matches_sequences(string logic, string letters, string expected)
    {
        Assert.Equal(expected.Split('|'), Matches(logic, letters));
    }

    [Theory]
    [InlineData("fby{2 seconds}(a,b)", "a b", "1 3 -")]
    [InlineData("fby{2 seconds}(a,b)", "a  b", "")]
    [InlineData("fby{2 seconds}(a,b,c)", "a b c", "1 3 5")]
    [InlineData("fby{2 seconds}(a,b,c)", "a b  c", "")]
    [InlineData("fby{2 seconds}(a,notoccur(b))", "a", "1 - -")]
    [InlineData("fby{2 seconds}(a,notoccur(b))", "ab", "")]
    [InlineData("fby{2 seconds}(a,and(notoccur(b),notoccur(c)))", "aaxb", "1 - -")]
    [InlineData("fby{2 seconds}(a,and(notoccur(b),c))", "a", "")]
    [InlineData("fby{2 seconds}(a,or(b,notoccur(c)))", "axx", "1 - -")]
    [InlineData("fby{9 seconds}(a,fby{2 seconds}(b,c))", "a b c", "1 3 5")]
    [InlineData("fby{9 seconds}(a,fby{2 seconds}(b,c))", "a b    bc", "")]
    [InlineData("fby{9 seconds}(a,notoccur(fby{2 seconds}(b,c)))", "a b    bc", "")]
    [InlineData("fby{9 seconds}(a,notoccur(fby{2 seconds}(b,c)))", "a b   c b", "1 9 -")]
    [InlineData("fby{9 seconds}(a,not(fby{2 seconds}(b,c)))", "a b", "1 3 -")]
    [InlineData("fby{3 seconds}(fby{1 seconds}(a,b),c)", "ab  c a b  c", "1 2 5")]
    public void Times_count_from_the_step_before(string logic, string letters, string expected) =>
        Assert.Equal(expected.Split('|', StringSplitOptions.RemoveEmptyEntries), Matches(logic, letters, 20));

    [Fact]
    public void An_index_keeps_instances_apart()
    {
        Assert.Equal(["1 3 -", "2 4 -"], Matches("fby(a,b)", "aAbB", attributes: "index='k'"));
        Assert.Equal(["1 4 -"], Matches("fby(a,is(b))", "aXXb", attributes: "index='k'"));
        Assert.Empty(Matches("fby(a,is(b))", "axxb", attributes: "index='k'"));
    }

    [Fact]
    public void An_inactive_pattern_is_not_run() => Assert.Empty(Matches("a", "a", attributes: "active='false'"));

    [Fact]
    public void A_match_by_absence_leaves_when_its_time_is_over()
    {
        var run = new EngineRun(Model("fby{2 seconds}(a,notoccur(b))"));
        run.At(1).Publish("s", "i,n,1,a").Tick();
        Assert.Equal(3_000_001, run.Engine.NextExpiry);
        run.At(3).Tick();
        Assert.Empty(run.Take("p"));
        run.At(4).Tick();
        Assert.Equal(["I,N,0,1,-,-"], run.Take("p"));
        Assert.Null(run.Engine.NextExpiry);
    }

    [Fact]
    public void A_name_takes_the_value_of_its_first_comparison_and_is_compared_later()
    {
        var run = new EngineRun(Trades("fby(start,and(notoccur(up),down))"));
        run.Publish("s", "i,n,1,IBM,10", "i,n,2,SAP,20", "i,n,3,IBM,10", "i,n,4,SAP,-", "i,n,5,SAP,19", "i,n,6,IBM,11", "i,n,7,IBM,9");

        // IBM went up before it went down, but not for the instance that the higher price opened.
        Assert.Equal(["I,N,0,SAP,2,5,1,SAP 20", "I,N,1,IBM,6,7,2,IBM 11"], run.Take("p"));
    }

    [Fact]
    public void Values_that_a_test_binds_are_undone_when_it_fails()
    {
        var run = new EngineRun(EngineRun.Query("""
            <window-source name="s"><schema-string>id*:int64,x:double,y:double</schema-string></window-source>
            <window-pattern name="p"><schema-string>key*:int64,first:int64,second:int64</schema-string><patterns><pattern>
              <events><event name="a" source="s">x == 1</event><event name="b" source="s">v == x and y == 5</event>
                <event name="c" source="s">v == x and y == 6</event></events>
              <logic>fby(a,b,c)</logic>
              <output><field-selection node="b" name="id"/><field-selection node="c" name="id"/></output></pattern></patterns></window-pattern>
            """, "s>p"));
        run.Publish("s", "i,n,1,1,0", "i,n,2,7,4", "i,n,3,-,5", "i,n,4,8,5", "i,n,5,7,6", "i,n,6,8,6");

        Assert.Equal(["I,N,0,4,6"], run.Take("p"));
    }

    [Fact]
    public void Several_sources_and_patterns_share_the_key_and_each_pattern_has_its_clock()
    {
        var run = new EngineRun(EngineRun.Query("""
            <window-source name="s"><schema-string>id*:int64,u:string,at:date</schema-string></window-source>
            <window-source name="t"><schema-string>name*:string,who:string,when:stamp</schema-string></window-source>
            <window-pattern name="p"><schema-string>key*:int64,id:int32,name:string,n:int64</schema-string><patterns>
              <pattern><events><event name="login" source="s">user==u</event><event name="buy" source="t">user==who</event></events>
                <logic>fby{1 minute}(login,buy)</logic>
                <output><field-selection node="login" name="id"/><field-expr node="buy">name &amp; '/' &amp; user</field-expr>
                  <field-expr>1+1</field-expr></output>
                <timefields><timefield source="s" field="at"/><timefield source="t" field="when"/></timefields></pattern>
              <pattern><events><event name="any" source="t"/></events><logic>any</logic>
                <output><field-expr node="any"/><field-selection node="any" name="name"/><field-expr node="any">len(who)</field-expr></output>
              </pattern></patterns></window-pattern>
            """, "s>p t>p"));
        run.Publish("s", "i,n,1,ann,100", "i,n,2,bob,150");
        run.Publish("t", "i,n,pen,bob,210000000", "i,n,cap,ann,210000000", "u,n,pen,bob,211000000", "d,n,pen");

        Assert.Equal(
            ["I,N,0,2,pen/bob,2", "I,N,1,-,pen,3", "I,N,2,-,cap,3", "I,N,3,-,pen,3"], run.Take("p"));
        Assert.Null(run.Engine.NextExpiry);
    }

    [Fact]
    public void An_event_that_comes_late_counts_at_the_clock()
    {
        var run = new EngineRun(Model("fby{10 seconds}(a,b)", timefields: "<timefields><timefield source='s' field='at'/></timefields>"));
        run.Publish("s", "i,n,1,a,0,k,100", "i,n,2,x,0,k,109", "i,n,3,a,0,k,95", "i,n,4,x,0,k,111", "i,n,5,b,0,k,119", "i,n,6,b,0,k,-");

        Assert.Equal(["I,N,0,3,5,-"], run.Take("p"));
    }

    [Fact]
    public void A_loop_without_end_is_reported_and_the_event_does_not_match()
    {
        var run = new EngineRun(EngineRun.Query("""
            <window-source name="s"><schema-string>id*:int64,x:int64</schema-string></window-source>
            <window-pattern name="p"><schema-string>key*:int64,id:int64</schema-string><patterns><pattern>
              <events><event name="a" source="s">private integer i i=0 while x &lt; 0 i=i+1 return x &gt; 1</event></events>
              <logic>a</logic><output><field-selection node="a" name="id"/></output></pattern></patterns></window-pattern>
            """, "s>p"));
        run.Publish("s", "i,n,1,-5", "i,n,2,2");

        Assert.Equal(["I,N,0,2"], run.Take("p"));
        Assert.Contains("id=1", Assert.Single(run.BadEvents), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kind == nobody and other > 3", "LS2030", "'other' is no field")]
    [InlineData("kind = = 1", "LS2101", "Expected a value")]
    [InlineData("nofunction(kind) == v", "LS2104", "nofunction")]
    public void An_expression_that_does_not_compile_is_refused_with_its_place(string expression, string code, string message)
    {
        var xml = Model("a").Replace("kind=='a'", expression.Replace(">", "&gt;", StringComparison.Ordinal), StringComparison.Ordinal);
        var built = Lockstep.Engine.Execution.ProjectEngine.Build(EngineRun.Read(xml));
        var problem = Assert.Single(built.Problems);
        Assert.Equal(code, problem.Code);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.True(problem.Position.Line > 1);
    }

    [Theory]
    [InlineData("index='k'")]
    [InlineData("")]
    public void A_restored_window_goes_on_as_if_it_had_run(string attributes)
    {
        var model = Model("fby{9 seconds}(a,or(fby{2 seconds}(b,notoccur(c)),fby{3 seconds}(is:2(a),and(b,c))))", attributes);
        var random = new Random(7);
        var run = new EngineRun(model);
        for (var i = 1; i <= 300; i++)
        {
            var line = $"i,n,{i},{"abcx"[random.Next(4)]},{random.Next(9)},{"kl"[random.Next(2)]}";
            var copy = RestoredRun.Of(run, model);
            foreach (var engine in new[] { run, copy })
            {
                engine.At(i / 2.0).Publish("s", line).Tick();
            }

            Assert.Equal(run.Take("p"), copy.Take("p"));
            Assert.Equal(run.Engine.Digest(), copy.Engine.Digest());
        }

        var last = RestoredRun.Of(run, model);
        run.At(200).Tick();
        last.At(200).Tick();
        Assert.Equal(run.Take("p"), last.Take("p"));
        Assert.Equal(run.Engine.Digest(), last.Engine.Digest());
    }

    [Fact]
    public void State_differs_by_what_an_instance_remembers()
    {
        var model = Trades("fby(start,down)");
        ulong Digest(string line)
        {
            var run = new EngineRun(model);
            run.Publish("s", line);
            return run.Engine.Digest();
        }

        Assert.Equal(Digest("i,n,1,IBM,10"), Digest("i,n,1,IBM,10"));
        Assert.NotEqual(Digest("i,n,1,IBM,10"), Digest("i,n,1,IBM,11"));
        Assert.NotEqual(Digest("i,n,1,IBM,10"), Digest("i,n,1,SAP,10"));
        Assert.NotEqual(Digest("i,n,1,IBM,10"), Digest("i,n,2,IBM,10"));
    }

    private static string Trades(string logic) => EngineRun.Query($"""
        <window-source name="s" insert-only="true" index="pi_EMPTY"><schema-string>id*:int64,symbol:string,price:double</schema-string></window-source>
        <window-pattern name="p"><schema-string>key*:int64,symbol:string,from:int64,to:int64,fall:int64,text:string</schema-string><patterns><pattern>
          <events><event name="start" source="s">t==symbol and price==p0</event><event name="up" source="s">t==symbol and price &gt; p0</event>
            <event name="down" source="s">t==symbol and price &lt; p0</event></events>
          <logic>{logic}</logic>
          <output><field-selection node="start" name="symbol"/><field-selection node="start" name="id"/><field-selection node="down" name="id"/>
            <field-expr node="down">p0 - price</field-expr><field-expr node="start">symbol &amp; ' ' &amp; p0</field-expr></output>
        </pattern></patterns></window-pattern>
        """, "s>p");
}
