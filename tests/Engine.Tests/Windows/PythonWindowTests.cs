using Lockstep.Contracts.Projects;
using Lockstep.Scripting;

namespace Lockstep.Engine.Tests.Windows;

/// <summary>Windows and filters in Python by tables; what scripts may not do, and their state. Needs python3 in PATH.</summary>
public sealed class PythonWindowTests
{
    private const string Schema = "<schema-string>id*:int64,v:double,s:string,a:array(dbl)</schema-string>";

    private static string Model(string code, string attributes = "index='pi_EMPTY'", string children = "") => EngineRun.Query($"""
        <window-source name="s">{Schema}</window-source>
        <window-python name="y" events="create" {attributes}>{Schema}{children}<code><![CDATA[{code}]]></code></window-python>
        """, "s>y");

    [Fact]
    public void Fields_that_the_script_does_not_set_are_copied_and_none_is_null()
    {
        var run = new EngineRun(Model("""
            def create(data, context):
                if data['id'] == 3:
                    return None
                if data['id'] == 4:
                    return [{'id': 40, 's': context['input'] + '/' + context['window']}, {'id': 41, '_opcode': 'upsert'}]
                return {'v': data.get('v', 0.5) * 2, 's': None, 'a': (1, 2.5)}
            """)).Publish("s", "i,n,1,1.5,x,[1;2]", "i,n,2,", "i,n,3,,", "i,n,4,7,z,");

        Assert.Equal(["I,N,1,3,-,[1;2.5]", "I,N,2,1,-,[1;2.5]", "I,N,40,7,s/y,-", "P,N,41,7,z,-"], run.Take("y"));
        Assert.Empty(run.BadEvents);
    }

    [Fact]
    public void With_an_index_updates_and_deletes_go_by_the_input()
    {
        var run = new EngineRun(Model("def create(data, context):\n    return {'s': context['opcode']}", attributes: ""))
            .Publish("s", "i,n,1,1,a").Publish("s", "u,n,1,2,b").Publish("s", "d,n,1");

        Assert.Equal(["I,N,1,1,insert,-", "UB,N,1,2,update,-", "D,N,1,1,insert,-", "D,N,1,2,update,-"], run.Take("y"));
    }

    [Theory]
    [InlineData("return {'v': 1 / 0}", "y:2: ZeroDivisionError: division by zero")]
    [InlineData("return {'v': 'x'}", "Field 'v' is a double; 'x' can't become one")]
    [InlineData("return {'v': object()}", "A object is no value")]
    [InlineData("return 5", "must be a table of fields")]
    [InlineData("open('/etc/passwd')", "not granted")]
    [InlineData("open('/tmp/lockstep-test', 'w')", "not granted")]
    [InlineData("import os; os.system('true')", "os.system is not allowed")]
    [InlineData("import subprocess; subprocess.run(['true'])", "is not allowed")]
    [InlineData("import socket; socket.create_connection(('127.0.0.1', 1))", "network is not granted")]
    [InlineData("import os; os.remove('/tmp/x')", "os.remove is not allowed")]
    [InlineData("import sys; sys.exit(1)", "SystemExit")]
    [InlineData("return create(data, context)", "calls itself too deep")]
    [InlineData("x = bytearray(4 << 30)", "more memory than it may")]
    public void An_error_drops_its_event_alone(string code, string why)
    {
        var run = new EngineRun(Model($"def create(data, context):\n    if data['id'] == 1: {code}\n    return {{}}"))
            .Publish("s", "i,n,1,1,a", "i,n,2,2,b");

        Assert.Equal(["I,N,2,2,b,-"], run.Take("y"));
        Assert.Contains(why, Assert.Single(run.BadEvents), StringComparison.Ordinal);
    }

    [Fact]
    public void Time_and_chance_are_the_same_on_every_member()
    {
        const string code = """
            import time, datetime, random, uuid, os
            from datetime import datetime as moment
            def create(data, context):
                return {'s': '%s %s %s %s %s' % (moment.now().isoformat(), datetime.date.today(), uuid.uuid4(), os.urandom(4).hex(), hash('x')),
                        'v': random.random(), 'a': [time.time(), isinstance(moment(2020, 1, 1), datetime.datetime)]}
            """;
        string[] Lines() => new EngineRun(Model(code)).At(5.5).Publish("s", "i,n,1", "i,n,2").Take("y");

        var lines = Lines();
        Assert.Contains("1970-01-01T00:00:05.500000 1970-01-01 ", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("[5.5;1]", lines[0], StringComparison.Ordinal);
        Assert.Equal(lines, Lines());
        Assert.NotEqual(lines[0].Split(',')[3], lines[1].Split(',')[3]);
    }

    [Fact]
    public void State_goes_on_from_a_snapshot()
    {
        var model = Model("""
            import random
            from collections import deque, Counter
            last = deque(maxlen=2)
            seen = Counter()
            class Box:
                made = 0
                def __init__(self):
                    Box.made += 1
                    self.values = []
            box = Box()
            def counter():
                n = 0
                def more():
                    nonlocal n
                    n += 1
                    return n
                return more
            more = counter()
            def create(data, context, kept=[]):
                global total
                total = globals().get('total', 0) + data['v']
                last.append(data['s']); seen[data['s']] += 1; box.values.append(total); kept.append(1); Box()
                return {'s': '%s %s' % (list(last), dict(seen)), 'v': random.random(),
                        'a': [total, more(), Box.made, len(box.values), len(kept)]}
            """);
        var run = new EngineRun(model).At(1).Publish("s", "i,n,1,1.5,a").At(2).Publish("s", "i,n,2,2,b");
        run.Take("y");
        var restored = RestoredRun.Of(run, model);

        run.At(3).Publish("s", "i,n,3,10,a");
        restored.At(3).Publish("s", "i,n,3,10,a");
        var lines = run.Take("y");
        Assert.Equal(lines, restored.Take("y"));
        Assert.Contains("['b', 'a'] {'a': 2, 'b': 1}", string.Join(',', lines), StringComparison.Ordinal);
        Assert.EndsWith("[13.5;3;4;3;3]", lines[0], StringComparison.Ordinal);
        Assert.Equal(run.Engine.Digest(), restored.Engine.Digest());
        Assert.NotEqual(run.Engine.Digest(), run.At(4).Publish("s", "i,n,4,1,a").Engine.Digest());
    }

    /// <summary>The engine goes on, and members agree, when the code itself fails: found by fuzzing.</summary>
    [Fact]
    public void Code_that_fails_when_it_is_loaded_drops_each_event_and_has_no_state()
    {
        var model = Model("nothing.here = 1\ndef create(data, context): return {}");
        var run = new EngineRun(model);
        var before = run.Engine.Digest();
        run.At(1).Publish("s", "i,n,1,1.5,a");
        var dropped = Assert.Single(run.BadEvents);
        Assert.Contains("NameError: name 'nothing' is not defined", dropped, StringComparison.Ordinal);
        Assert.Empty(run.Take("y"));
        var restored = RestoredRun.Of(run, model);
        Assert.Equal(run.Engine.Digest(), restored.Engine.Digest());
        Assert.NotEqual(0UL, before);
    }

    [Fact]
    public void A_filter_in_python_passes_what_its_function_says()
    {
        var run = new EngineRun(EngineRun.Query($$"""
            <window-source name="s">{{Schema}}</window-source>
            <window-filter name="f" func="keep"><use>v</use><code>
                def keep(event, context):
                    return event['v'] &gt; 75</code></window-filter>
            """, "s>f")).Publish("s", "i,n,1,80,a", "i,n,2,70,b", "i,n,3,,c");

        Assert.Equal(["I,N,1,80,a,-"], run.Take("f"));
        Assert.Contains("KeyError", Assert.Single(run.BadEvents), StringComparison.Ordinal);
    }

    [Fact]
    public void Modules_snippets_and_the_esp_module_work()
    {
        var run = new EngineRun("""
            <project name="p"><python-modules><python-module name="tools"><code>def twice(x): return 2 * x</code></python-module></python-modules>
            <python-snippets><python-snippet name="snip"><code>def thrice(x): return 3 * x</code></python-snippet></python-snippets>
            <contqueries><contquery name="cq"><windows>
            <window-source name="s"><schema-string>id*:int64,v:double</schema-string></window-source>
            <window-source name="t" autogen-key="true" insert-only="true"><schema-string>k*:int64,v:double</schema-string></window-source>
            <window-python name="y" events="create" init="begin" require="tools" index="pi_EMPTY"><schema-string>id*:int64,v:double</schema-string>
              <code>import esp
            import tools
            def begin():
                global offset
                offset = 100
            def create(data, context):
                esp.logMessage(logcontext=context, message='seen', level='info', line=3)
                assert esp.somethingElse(1) is None
                called = esp.call(data['v'], _pyname_='snip', _pyfunc_='thrice')
                assert called['code'] == 0 and esp.call(_pyname_='no', _pyfunc_='x')['code'] != 0
                rows = esp.query(window='s')['events']
                esp.publish(window='t', events=[{'v': len(rows)}])
                return {'v': twice(data['v']) + tools.twice(0.5) + offset + called['results']}</code></window-python>
            </windows><edges><edge source="s" target="y"/></edges></contquery></contqueries></project>
            """).Publish("s", "i,n,1,5").Publish("s", "i,n,2,6");

        Assert.Empty(run.BadEvents);
        Assert.Equal(["I,N,1,126", "I,N,2,131"], run.Take("y"));
        Assert.Equal(["I,N,0,1", "I,N,1,2"], run.Take("t"));
    }

    [Fact]
    public void Blocks_come_as_lists_and_events_are_forwarded()
    {
        var run = new EngineRun("""
            <project name="p"><contqueries><contquery name="cq"><windows>
            <window-source name="s"><schema-string>id*:int64,v:double</schema-string></window-source>
            <window-python name="y" events="create" process-blocks="true" index="pi_EMPTY"><schema-string>id*:int64,v:double</schema-string>
              <code>
            def create(data, context):
                return [{'id': e['id'], 'v': sum(x['v'] for x in data)} for e in data]</code>
              <forwarding><destinations><destination window="t" contquery="other" blocksize="2"/></destinations></forwarding></window-python>
            </windows><edges><edge source="s" target="y"/></edges></contquery>
            <contquery name="other"><windows>
            <window-source name="t" index="pi_EMPTY"><schema-string>id*:int64,v:int32,w:string</schema-string></window-source>
            </windows></contquery></contqueries></project>
            """).Publish("s", "i,n,1,5", "i,n,2,6", "i,n,3,7");

        Assert.Equal(["I,N,1,18", "I,N,2,18", "I,N,3,18"], run.Take("y"));
        Assert.Equal(["I,N,1,18,-", "I,N,2,18,-", "I,N,3,18,-"], run.Take("t"));
        Assert.Equal(["s", "y", "t", "t"], run.Order);
    }

    [Fact]
    public void A_script_that_hangs_ends_the_member()
    {
        var model = EngineRun.Read(Model("def create(data, context):\n    while True: pass"));
        var late = new EngineRun(model with { Grants = new ScriptGrants { PythonTimeout = TimeSpan.FromSeconds(2) } });
        Assert.Contains("within 2 s", Assert.Throws<ScriptProcessException>(() => late.Publish("s", "i,n,1")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Code_that_does_not_load_is_said_for_each_event()
    {
        var run = new EngineRun(Model("x = 1 / 0\ndef create(data, context):\n    return {}")).Publish("s", "i,n,1", "i,n,2");
        Assert.Equal(2, run.BadEvents.Count);
        Assert.Contains("cq/y:1: ", run.BadEvents[0], StringComparison.Ordinal);
    }
}
