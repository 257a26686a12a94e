using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.TestKit;

namespace Lockstep.Connectors.Tests.Scripts;

/// <summary>Subscribers in Lua and Python: their function gets the events of each block in order, as maps that carry opcodes.</summary>
public sealed class ScriptSubscriberTests
{
    private const string LuaPrint = """
        local count = 0
        function begin() print('begin') end
        function subscribe(events, context)
          for _, event in ipairs(events) do
            count = count + 1
            print(count, event._opcode, event.id, event.name)
          end
          print(context.query .. '/' .. context.window)
        end
        function finish() print('end', count) end
        """;

    private const string PythonPrint = """
        import esp
        count = 0
        def begin():
            esp.logMessage(message='begin')
        def subscribe(events, context):
            global count
            for event in events:
                count += 1
                esp.logMessage(message='\t'.join([str(count), event['_opcode'], str(event['id']), str(event.get('name', 'nil'))]))
            esp.logMessage(message=context['query'] + '/' + context['window'])
        def finish():
            esp.logMessage(message='end\t%d' % count)
        """;

    private static ISubscriber Create(Rig rig, LogText log, string language, string code, bool isShared, params (string Name, string Value)[] more)
    {
        var properties = more.Append(("type", "sub")).Append(("code", code))
            .ToImmutableSortedDictionary(p => p.Item1, p => p.Item2, StringComparer.Ordinal);
        return (ISubscriber)Rig.Create(
            rig.Feed, new ConnectorDefinition(language, "c", ConnectorDirection.Subscribe, true, properties, default), isShared, loggers: log);
    }

    private static IEnumerable<string> Printed(LogText log) => log.Lines
        .Where(l => l.StartsWith("p/q/w/c: script info: ", StringComparison.Ordinal)).Select(l => l["p/q/w/c: script info: ".Length..]);

    [Theory]
    [InlineData("lua", LuaPrint)]
    [InlineData("python", PythonPrint)]
    public async Task Events_come_in_order_with_their_opcodes_and_all_of_them_before_the_end(string language, string code)
    {
        using var rig = new Rig();
        using var log = new LogText();
        using var stop = new CancellationTokenSource();
        await using var connector = Create(rig, log, language, code, isShared: false, ("init", "begin"), ("destroy", "finish"), ("rmretdel", "true"));
        var run = connector.RunAsync(stop.Token);
        connector.Take(Rig.Block((Opcode.Insert, EventFlags.None, 1, "a"), (Opcode.Insert, EventFlags.None, 2, "b")));
        connector.Take(Rig.Block(
            (Opcode.UpdateBlock, EventFlags.None, 1, "c"), (Opcode.Delete, EventFlags.None, 1, "a"),
            (Opcode.Delete, EventFlags.Retention, 1, "c"), (Opcode.Delete, EventFlags.None, 2, "b")));
        connector.Take(Rig.Block((Opcode.Delete, EventFlags.Retention, 1, "c")));
        await stop.CancelAsync();
        await run.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(
            ["begin", "1\tinsert\t1\ta", "2\tinsert\t2\tb", "q/w", "3\tupdate\t1\tc", "4\tdelete\t2\tb", "q/w", "end\t4"], Printed(log));
        Assert.Equal((ConnectorState.Stopped, 4L, 4L), (connector.Status.State, connector.Status.EventsIn, connector.Status.EventsOut));
    }

    [Theory]
    [InlineData("lua", "function subscribe(events) error('no more') end", "no more 2 events")]
    [InlineData("lua", "function subscribe(events) esp_inject({ id = 1 }) end", "no window to put events into")]
    [InlineData("lua", "function subscribe(events) esp_publishAsync({ window = 'w', events = {} }) end", "can't publish")]
    [InlineData("lua", "function subscribe(events) esp_query({ window = 'w' }) end", "can't query")]
    [InlineData("lua", "x = 1", "no function 'subscribe'")]
    [InlineData("lua", "function subscribe(", "expected")]
    [InlineData("python", "def subscribe(events, context):\n    return 1 / 0", "ZeroDivisionError")]
    public async Task A_script_that_fails_is_a_failed_connector(string language, string code, string why)
    {
        using var rig = new Rig();
        using var log = new LogText();
        await using var connector = Create(rig, log, language, code, isShared: false);
        var run = connector.RunAsync(TestContext.Current.CancellationToken);
        connector.Take(Rig.Block((Opcode.Insert, EventFlags.None, 1, "a"), (Opcode.Insert, EventFlags.None, 2, "b")));
        await run.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(ConnectorState.Failed, connector.Status.State);
        Assert.Contains(why, connector.Status.Reason, StringComparison.Ordinal);
        connector.Take(Rig.Block((Opcode.Insert, EventFlags.None, 3, "c")));
    }

    [Fact]
    public async Task In_a_group_a_member_that_is_given_nothing_loads_nothing()
    {
        using var rig = new Rig();
        using var log = new LogText();
        using var stop = new CancellationTokenSource();
        await using var standby = Create(rig, log, "lua", LuaPrint, isShared: true, ("init", "begin"), ("destroy", "finish"));
        await using var active = Create(rig, log, "lua", LuaPrint, isShared: true, ("init", "begin"), ("destroy", "finish"));
        var runs = Task.WhenAll(standby.RunAsync(stop.Token), active.RunAsync(stop.Token));
        active.Take(Rig.Block((Opcode.Insert, EventFlags.None, 1, "a")));
        await Eventually.TrueAsync(() => active.Status.EventsOut == 1, state: () => active.Status);
        await stop.CancelAsync();
        await runs.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(["begin", "1\tinsert\t1\ta", "q/w", "end\t1"], Printed(log));
        Assert.Equal(ConnectorState.Stopped, standby.Status.State);
    }
}
