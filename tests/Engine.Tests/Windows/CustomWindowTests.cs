using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;

namespace Lockstep.Engine.Tests.Windows;

/// <summary>Windows of kinds that are written as scripts: maps, settings, heartbeats, state, and what is said of mistakes.</summary>
public sealed class CustomWindowTests
{
    private const string Schema = "<schema-string>id*:int64,a:double,b:double</schema-string>";

    private const string Lua = """
        local count, step = 0, 1
        function init(settings) step = tonumber(settings.step) end
        function create(data, context)
          count = count + step
          return { x = data.y, y = data.x, n = count }
        end
        function heartbeat(context) return { id = -count, x = 0, y = 0, n = 0 } end
        """;

    private const string Python = """
        count = 0
        step = 1
        def init(settings):
            global step
            step = int(settings["step"])
        def create(data, context):
            global count
            count += step
            return {"x": data["y"], "y": data["x"], "n": count}
        def heartbeat(context):
            return [{"id": -count, "x": 0, "y": 0, "n": 0}]
        """;

    private static string Model(string plugin) => EngineRun.Query($"""
        <window-source name="s">{Schema}</window-source>
        <window-custom name="c" type="swap" index="pi_EMPTY"><schema-string>id*:int64,a:double,b:double,n:int64</schema-string>{plugin}</window-custom>
        """, "s>c");

    private static string Plugin(string code) => $"""
        <plugin><code><![CDATA[{code}]]></code>
        <input-map><properties><property name="x">a</property><property name="y">b</property><property name="z"/></properties></input-map>
        <output-map><properties><property name="x">a</property><property name="y">b</property></properties></output-map>
        <initialization><properties><property name="step">10</property></properties></initialization></plugin>
        """;

    [Theory]
    [InlineData(Lua)]
    [InlineData(Python)]
    public void Maps_join_names_of_the_script_with_fields(string code)
    {
        var model = Model(Plugin(code));
        var run = new EngineRun(model).At(0.1).Publish("s", "i,n,1,1,2", "i,n,2,3,4");
        Assert.Equal(["I,N,1,2,1,10", "I,N,2,4,3,20"], run.Take("c"));

        run = RestoredRun.Of(run, model).At(1.2).Tick();
        Assert.Equal(["I,N,-20,0,0,0"], run.Take("c"));
        run.Publish("s", "i,n,3,5,6");
        Assert.Equal(["I,N,3,6,5,30"], run.Take("c"));
        Assert.Empty(run.BadEvents);
    }

    [Fact]
    public void Code_may_be_in_a_file_of_a_granted_folder()
    {
        var folder = Directory.CreateTempSubdirectory("custom");
        File.WriteAllText(Path.Combine(folder.FullName, "own.lua"), "function create(data) return { n = 7 } end");
        var project = EngineRun.Read(Model("""<plugin code="own.lua"/>""")) with
        {
            Files = new ModelFileGrants { Folders = [folder.FullName] },
        };
        var run = new EngineRun(project).Publish("s", "i,n,1,1,2");
        Assert.Equal(["I,N,1,1,2,7"], run.Take("c"));
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("""<plugin code="nowhere.lua"/>""", "LS2402", "nowhere.lua")]
    [InlineData("<plugin><code>function create( end</code></plugin>", "LS2401", "cq/c")]
    public void What_does_not_load_is_a_problem_of_the_window(string plugin, string code, string said)
    {
        var built = ProjectEngine.Build(EngineRun.Read(Model(plugin)));
        Assert.Null(built.Engine);
        var problem = Assert.Single(built.Problems);
        Assert.Equal(code, problem.Code);
        Assert.Contains(said, problem.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("input-map", "nothing")]
    [InlineData("output-map", "nothing")]
    public void A_map_must_name_fields_that_are_there(string map, string field)
    {
        var plugin = $"""<plugin code="f.lua"><{map}><properties><property name="x">{field}</property></properties></{map}></plugin>""";
        var problem = Assert.Single(ProjectValidator.Validate(EngineRun.Read(Model(plugin))));
        Assert.Equal("LS1069", problem.Code);
        Assert.Contains($"'{field}'", problem.Message, StringComparison.Ordinal);
    }
}
