using Lockstep.TestKit;

namespace Lockstep.Engine.Tests.Fuzz;

/// <summary>Models with Python in every place that takes it, and code that does what code of a model should not.</summary>
internal static class PythonModels
{
    private const string Source = """
        <window-source name="s" autogen-key="false"><schema-string>id*:int64,text:string,v:double</schema-string></window-source>
        """;

    /// <summary>Statements that end, fill, hold up or deceive a process that lets them.</summary>
    public static readonly string[] Statements =
    [
        "while True: pass", "x = [0] * 10**9", "x = 'a' * 10**10", "x = 10 ** 10 ** 10", "import os; os._exit(3)", "raise SystemExit(1)",
        "raise KeyboardInterrupt", "import os; os.close(0)", "import os; os.close(1)", "import os; os.close(3)", "import os; os.fork()",
        "import os; os.write(3, b'xxxxxxxx')", "import sys; sys.exit()", "import sys; sys.stdout.close()", "import sys; sys.stdin = None",
        "import ctypes; ctypes.string_at(0)", "import signal; signal.alarm(1)", "import threading; threading.Thread(target=f).start()",
        "import subprocess; subprocess.run('sleep 9', shell=True)", "def f(): return f()", "f()", "import re; re.match('(a+)+$', 'a' * 40 + 'b')",
        "import gc; gc.disable()", "import sys; sys.setrecursionlimit(10**6)", "print('x' * 10**7)", "return {'id': float('nan')}",
        "return [[[]]] * 1000", "return object()", "return {'text': b'\\xff'}", "yield 1", "return lambda: 0", "global id; id = 1", "\tx = 1",
        "import esp; esp.publish(window='s', events=[{'id': 1}] * 3)", "import esp; esp.setProperty(name='a', value=1)", "x = \"\"\"", "#", "pass",
        "class A: pass", "A.x = [A]", "import marshal; marshal.loads(b'i')", "exec('x' * 10**6)", "import builtins; builtins.callable = None",
        "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 1))", "return event", "return True, {'v': 1}", "del data",
    ];

    /// <summary>The models: those of the examples, and one for each kind of script.</summary>
    public static IEnumerable<string> All =>
    [
        File.ReadAllText(Path.Combine(Checkout.Root, "docs/examples/python/model.xml")),
        Model(
            """
            <window-python name="w" events="create" heartbeat="beat" init="begin" require="tools"><schema-string>id*:int64,text:string,n:int32</schema-string>
            <code><![CDATA[
            seen = {}
            def begin():
                seen['a'] = 0
            def create(data, context):
                seen['a'] += 1
                return {'text': str(data['text']) * 2, 'n': twice(seen['a'])}
            def beat(context):
                return None
            ]]></code></window-python>
            """,
            "<python-modules><python-module name=\"tools\"><code>def twice(x): return 2 * x</code></python-module></python-modules>"),
        Model("""
            <window-filter name="w" func="keep"><use>text,v</use><code><![CDATA[
            last = 0
            def keep(event, context):
                global last
                last = event['v']
                return last is None or last > 1
            ]]></code></window-filter>
            """),
        Model("""
            <window-pattern name="w"><schema-string>key*:int64,text:string,v:double</schema-string><patterns><pattern name="one" index="text">
            <python-events><event name="first" func="first"/><event name="lower" func="lower"/></python-events>
            <logic>fby(first, lower)</logic><code output="matched"><![CDATA[
            def first(event, context):
                return True, {'v': event['v']}
            def lower(event, context):
                return event['v'] < context['data']['v']
            def matched(context):
                return {'text': context['events']['first']['text'], 'v': context['events']['lower']['v']}
            ]]></code></pattern></patterns></window-pattern>
            """),
        Model(
            "<window-copy name=\"w\"/>",
            """
            <python-snippets><python-snippet name="watch" init="begin" destroy="finish"><python-thread func="beat" interval="10"/><code><![CDATA[
            import esp
            seen = 0
            def begin():
                esp.subscribe(window='w', handler=each)
            def each(events, context):
                global seen
                seen += len(events)
            def beat():
                esp.logMessage('seen', str(seen))
            def finish():
                pass
            ]]></code></python-snippet></python-snippets>
            """),
    ];

    private static string Model(string window, string parts = "") => $"""
        <project name="p">{parts}<contqueries><contquery name="cq"><windows>{Source}{window}</windows>
        <edges><edge source="s" target="w"/></edges></contquery></contqueries></project>
        """;
}
