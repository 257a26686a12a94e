using Lockstep.Engine.Execution;

namespace Lockstep.Engine.Tests.Windows;

/// <summary>Windows that call Python functions of mas-modules by the names of parameters and results.</summary>
public sealed class MasWindowTests
{
    private static string Model(string window, string code = """
        total = 0
        def score(x, missing, id):
            "Output: sum, twice"
            global total
            total += x
            return total, 2 * x

        def other(x):
            '''Gives one.
            Output: twice
            '''
            return -x
        """) => $"""
        <project name="p"><mas-modules><mas-module module="m" language="python" func-names="score"><code><![CDATA[{code}]]></code></mas-module></mas-modules>
        <contqueries><contquery name="cq"><windows>
        <window-source name="s"><schema-string>id*:int64,x:double</schema-string></window-source>
        <window-source name="t"><schema-string>id*:int64,x:double</schema-string></window-source>
        {window}</windows><edges><edge source="s t" target="w"/></edges></contquery></contqueries></project>
        """;

    private const string Schema = "<schema-string>id*:int64,x:double,sum:double,twice:int32</schema-string>";

    [Theory]
    [InlineData("<window-calculate name='w' algorithm='MAS' index='pi_EMPTY'>", "</window-calculate>")]
    [InlineData("<window-procedural name='w' index='pi_EMPTY'>", "</window-procedural>")]
    public void A_function_gets_fields_and_names_its_results(string begin, string end)
    {
        var model = Model($"""
            {begin}{Schema}<mas-map><window-map module="m" revision="0" source="s" function="score"/>
              <window-map module="m" source="t" function="other"/></mas-map>{end}
            """);
        var run = new EngineRun(model).Publish("s", "i,n,1,5").Publish("t", "i,n,2,7");
        Assert.Equal(["I,N,1,5,5,10", "I,N,2,7,-,-7"], run.Take("w"));
        Assert.Empty(run.BadEvents);
        Assert.Equal(["I,N,3,1,6,2"], RestoredRun.Of(run, model).Publish("s", "i,n,3,1").Take("w"));
    }

    [Fact]
    public void An_unknown_module_is_reported() => Assert.Contains(
        ProjectEngine.Build(EngineRun.Read(Model($"""
            <window-procedural name='w'>{Schema}<mas-map><window-map module="no" function="f"/></mas-map></window-procedural>
            """))).Problems,
        p => p.Code == "LS2401" && p.Message.Contains("no mas-module 'no'", StringComparison.Ordinal));
}
