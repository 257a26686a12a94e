using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;

namespace Lockstep.Engine.Tests.Windows;

/// <summary>Windows and filters in Lua by tables; limits and state of their scripts.</summary>
public sealed class LuaWindowTests
{
    private const string Schema = "<schema-string>id*:int64,v:double,s:string,a:array(dbl)</schema-string>";

    private static string Model(string code, string attributes = "index='pi_EMPTY'", string children = "", string source = "", string edges = "s>l") =>
        EngineRun.Query($"""
            <window-source name="s" {source}>{Schema}</window-source>
            <window-lua name="l" events="create" {attributes}>{Schema}{children}<code><![CDATA[{code}]]></code></window-lua>
            """, edges);

    [Theory]
    [InlineData("function twice(x) return 2 * x end", null)]
    [InlineData("function twice(x) return 2 * x", "LS2401")]
    [InlineData(null, "LS2402")]
    public void A_module_may_be_in_a_file(string? text, string? code)
    {
        var folder = Directory.CreateTempSubdirectory("module-");
        var file = Path.Combine(folder.FullName, "tools.lua");
        if (text is not null)
        {
            File.WriteAllText(file, text);
        }

        var project = EngineRun.Read(EngineRun.Query("""
            <window-source name="s" index="pi_EMPTY"><schema-string>id*:int64</schema-string></window-source>
            <window-lua name="w" index="pi_EMPTY" require="tools" events="f"><schema-string>id*:int64,y:int64</schema-string>
              <code>function f(data) return { y = twice(data.id) } end</code></window-lua>
            """, "s>w").Replace(
                "<project name=\"p\">",
                "<project name=\"p\"><lua-modules><lua-module name=\"tools\"><code file=\"tools.lua\"/></lua-module></lua-modules>",
                StringComparison.Ordinal)) with
        { Files = new ModelFileGrants { Folders = [folder.FullName] } };
        if (code is null)
        {
            Assert.Equal(["I,N,4,8"], new EngineRun(project).Publish("s", "i,n,4").Take("w"));
        }
        else
        {
            Assert.Contains(ProjectEngine.Build(project).Problems, p => p.Code == code && p.Path.EndsWith("/tools", StringComparison.Ordinal));
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public void None_of_many_events_that_are_forwarded_one_by_one_through_four_windows_is_dropped()
    {
        const int Events = 3_000;
        static string Window(string name, string source, string to) => $"""
            <window-source name="{source}" index="pi_EMPTY"><schema-string>id*:int64</schema-string></window-source>
            <window-lua name="{name}" events="f" index="pi_EMPTY"><schema-string>id*:int64</schema-string><code>function f(data) return data end</code>
              <forwarding><destinations><destination window="{to}" blocksize="1"/></destinations></forwarding></window-lua>
            """;
        var run = new EngineRun(EngineRun.Query(
            Window("l", "s", "t") + Window("m", "t", "u") + Window("n", "u", "v") + Window("o", "v", "w")
            + "<window-source name=\"w\" index=\"pi_EMPTY\"><schema-string>id*:int64</schema-string></window-source>",
            "s>l t>m u>n v>o")).Publish("s", [.. Enumerable.Range(0, Events).Select(i => $"i,n,{i}")]);

        Assert.Equal(Events, run.Take("w").Length);
        Assert.Empty(run.BadEvents);
    }

    [Fact]
    public void Fields_that_the_script_does_not_set_are_copied()
    {
        var run = new EngineRun(Model("function create(data, context) return { v = data.v * 2 } end"))
            .Publish("s", "i,n,1,1.5,x,[1;2]", "i,n,2,3,,");

        Assert.Equal(["I,N,1,3,x,[1;2]", "I,N,2,6,-,-"], run.Take("l"));
        Assert.Empty(run.BadEvents);
    }

    [Theory]
    [InlineData("<copy/>", "{ id = data.id }", "I,N,1,-,-,-")]
    [InlineData("<copy>id,s</copy>", "{ v = 7 }", "I,N,1,7,x,-")]
    [InlineData("<copy exclude='true'>s,a</copy>", "{ a = { 4, 5.5 } }", "I,N,1,1.5,-,[4;5.5]")]
    [InlineData("<use>s</use>", "{ v = data.v and 1 or 2, s = data.s .. '!' }", "I,N,1,2,x!,[1;2]")]
    public void Copy_and_use_name_fields(string children, string result, string expected)
    {
        var run = new EngineRun(Model($"function create(data, context) return {result} end", children: children))
            .Publish("s", "i,n,1,1.5,x,[1;2]");

        Assert.Equal([expected], run.Take("l"));
    }

    [Fact]
    public void A_function_gives_none_one_or_several_events()
    {
        var run = new EngineRun(Model("""
            function create(data, context)
              if data.id == 1 then return nil end
              if data.id == 2 then return { s = context.input .. '/' .. context.window } end
              return { { id = 30, s = 'a' }, { id = 31, s = 'b', _opcode = 'upsert' } }
            end
            """, children: "<copy/>")).Publish("s", "i,n,1", "i,n,3");

        Assert.Equal(["I,N,30,-,a,-", "P,N,31,-,b,-"], run.Take("l"));
        run.Publish("s", "i,n,2");
        Assert.Contains("Key field 'id' is null", Assert.Single(run.BadEvents), StringComparison.Ordinal);
    }

    [Fact]
    public void With_an_index_updates_and_deletes_go_by_the_input()
    {
        var run = new EngineRun(Model("function create(data) return { s = string.upper(data.s or 'none') } end", attributes: ""))
            .Publish("s", "i,n,1,1,a").Publish("s", "u,n,1,2,b").Publish("s", "d,n,1");

        Assert.Equal(["I,N,1,1,A,-", "UB,N,1,2,B,-", "D,N,1,1,A,-", "D,N,1,2,B,-"], run.Take("l"));
        Assert.Empty(run.BadEvents);
    }

    [Fact]
    public void An_error_drops_its_event_alone()
    {
        var run = new EngineRun(Model("function create(data) return { v = data.v + 1 } end"))
            .Publish("s", "i,n,1,1", "i,n,2,", "i,n,3,3");

        Assert.Equal(["I,N,1,2,-,-", "I,N,3,4,-,-"], run.Take("l"));
        var bad = Assert.Single(run.BadEvents);
        Assert.Contains("id=2", bad, StringComparison.Ordinal);
        Assert.Contains("arithmetic on a nil value", bad, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("while true do end", "million instructions")]
    [InlineData("while true do pcall(function() while true do end end) end", "million instructions")]
    [InlineData("table.sort({3,2,1}, function() while true do end end)", "million instructions")]
    [InlineData("('x'):gsub('x', function() while true do end end)", "million instructions")]
    [InlineData("local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end", "holds more than")]
    [InlineData("local s = ('x'):rep(1e9)", "holds more than")]
    [InlineData("local function f() return f() + 1 end f()", "holds more than")]
    [InlineData("error({})", "an error that is no text")]
    [InlineData("coroutine.yield(1)", "outside of a coroutine")]
    [InlineData("io.open('x')", "'io'")]
    [InlineData("os.execute('true')", "'execute'")]
    [InlineData("setmetatable({}, { __gc = function() end })", "finalizers")]
    [InlineData("local x = {} x.x = x return { s = x }", "nests deeper")]
    public void Limits_end_a_call_and_the_next_goes_on(string code, string why)
    {
        var model = EngineRun.Read(Model($"function create(data) if data.id == 1 then {code} end return {{}} end")) with
        {
            Grants = new ScriptGrants { MemoryMb = 16, LuaMillions = 5 },
        };
        var run = new EngineRun(model).Publish("s", "i,n,1").Publish("s", "i,n,2");

        Assert.Equal([], run.Take("l"));
        Assert.Contains(why, run.BadEvents[0], StringComparison.Ordinal);
        run = new EngineRun(EngineRun.Read(Model($"function create(data) if data.id == 1 then {code} end return {{ s = 'on' }} end")) with
        {
            Grants = new ScriptGrants { MemoryMb = 16, LuaMillions = 5 },
        }).Publish("s", "i,n,1").Publish("s", "i,n,2");
        Assert.Equal(["I,N,2,-,on,-"], run.Take("l"));
    }

    [Fact]
    public void What_differs_from_machine_to_machine_is_taken_away()
    {
        const string code = """
            local t = {}
            function create(data)
              t[data.s .. data.id] = data.id
              local keys = {}
              for k in pairs(t) do keys[#keys + 1] = k end
              return { s = table.concat(keys, ' ') .. ' ' .. tostring(t) .. string.format(' %s', print) .. ' ' .. tostring(next(t)),
                       v = math.random(1000000), a = { os.time(), esp_getSystemMicro() } }
            end
            """;
        string[] Lines() => new EngineRun(Model(code)).At(5).Publish("s", "i,n,2,,b", "i,n,1,,z", "i,n,3,,a").Take("l");

        var lines = Lines();
        Assert.Contains(",a3 b2 z1 table function a3,[5;5000000]", lines[2], StringComparison.Ordinal);
        Assert.Equal(lines, Lines());
        Assert.NotEqual(lines[0].Split(',')[3], lines[1].Split(',')[3]);
    }

    [Fact]
    public void State_goes_on_from_a_snapshot()
    {
        var model = Model("""
            local count, seen = 0, { names = {} }
            total = 0
            Counter = {}
            Counter.__index = Counter
            function Counter.new() return setmetatable({ n = 0 }, Counter) end
            function Counter:add() self.n = self.n + 1 return self.n end
            local counter = Counter.new()
            shared = seen.names
            local function note(s) seen.names[#seen.names + 1] = s return #shared end
            function create(data)
              count = count + 1
              total = total + data.v
              late = counter
              return { s = table.concat(seen.names, '+') .. ':' .. note(data.s), v = total, a = { count, counter:add(), late.n, math.random(1000) } }
            end
            """);
        var run = new EngineRun(model).At(1).Publish("s", "i,n,1,1.5,a").At(2).Publish("s", "i,n,2,2,b");
        run.Take("l");
        var restored = RestoredRun.Of(run, model);

        run.At(3).Publish("s", "i,n,3,10,c").At(4).Publish("s", "i,n,4,1,d");
        restored.At(3).Publish("s", "i,n,3,10,c").At(4).Publish("s", "i,n,4,1,d");
        var lines = run.Take("l");
        Assert.StartsWith("I,N,3,13.5,a+b:3,[3;3;3;", lines[0], StringComparison.Ordinal);
        Assert.Equal(lines, restored.Take("l"));
        Assert.Equal(run.Engine.Digest(), restored.Engine.Digest());
    }

    [Fact]
    public void The_digest_follows_the_state()
    {
        var model = Model("n = 0 function create(data) n = data.v return nil end");
        var one = new EngineRun(model).Publish("s", "i,n,1,1");
        var other = new EngineRun(model).Publish("s", "i,n,1,2");
        Assert.NotEqual(one.Engine.Digest(), other.Engine.Digest());
    }

    [Fact]
    public void A_filter_in_lua_passes_what_its_function_says()
    {
        var run = new EngineRun(EngineRun.Query($$"""
            <window-source name="s">{{Schema}}</window-source>
            <window-filter name="f"><use>v</use><code>function filter(event, context) return event.v &gt; 75 end</code></window-filter>
            """, "s>f")).Publish("s", "i,n,1,80,a", "i,n,2,70,b").Publish("s", "u,n,2,90,c").Publish("s", "u,n,1,1,d", "i,n,3,,e");

        Assert.Equal(["I,N,1,80,a,-", "I,N,2,90,c,-", "D,N,1,80,a,-"], run.Take("f"));
        Assert.Contains("attempt to compare", Assert.Single(run.BadEvents), StringComparison.Ordinal);
    }

    [Fact]
    public void Modules_come_first_and_can_be_required()
    {
        var run = new EngineRun("""
            <project name="p"><lua-modules><lua-module name="tools"><code>function twice(x) return 2 * x end</code></lua-module>
              <lua-module name="more"><code>return { once = function(x) return x end }</code></lua-module></lua-modules>
            <contqueries><contquery name="cq"><windows>
            <window-source name="s"><schema-string>id*:int64,v:double</schema-string></window-source>
            <window-lua name="l" events="create" init="begin" require="tools" index="pi_EMPTY"><schema-string>id*:int64,v:double</schema-string>
              <code>local more = require('more') local offset function begin() offset = 100 end
              function create(data) return { v = twice(data.v) + more.once(1) + offset } end</code></window-lua>
            </windows><edges><edge source="s" target="l"/></edges></contquery></contqueries></project>
            """).Publish("s", "i,n,1,5");

        Assert.Equal(["I,N,1,111"], run.Take("l"));
    }

    [Fact]
    public void The_functions_of_the_language_work()
    {
        var run = new EngineRun(Model("""
            function create(data, context)
              local parsed = esp_parseJsonFrom('s')
              esp_logMessage(context, 'seen', 'info', 3)
              esp_setProperty({ name = 'p', value = parsed.a })
              assert(esp_somethingElse({ 1 }) == nil)
              assert(esp_inject(nil))
              assert(#esp_getGuids(2) == 2 and esp_getGuids(1)[1]:match('^%x+-%x+-4%x+-%x+-%x+$'))
              local rows = esp_query({ window = 's' }).events
              esp_inject({ id = 99, v = rows[1].v })
              return { s = esp_toString({ b = { 1, 2.0 }, a = 'x' }), v = esp_getProperty({ name = 'p' }),
                       a = { esp_parseDate('2024-10-17 08:40:25', '%Y-%m-%d %H:%M:%S'), parsed.list[2], #rows } }
            end
            """, children: "<copy>id</copy>")).Publish("s", "i,n,1,2.5,{a: 4; list: [1 7]}".Replace(';', ' '));

        Assert.Equal(["""I,N,1,4,{"a":"x","b":[1,2.0]},[1729154425;7;1]""", "I,N,99,2.5,-,-"], run.Take("l"));
        Assert.Empty(run.BadEvents);
    }

    [Fact]
    public void A_heartbeat_puts_events_out_as_time_goes()
    {
        var model = Model("""
            local beats = 0
            function create(data) return nil end
            function beat(context) beats = beats + 1 return { id = beats, s = context.window } end
            """, "heartbeat='beat' index='pi_EMPTY'");
        var run = new EngineRun(model);
        Assert.Equal(1_000_000, run.Engine.NextExpiry);
        run.At(0.5).Tick().At(1).Tick().At(1.5).Tick().At(4).Tick();

        Assert.Equal(["I,N,1,-,l,-", "I,N,2,-,l,-"], run.Take("l"));
        Assert.Equal(5_000_000, RestoredRun.Of(run, model).Engine.NextExpiry);
    }

    [Fact]
    public void Events_are_published_into_source_windows()
    {
        var run = new EngineRun(EngineRun.Query($$"""
            <window-source name="s">{{Schema}}</window-source>
            <window-source name="t" autogen-key="true" insert-only="true"><schema-string>k*:int64,v:double</schema-string></window-source>
            <window-lua name="l" events="create" index="pi_EMPTY">{{Schema}}<code>
              function create(data) esp_publishAsync({ window = 't', events = { { v = data.v }, { v = -data.v } } }) return {} end</code></window-lua>
            """, "s>l")).Publish("s", "i,n,1,5").Publish("s", "i,n,2,6");

        Assert.Equal(["I,N,0,5", "I,N,1,-5", "I,N,2,6", "I,N,3,-6"], run.Take("t"));
    }

    [Theory]
    [InlineData("function create(", "LS2401")]
    [InlineData("error('no')", "LS2401")]
    [InlineData("function other() end", "LS2403")]
    public void What_does_not_load_is_reported(string code, string expected) =>
        Assert.Contains(ProjectEngine.Build(EngineRun.Read(Model(code))).Problems, p => p.Code == expected && p.Position.Line > 0);
}
