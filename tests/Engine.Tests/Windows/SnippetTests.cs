using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using Lockstep.Engine.State.Migration;

namespace Lockstep.Engine.Tests.Windows;

/// <summary>
/// lua-snippet and python-snippet: code beside the windows. It runs by stream time alone, and what it remembers is state; so runs that
/// go on from a snapshot at any place give what the others give.
/// </summary>
public sealed class SnippetTests
{
    private const string Lua = """
        <lua-snippets><lua-snippet name="watch" init="begin" destroy="finish">
        <lua-thread func="beat" interval="2 seconds"/><lua-thread func="once"/><code><![CDATA[
        local seen = 0
        function put(text)
          seen = seen + 1
          esp_publishAsync({ window = 'out', events = { k = seen, text = text } })
        end
        function begin()
          esp_subscribe({ window = 'big', handler = 'onBig' })
          esp_setProperty({ name = 'limit', value = 10 })
          put('begin')
        end
        function onBig(events, context)
          for _, e in ipairs(events) do put(context.window .. ' ' .. e._opcode .. ' ' .. e.k .. ' ' .. e.v) end
          if events[1].v > 100 then esp_setProperty({ name = 'limit', value = events[1].v }) end
          if events[1].v < 0 then esp_unsubscribe({ window = 'big', contquery = 'cq' }) end
        end
        function beat() put('beat ' .. esp_getSystemMicro() // 1000000 .. ' rows ' .. #esp_query({ window = 's' }).events) end
        function once() put('once') end
        function finish() put('finish') end
        ]]></code></lua-snippet></lua-snippets>
        """;

    private const string LuaFilter = """
        <window-lua name="big" events="pass" init="listen"><schema-string>k*:int64,v:double,limit:double</schema-string><code><![CDATA[
        local limit = 0
        function changed(value, old) limit = value or 0 end
        function listen()
          esp_addPropertyListener({ name = 'limit', change = changed })
          changed(esp_getProperty('limit'))
        end
        function pass(e) if e.v > limit or e.v < 0 then return { limit = limit } end end
        ]]></code></window-lua>
        """;

    private const string Python = """
        <python-snippets><python-snippet name="watch" init="begin" destroy="finish">
        <python-thread func="beat" interval="2000"/><python-thread func="once"/><code><![CDATA[
        import esp
        seen = 0
        def put(text):
            global seen
            seen += 1
            esp.publishAsync(window='out', events={'k': seen, 'text': text})
        def begin():
            esp.subscribe(window='big', handler=onBig)
            esp.setProperty(name='limit', value=10)
            put('begin')
        def onBig(events, context):
            for e in events:
                put('%s %s %d %s' % (context['window'], e['_opcode'], e['k'], e['v']))
            if events[0]['v'] > 100:
                esp.setProperty(name='limit', value=events[0]['v'])
            if events[0]['v'] < 0:
                esp.unsubscribe(window='big', contquery='cq')
        def beat():
            put('beat %d rows %d' % (esp.getSystemMicro() // 1000000, len(esp.query(window='s')['events'])))
        def once():
            put('once')
        def finish():
            put('finish')
        ]]></code></python-snippet></python-snippets>
        """;

    private const string PythonFilter = """
        <window-python name="big" events="keep" init="listen"><schema-string>k*:int64,v:double,limit:double</schema-string><code><![CDATA[
        import esp
        limit = 0
        def changed(value, old):
            global limit
            limit = value
        def listen():
            esp.addPropertyListener(name='limit', change=changed)
            changed(esp.getProperty(name='limit'), None)
        def keep(e, context):
            if e['v'] > limit or e['v'] < 0:
                return {'limit': limit}
        ]]></code></window-python>
        """;

    private static string Model(string snippet, string filter = "") => $"""
        <project name="p">{snippet}<contqueries><contquery name="cq"><windows>
        <window-source name="s"><schema-string>k*:int64,v:double</schema-string></window-source>{filter}
        <window-source name="out" index="pi_EMPTY" insert-only="true"><schema-string>k*:int64,text:string</schema-string></window-source>
        </windows><edges>{(filter.Length > 0 ? "<edge source=\"s\" target=\"big\"/>" : "")}</edges></contquery></contqueries></project>
        """;

    [Theory]
    [InlineData(Lua, LuaFilter)]
    [InlineData(Python, PythonFilter)]
    [InlineData(Lua, PythonFilter)]
    [InlineData(Python, LuaFilter)]
    public void Snippets_and_windows_work_together_and_go_on_from_any_snapshot(string snippet, string filter)
    {
        var model = Model(snippet, filter);
        Func<EngineRun, string[]>[] steps =
        [
            r => r.Publish("s", "i,n,1,5", "i,n,2,50").Tick().Take("out"),
            r => r.At(1).Publish("s", "u,n,2,200").Tick().Take("out"),
            r => r.At(2).Publish("s", "i,n,3,150").Tick().Take("out"),
            r => r.At(7).Tick().Take("out"),
            r => r.At(8).Publish("s", "i,n,4,-1").Publish("s", "i,n,5,1000").Tick().Take("out"),
        ];
        string[][] expected =
        [
            ["I,N,1,begin", "I,N,2,big insert 2 50.0", "I,N,3,once"],
            ["I,N,4,big update 2 200.0"],
            ["I,N,5,beat 2 rows 3"],
            ["I,N,6,beat 7 rows 3"],
            ["I,N,7,big insert 4 -1.0", "I,N,8,beat 8 rows 5"],
        ];
        for (var at = 0; at <= steps.Length; at++)
        {
            var run = new EngineRun(model);
            for (var i = 0; i < steps.Length; i++)
            {
                run = i == at ? RestoredRun.Of(run, model) : run;
                Assert.Equal(expected[i], steps[i](run));
            }

            Assert.Empty(run.BadEvents);
        }
    }

    [Fact]
    public void Destroy_is_called_at_the_end_and_what_it_publishes_still_goes_through()
    {
        var run = new EngineRun(Model(Lua, LuaFilter)).Publish("s", "i,n,1,50").Tick();
        run.Take("out");
        run.Engine.End(run);
        Assert.Equal(["I,N,4,finish"], run.Take("out"));
    }

    [Theory]
    [InlineData("esp_subscribe({ window = 'nowhere', handler = 'f' })", "There is no window 'nowhere' to subscribe to.")]
    [InlineData("esp_subscribe({ window = 's' })", "esp_subscribe needs a handler")]
    [InlineData("esp_subscribe({ window = 's', handler = 'gone' }) esp_publishAsync({ window = 's', events = { k = 1 } })",
        "the handler of 'cq/s' is not there")]
    [InlineData("esp_inject({ k = 1 })", "Nothing can be injected here")]
    [InlineData("esp_sendHttp({ url = 'http://127.0.0.1:1/' })",
        "'lua-snippet a' calls esp_sendHttp, but the deployment grants no network to scripts: --script-grant network does.")]
    [InlineData("while true do end", "It ran for more than 100 million instructions.")]
    [InlineData("local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000000) .. i end", "It holds more than 256 MB.")]
    public void What_a_snippet_may_not_or_cannot_is_reported_with_its_name(string code, string why)
    {
        var run = new EngineRun(Model(
            $"<lua-snippets><lua-snippet name=\"a\"><lua-thread func=\"f\"/><code>function f() {code} end</code></lua-snippet></lua-snippets>")).Tick();
        Assert.StartsWith("lua-snippet a: ", Assert.Single(run.BadEvents), StringComparison.Ordinal);
        Assert.Contains(why, run.BadEvents[0], StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_group_no_member_asks_the_outside()
    {
        var project = EngineRun.Read(Model(
            "<lua-snippets><lua-snippet name=\"a\"><lua-thread func=\"f\"/><code>function f() esp_sendHttp({ url = 'http://x/' }) end</code>"
            + "</lua-snippet></lua-snippets>"));
        var run = new EngineRun(project with { Grants = new ScriptGrants { Network = true, IsShared = true } }).Tick();
        Assert.Contains("'lua-snippet a' calls esp_sendHttp in a failover group", Assert.Single(run.BadEvents), StringComparison.Ordinal);
    }

    [Fact]
    public void Scripts_that_set_each_other_s_properties_for_ever_are_stopped()
    {
        const string Turns = """
            <lua-snippets><lua-snippet name="a" init="begin"><lua-thread func="go"/><code><![CDATA[
            function begin() esp_addPropertyListener({ name = 'p', change = 'more' }) end
            function more(value) esp_setProperty({ name = 'p', value = value + 1 }) end
            function go() more(0) end
            ]]></code></lua-snippet></lua-snippets>
            """;
        var run = new EngineRun(Model(Turns)).Tick();
        Assert.Contains("1 calls of scripts are dropped: more than 10001 came of one evaluation", Assert.Single(run.BadEvents), StringComparison.Ordinal);
    }

    [Fact]
    public void A_window_subscribes_to_nothing()
    {
        var run = new EngineRun(Model("", """
            <window-lua name="big" events="f"><schema-string>k*:int64</schema-string><code>
            function f() esp_subscribe({ window = 's', handler = 'f' }) end</code></window-lua>
            """)).Publish("s", "i,n,1,1");
        Assert.Contains("Only snippets subscribe", Assert.Single(run.BadEvents), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<lua-thread func=\"gone\"/><code>x = 1</code>", "LS2403", "The script has no function 'gone'.")]
    [InlineData("<code>error('at once')</code>", "LS2401", "at once")]
    [InlineData("<code>function (</code>", "LS2401", "The script does not load")]
    public void A_snippet_that_does_not_load_is_a_problem(string children, string code, string why)
    {
        var project = EngineRun.Read(Model($"<lua-snippets><lua-snippet name=\"a\">{children}</lua-snippet></lua-snippets>"));
        var problem = Assert.Single(ProjectEngine.Build(project).Problems);
        Assert.Equal(code, problem.Code);
        Assert.Contains(why, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_version_takes_over_properties_and_the_state_of_snippets_whose_code_is_the_same()
    {
        var former = new EngineRun(Model(Lua, LuaFilter)).Publish("s", "i,n,1,50").Tick();
        var now = new EngineRun(Model(Lua, LuaFilter) + " ");
        now.Engine.Migrate(former.Engine, MigrationChoices.None);
        Assert.Equal(former.Engine.Digest(), now.Engine.Digest());
        now.ContinueFrom(former);
        Assert.Equal(["I,N,4,beat 2 rows 1"], now.At(2).Tick().Take("out"));

        var other = new EngineRun(Model(Lua.Replace("put('once')", "put('first')", StringComparison.Ordinal), LuaFilter));
        other.Engine.Migrate(former.Engine, MigrationChoices.None);
        other.ContinueFrom(former);
        Assert.Equal(["I,N,1,begin", "I,N,2,beat 2 rows 1", "I,N,3,first"], other.At(2).Tick().Take("out"));
    }
}
