using System.Collections.Immutable;
using Lockstep.Connectors.Tests.Web;
using Lockstep.Contracts.Projects;

namespace Lockstep.Connectors.Tests.Scripts;

/// <summary>Publishers in Lua and Python: what they inject or give is published, and how they end.</summary>
public sealed class ScriptPublisherTests
{
    private static async Task<(List<string> Blocks, ConnectorStatus Status)> RunAsync(
        string language, string code, params (string Name, string Value)[] more) => await RunAsync(language, code, Rig.Model, more);

    private static async Task<(List<string> Blocks, ConnectorStatus Status)> RunAsync(
        string language, string code, ProjectDefinition model, params (string Name, string Value)[] more)
    {
        using var rig = new Rig();
        var properties = more.Append(("type", "pub")).Append(("code", code))
            .ToImmutableSortedDictionary(p => p.Item1, p => p.Item2, StringComparer.Ordinal);
        await using var connector = Rig.Create(
            rig.Feed, new ConnectorDefinition(language, "c", ConnectorDirection.Publish, true, properties, default), model: model);
        await connector.RunAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        return (rig.Blocks(), connector.Status);
    }

    [Fact]
    public async Task Lua_injects_until_it_says_so()
    {
        var (blocks, status) = await RunAsync("lua", """
            local id = 0
            function publish()
              id = id + 1
              local event = {}
              event.id = id
              event.name = 'n' .. id
              if esp_inject(event) == false then return true end
              return id == 3
            end
            """, ("interval", "1 milliseconds"));

        Assert.Equal(["Upsert 1 n1", "Upsert 2 n2", "Upsert 3 n3"], blocks);
        Assert.Equal((ConnectorState.Finished, 3L), (status.State, status.EventsOut));
    }

    [Fact]
    public async Task Lua_injects_lists_csv_and_opcodes()
    {
        var (blocks, _) = await RunAsync("lua", """
            function begin() esp_inject({ id = 9, name = 'init' }) end
            function go()
              esp_inject({ { id = 1 }, { id = 2, name = 'b', _opcode = 'delete' } }, { opcode = 'insert' })
              esp_injectCsv('i,n,3,c\nd,n,4,d')
              esp_injectCsv('5,e')
              esp_inject(nil)
              return true
            end
            function stop() esp_inject({ id = 10, name = tostring(esp_getSystemMicro() > 1e15) }) end
            """, ("init", "begin"), ("publish", "go"), ("destroy", "stop"));

        Assert.Equal(["Upsert 9 init", "Insert 1 ;Delete 2 b", "Insert 3 c;Delete 4 d", "Insert 5 e", "Upsert 10 true"], blocks);
    }

    [Fact]
    public async Task Python_gives_events_and_done()
    {
        var (blocks, status) = await RunAsync("python", """
            n = 0
                def publish():
                    global n
                    n += 1
                    event = {'id': n, 'name': 'n%d' % n}
                    return {'events': event if n < 3 else [event, {'id': 100}], 'done': n == 3}
            """);

        Assert.Equal(["Upsert 1 n1", "Upsert 2 n2", "Upsert 3 n3;Upsert 100 "], blocks);
        Assert.Equal(ConnectorState.Finished, status.State);
    }

    [Theory]
    [InlineData("lua", "local n = 0 function publish() n = n + 1 return { id = n } end")]
    [InlineData("python", "n = 0\ndef publish():\n    global n\n    n += 1\n    return {'events': {'id': n}}")]
    public async Task Maxevents_ends_it(string language, string code) =>
        Assert.Equal(["Upsert 1 ", "Upsert 2 "], (await RunAsync(language, code, ("maxevents", "2"))).Blocks);

    [Fact]
    public async Task Without_interval_it_ends_when_nothing_comes() =>
        Assert.Equal(ConnectorState.Finished, (await RunAsync("lua", "function publish() end")).Status.State);

    [Theory]
    [InlineData("lua", """
        function publish()
          local rows = esp_sendHttp({ url = '{URL}', data = 'ask', headers = { ['X-Who'] = 'me', ['Content-Type'] = 'text/csv' }, tolua = true })
          esp_inject({ id = rows[1], name = esp_sendHttp({ url = '{URL}' }) })
          return true
        end
        """)]
    [InlineData("python", """
        import esp
        def publish():
            rows = esp.sendHttp(url='{URL}', data='ask', headers={'X-Who': 'me', 'Content-Type': 'text/csv'}, tolua=True)
            return {'events': {'id': rows[0], 'name': esp.sendHttp(url='{URL}')}, 'done': True}
        """)]
    public async Task A_request_is_sent_where_the_network_is_granted(string language, string code)
    {
        List<string> asked = [];
        await using var server = new StubServer(async context =>
        {
            var request = context.Request;
            using var reader = new StreamReader(request.InputStream);
            var body = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
            asked.Add($"{request.HttpMethod} {request.Headers["X-Who"]} {request.ContentType} {body}");
            await context.Response.OutputStream.WriteAsync("[7]"u8.ToArray(), TestContext.Current.CancellationToken);
            context.Response.Close();
        });
        code = code.Replace("{URL}", $"http://127.0.0.1:{server.Port}/", StringComparison.Ordinal);
        Assert.Contains("grants no network", (await RunAsync(language, code)).Status.Reason, StringComparison.Ordinal);
        var granted = Rig.Model with { Grants = new ScriptGrants { Network = true } };
        Assert.Equal(["Upsert 7 [7]"], (await RunAsync(language, code, granted)).Blocks);
        Assert.Equal(["POST me text/csv ask", "GET   "], asked);
    }

    [Fact]
    public async Task Properties_of_a_connector_are_its_own_and_listeners_hear_of_them_after_the_call()
    {
        var (blocks, _) = await RunAsync("lua", """
            function begin() esp_addPropertyListener({ name = 'p', init = 1, change = 'heard' }) end
            function heard(value, old) esp_inject({ id = value, name = tostring(old) }) end
            function publish()
              esp_setProperty({ name = 'p', value = 2 })
              esp_inject({ id = 0, name = 'set to ' .. esp_getProperty('p') })
              return true
            end
            """, ("init", "begin"));
        Assert.Equal(["Upsert 0 set to 2", "Upsert 1 nil", "Upsert 2 1"], blocks);
    }

    [Theory]
    [InlineData("lua", "function publish() error('no more') end", "no more")]
    [InlineData("lua", "function publish(", "expected")]
    [InlineData("lua", "x = 1", "no function 'publish'")]
    [InlineData("lua", "function publish() esp_inject({ id = 'x' }) end", "Field 'id' can't become a int64")]
    [InlineData("python", "def publish():\n    return 1 / 0", "ZeroDivisionError")]
    public async Task A_script_that_fails_is_a_failed_connector(string language, string code, string why)
    {
        var (_, status) = await RunAsync(language, code);
        Assert.Equal(ConnectorState.Failed, status.State);
        Assert.Contains(why, status.Reason, StringComparison.Ordinal);
    }
}
