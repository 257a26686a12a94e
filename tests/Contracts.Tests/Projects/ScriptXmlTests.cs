using Lockstep.Contracts.Projects;

namespace Lockstep.Contracts.Tests.Projects;

/// <summary>What script windows, filters and modules read from a model, and what is said of mistakes.</summary>
public sealed class ScriptXmlTests
{
    private static ProjectReadResult Read(string window) => ProjectXmlReader.Read(Small.Query(window, "<edge source='s' target='w'/>"));

    private static T Window<T>(string window)
        where T : WindowDefinition
    {
        var read = Read(window);
        Assert.Empty(read.Problems);
        return (T)read.Project!.ContinuousQueries[0].Windows[1];
    }

    [Fact]
    public void A_window_reads_its_script_and_fields()
    {
        var window = Window<ScriptWindowDefinition>("""
            <window-lua name='w' events='create' init='begin' require='a, b' heartbeat='beat'><schema-string>id*:int64,x:double</schema-string>
              <copy exclude='true'><![CDATA[x , y]]></copy><use> id,x </use><code>
              function create() end</code></window-lua>
            """);

        Assert.Equal(("lua", "create", "beat", "begin"), (window.Kind, window.Events, window.Heartbeat, window.Script.Init));
        Assert.Equal("function create() end", window.Script.Code.Text);
        Assert.Equal(["a", "b"], window.Script.Require);
        Assert.Equal(["id", "x"], window.Script.Use!.Value);
        Assert.True(window.Copy.Has("id"));
        Assert.False(window.Copy.Has("y"));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("<copy/>", false)]
    [InlineData("<copy>x</copy>", true)]
    [InlineData("<copy exclude='true'>x</copy>", false)]
    public void Copy_says_what_is_copied(string copy, bool copiesX) => Assert.Equal(copiesX, Window<ScriptWindowDefinition>($"""
        <window-lua name='w' events='f'><schema-string>id*:int64,x:double</schema-string>{copy}<code>function f() end</code></window-lua>
        """).Copy.Has("x"));

    [Theory]
    [InlineData("function filter(event, context) return true end", ScriptLanguage.Lua)]
    [InlineData("-- def is a word\nlocal x = 1\nfunction filter() end", ScriptLanguage.Lua)]
    [InlineData("import esp\ndef filter(event, context):\n    return True", ScriptLanguage.Python)]
    [InlineData("from math import pi\nlimit = 3", ScriptLanguage.Python)]
    public void The_language_of_a_filter_shows_in_its_code(string code, ScriptLanguage language)
    {
        var window = Window<ScriptFilterWindowDefinition>($"<window-filter name='w'><code><![CDATA[{code}]]></code></window-filter>");
        Assert.Equal((language, "filter"), (window.Script.Language, window.Function));
    }

    [Theory]
    [InlineData("f.py", ScriptLanguage.Python)]
    [InlineData("f.lua", ScriptLanguage.Lua)]
    public void The_language_of_a_filter_in_a_file_shows_in_its_name(string file, ScriptLanguage language)
    {
        var script = Window<ScriptFilterWindowDefinition>($"<window-filter name='w'><code file='{file}'/></window-filter>").Script;
        Assert.Equal((language, file), (script.Language, script.File));
    }

    [Fact]
    public void Modules_and_snippets_may_be_in_files()
    {
        const string Xml = """
            <project name="p"><lua-modules><lua-module name="a"><code file="@LIB@/a.lua"/></lua-module></lua-modules>
              <lua-snippets><lua-snippet name="b"><code file="b.lua"/></lua-snippet></lua-snippets>
              <python-modules><python-module name="c"><code file="c.py"/></python-module></python-modules>
              <mas-modules><mas-module module="d" language="python"><code file="d.py"/></mas-module></mas-modules>
              <contqueries><contquery name="q"><windows><window-source name="s"><schema-string>id*:int64</schema-string></window-source></windows>
              </contquery></contqueries></project>
            """;
        var read = ProjectXmlReader.Read(Xml, new ProjectReadOptions { Tokens = new Dictionary<string, string> { ["LIB"] = "lib" } });
        Assert.Empty(read.Problems);
        Assert.Equal(["lib/a.lua", "b.lua", "c.py", "d.py"], read.Project!.Modules.Select(m => m.File));
        Assert.Equal(read.Project.Modules, ProjectXmlReader.Read(ProjectXmlWriter.Write(read.Project)).Project!.Modules, SameModule);

        static bool SameModule(ScriptModuleDefinition a, ScriptModuleDefinition b) =>
            (a.Language, a.Name, a.File, a.IsSnippet, a.IsMas) == (b.Language, b.Name, b.File, b.IsSnippet, b.IsMas);
    }

    [Fact]
    public void Mas_modules_of_a_query_are_read_with_and_without_a_project_around_it()
    {
        const string Query = """
            <contquery name="q"><mas-modules><mas-module module="d" language="python"><code>def f(x): "Output: y"</code></mas-module></mas-modules>
              <windows><window-source name="s"><schema-string>id*:int64</schema-string></window-source></windows></contquery>
            """;
        foreach (var text in new[] { Query, $"<project name='p'><contqueries>{Query}</contqueries></project>" })
        {
            var module = Assert.Single(ProjectXmlReader.Read(text).Project!.Modules);
            Assert.Equal(("d", true), (module.Name, module.IsMas));
        }
    }

    [Fact]
    public void Blanks_in_front_of_python_are_taken_from_all_lines()
    {
        var window = Window<ScriptWindowDefinition>(
            "<window-python name='w' events='f'><schema-string>id*:int64</schema-string>"
            + "<code>\n    def f(a, b):\n        return a\n\n    x = 1</code></window-python>");
        Assert.Equal("def f(a, b):\n    return a\n\nx = 1", window.Script.Code.Text);
    }

    [Theory]
    [InlineData("<window-lua name='w' events='f'><schema-string>id*:int64</schema-string></window-lua>", ProblemCode.MissingScript, "in <code>")]
    [InlineData("<window-lua name='w'><schema-string>id*:int64</schema-string><code>x()</code></window-lua>", ProblemCode.Missing, "'events'")]
    public void A_missing_part_is_reported(string window, string code, string message)
    {
        var problem = Assert.Single(Read(window).Problems);
        Assert.Equal(code, problem.Code);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("require='no'", "", ProblemCode.UnknownModule, "module 'no'")]
    [InlineData("", "<use>z</use>", ProblemCode.UnknownScriptField, "field 'z'")]
    [InlineData("", "<use expand='true'>x</use>", ProblemCode.PartIgnored, "expand='true'")]
    [InlineData("", "<forwarding><destinations><destination window='w'/></destinations></forwarding>", ProblemCode.UnknownDestination, "'cq/w'")]
    public void The_validator_compares_with_the_project(string attributes, string children, string code, string message)
    {
        var read = Read($"""
            <window-python name='w' events='f' {attributes}><schema-string>id*:int64,x:double</schema-string>{children}
              <code>def f(d, c): return d</code></window-python>
            """);
        var problem = Assert.Single(ProjectValidator.Validate(read.Project!));
        Assert.Equal(code, problem.Code);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }
}
