using Lockstep.Contracts.Projects;
using Lockstep.TestKit;

namespace Lockstep.Connectors.Tests.Web;

/// <summary>url publishers against a server on loopback: answers become events by the functions of the configuration.</summary>
public sealed class UrlPublisherTests : IDisposable
{
    private const string Loop = """
        <generate>0</generate><opcode>upsert</opcode>
        <event-loops><event-loop-json name='loop'><use-json>#_content</use-json><json>$.list</json>
          <function-context><functions><function name='id'>json(#_context,'id')</function>
            <function name='name'>json(#_context,'weather.description')</function></functions></function-context>
        </event-loop-json></event-loops>
        """;

    private readonly TempFolder _folder = new();
    private readonly Rig _rig = new();

    public void Dispose()
    {
        _rig.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Answers_become_blocks_and_the_publisher_ends_after_as_many_events_as_asked_for()
    {
        var round = 0;
        await using var server = StubServer.Texts(_ => (200, $$"""
            {"list":[{"id":{{++round}}1,"weather":[{"description":"snow"},{"description":"mist"}]},{"id":{{round}}2,"weather":[]}]}
            """));
        var path = _folder.At("config.xml");
        await File.WriteAllTextAsync(path, Config($"http://127.0.0.1:{server.Port}/find?APPID=@APPID@&u=1", Loop), TestContext.Current.CancellationToken);
        var connector = _rig.PublisherOf("url",
            ("configUrl", $"file://{path}"), ("properties", "APPID=x=1;OTHER=2"), ("interval", "20 milliseconds"), ("maxevents", "3"));

        Assert.False(connector.IsEndless);
        await connector.RunAsync(CancellationToken.None);

        Assert.Equal(["Upsert 11 snow,mist;Upsert 12 ", "Upsert 21 snow,mist"], _rig.Blocks());
        Assert.Equal((ConnectorState.Finished, 3), (connector.Status.State, connector.Status.EventsOut));
        Assert.Equal(["GET /find?APPID=x=1&u=1", "GET /find?APPID=x=1&u=1"], server.Asked);
    }

    [Fact]
    public async Task A_configuration_in_the_model_may_compute_addresses_and_send_headers()
    {
        await using var server = StubServer.Texts(url => (200, $"<r><i>7</i><n>{url}</n></r>"));
        var connector = _rig.PublisherOf("url", ("maxevents", "2"), ("blocksize", "1"), ("publishwithupsert", "true"), ("config", $"""
            <url-publishers><url-publisher name='p'><requests>
              <request name='one'><url>string('http://127.0.0.1:{server.Port}/',concat('a','b'))</url>
                <headers><header name='X-Key'>secret</header></headers></request>
              <request name='two' method='post'><url>http://127.0.0.1:{server.Port}/two</url><body>text</body></request></requests>
              <function-context><properties><property-xml name='x'>#_content</property-xml></properties><functions>
                <function name='id'>xpath(#x,'i')</function><function name='name'>xpath(#_content,'//n')</function>
              </functions></function-context></url-publisher></url-publishers>
            """));

        await connector.RunAsync(CancellationToken.None);

        Assert.Equal(["Upsert 7 /ab", "Upsert 7 /two"], _rig.Blocks());
        Assert.Equal(["GET /ab secret", "POST /two"], server.Asked);
    }

    [Fact]
    public async Task A_server_that_fails_is_shown_and_asked_again()
    {
        var isUp = false;
        await using var server = StubServer.Texts(_ => isUp ? (200, "{\"list\":[{\"id\":1}]}") : (503, "later"));
        using var stop = new CancellationTokenSource();
        var connector = _rig.PublisherOf("url",
            ("config", Config($"http://127.0.0.1:{server.Port}/x?key=secret", Loop)), ("interval", "20 ms"));
        Assert.True(connector.IsEndless);
        var running = connector.RunAsync(stop.Token);
        await Eventually.TrueAsync(() => connector.Status.Reason?.Contains("/x answers 503", StringComparison.Ordinal) == true,
            state: () => connector.Status);
        Assert.DoesNotContain("secret", connector.Status.Reason, StringComparison.Ordinal);
        isUp = true;
        await Eventually.TrueAsync(() => _rig.Blocks().Contains("Upsert 1 "), state: () => connector.Status);
        await stop.CancelAsync();
        await running;
        Assert.Equal((ConnectorState.Stopped, null), (connector.Status.State, connector.Status.Reason));
    }

    [Theory]
    [InlineData("", ProblemCode.MissingProperty, "'configUrl' is missing")]
    [InlineData("/nowhere/config.xml", ProblemCode.InvalidUrlConfig, "cannot be read")]
    [InlineData("http://host/config.xml", ProblemCode.InvalidUrlConfig, "only files")]
    [InlineData("<url-connector/>", ProblemCode.InvalidUrlConfig, "no publisher")]
    [InlineData("<url-connector>", ProblemCode.MalformedXml, "not well-formed")]
    [InlineData("<p><requests><request/></requests></p>", ProblemCode.InvalidUrlConfig, "needs <url>")]
    [InlineData("<p><generate>1</generate></p>", ProblemCode.InvalidUrlConfig, "has no request")]
    [InlineData("<p><requests><request><url>nosuch(1)</url></request></requests></p>", "LS2202", "line 1, column 28")]
    public void A_mistake_is_found_before_anything_starts(string config, string code, string message)
    {
        var model = $"""
            <project name='p'><contqueries><contquery name='q'><windows><window-source name='w'>
            <schema-string>id*:int64,name:string</schema-string><connectors><connector class='url' name='c'><properties>
            <property name='type'>pub</property><property name='configUrl'><![CDATA[{config}]]></property></properties></connector></connectors>
            </window-source></windows></contquery></contqueries></project>
            """;
        var read = ProjectXmlReader.Read(model);
        Assert.Empty(read.Problems);
        var problem = Assert.Single(ConnectorCatalog.Check(read.Project!, Substitutions.None));
        Assert.Equal((code, ProblemSeverity.Error), (problem.Code, problem.Severity));
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_configuration_that_stands_in_the_connector_is_read_with_its_own_values()
    {
        var read = ProjectXmlReader.Read($"""
            <project name='p'><contqueries><contquery name='q'><windows><window-source name='w'>
            <schema-string>id*:int64,name:string</schema-string><connectors><connector class='url' name='c'>
            {Config("http://host/@KEY@", Loop)}<properties>
            <property name='type'>pub</property><property name='properties'>KEY=@appid@</property></properties></connector></connectors>
            </window-source></windows></contquery></contqueries></project>
            """, new ProjectReadOptions { Tokens = new Dictionary<string, string> { ["appid"] = "k7" }, TokensRequired = true });

        Assert.Empty(read.Problems);
        Assert.Empty(ConnectorCatalog.Check(read.Project!, Substitutions.None));
        Assert.Contains("http://host/k7", read.Project!.ContinuousQueries[0].Windows[0].Connectors[0].Properties["config"], StringComparison.Ordinal);
        var again = ProjectXmlReader.Read(ProjectXmlWriter.Write(read.Project!));
        Assert.Empty(again.Problems);
    }

    private static string Config(string url, string rest) => $"""
        <url-connector><url-publishers><url-publisher name='weather'>
          <requests><request name="weather"><url><![CDATA[{url}]]></url></request></requests>
          {rest}
        </url-publisher></url-publishers></url-connector>
        """;
}
