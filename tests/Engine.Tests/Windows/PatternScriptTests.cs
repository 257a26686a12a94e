namespace Lockstep.Engine.Tests.Windows;

/// <summary>Patterns whose events functions in Lua or Python test.</summary>
public sealed class PatternScriptTests
{
    private const string Lua = """
        <lua-events><event name="first" func="first"/><event name="lower" func="lower"/></lua-events>
        <logic>fby(first, is:2(lower))</logic>
        <code output="matched"><![CDATA[
        seen = 0
        function first(event, context) return true, { price = event.price } end
        function lower(event, context)
          seen = seen + 1
          return event.price < context.data.price, { price = event.price, list = { 1, 'x' } }
        end
        function matched(context)
          local prices = { context.events.first.price }
          for _, e in ipairs(context.events.lower) do prices[#prices + 1] = e.price end
          prices[#prices + 1] = seen
          return { symbol = context.events.first.symbol .. context.data.list[2], prices = prices }
        end]]></code>
        """;

    private const string Python = """
        <python-events><event name="first" func="first"/><event name="lower" func="lower"/></python-events>
        <logic>fby(first, is:2(lower))</logic>
        <code output="matched"><![CDATA[
        seen = 0
        def first(event, context):
            return True, {'price': event['price']}
        def lower(event, context):
            global seen
            seen += 1
            if event['price'] < context['data']['price']:
                return True, {'price': event['price'], 'list': [1, 'x']}
            return False
        def matched(context):
            prices = [context['events']['first']['price']] + [e['price'] for e in context['events']['lower']] + [seen]
            return {'symbol': context['events']['first']['symbol'] + context['data']['list'][1], 'prices': prices}
        ]]></code>
        """;

    private static string Model(string pattern) => EngineRun.Query($"""
        <window-source name="s" autogen-key="true" insert-only="true"><schema-string>id*:int64,symbol:string,price:double</schema-string></window-source>
        <window-pattern name="p"><schema-string>key*:int64,symbol:string,prices:array(dbl)</schema-string>
          <patterns><pattern name="one" index="symbol">{pattern}</pattern></patterns></window-pattern>
        """, "s>p");

    [Theory]
    [InlineData(Lua)]
    [InlineData(Python)]
    public void Functions_see_data_and_matched_events_of_their_instance(string pattern)
    {
        var model = Model(pattern);
        var run = new EngineRun(model).Publish("s", "i,n,0,ibm,97.5", "i,n,0,ibm,57", "i,n,0,sas,50");
        var restored = RestoredRun.Of(run, model);
        foreach (var one in new[] { run, restored })
        {
            one.At(5).Publish("s", "i,n,0,ibm,40", "i,n,0,sas,60", "i,n,0,ibm,30");
            Assert.Equal(["I,N,0,ibmx,[97.5;57;40;2]", "I,N,1,ibmx,[57;40;30;5]"], one.Take("p"));
            Assert.Empty(one.BadEvents);
        }

        Assert.Equal(run.Engine.Digest(), restored.Engine.Digest());
    }

    [Fact]
    public void A_test_that_fails_does_not_match_and_is_reported()
    {
        var run = new EngineRun(Model("""
            <lua-events><event name="a" func="a"/></lua-events><logic>a</logic>
            <code output="o">function a(event) return event.price + 1 > 0 end function o(context) return { prices = 'x' } end</code>
            """.Replace(" > ", " &gt; ", StringComparison.Ordinal))).Publish("s", "i,n,0,ibm,").Publish("s", "i,n,0,ibm,1");

        Assert.Equal([], run.Take("p"));
        Assert.Contains("arithmetic on a nil value", run.BadEvents[0], StringComparison.Ordinal);
        Assert.Contains("Field 'prices' is a array(dbl)", run.BadEvents[1], StringComparison.Ordinal);
    }
}
