using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;

namespace Lockstep.Engine.Tests.Windows;

/// <summary>Code that does not compile is a problem of the build, at its line of the model, though nothing was called.</summary>
public sealed class ScriptSyntaxTests
{
    private const string Schema = "<schema-string>k*:int64,v:double</schema-string>";

    [Theory]
    [InlineData("<window-python name=\"w\" events=\"create\">{S}<code>\ndef create(data, context):\n    return data\n\nx = = 1\n</code></window-python>", 4)]
    [InlineData("<window-python name=\"w\" events=\"create\">{S}<code>\n  def create(data, context):\n  return data\n</code></window-python>", 2)]
    [InlineData("<window-lua name=\"w\" events=\"create\">{S}<code>\nfunction create(data)\n  return data\nend\nx = = 1\n</code></window-lua>", 4)]
    [InlineData("<window-filter name=\"w\" func=\"f\"><code>\ndef f(event, context):\n    return (1\n</code></window-filter>", 2)]
    public void A_window_s_code_is_reported_at_its_line(string window, int line)
    {
        var xml = EngineRun.Query($"<window-source name=\"s\">{Schema}</window-source>\n" + window.Replace("{S}", Schema, StringComparison.Ordinal), "s>w");
        var problem = Assert.Single(ProjectEngine.Build(EngineRun.Read(xml)).Problems);
        Assert.Equal("LS2401", problem.Code);
        Assert.EndsWith("cq/w", problem.Path, StringComparison.Ordinal);
        var first = xml.Split('\n').Index().First(l => l.Item.Contains("<code>", StringComparison.Ordinal)).Index + 1;
        Assert.Equal(first + line, problem.Position.Line);
        Assert.True(problem.Position.Column > 0);
    }

    [Fact]
    public void All_are_reported_together_and_a_module_once()
    {
        var project = EngineRun.Read(EngineRun.Query($$"""
            <window-source name="s">{{Schema}}</window-source>
            <window-lua name="a" events="create" require="m">{{Schema}}<code>function create(data) return data end</code></window-lua>
            <window-lua name="b" events="create" require="m">{{Schema}}<code>function create(data) return data end</code></window-lua>
            <window-python name="c" events="create">{{Schema}}<code>def create(: pass</code></window-python>
            """, "s>a s>b s>c")) with
        {
            Modules =
            [
                new ScriptModuleDefinition(ScriptLanguage.Lua, "m", new ExpressionText("x =\ny = 1 1", new TextPosition(7, 3)), false),
                new ScriptModuleDefinition(ScriptLanguage.Python, "p", new ExpressionText("x = (", new TextPosition(9, 3)), true),
            ],
        };
        var problems = ProjectEngine.Build(project).Problems;
        Assert.All(problems, p => Assert.Equal("LS2401", p.Code));
        Assert.Equal(3, problems.Length);
        Assert.Contains(problems, p => p.Path.EndsWith("/m", StringComparison.Ordinal) && p.Position.Line == 8);
        Assert.Contains(problems, p => p.Path.EndsWith("/p", StringComparison.Ordinal) && p.Position == new TextPosition(9, 7));
        Assert.Contains(problems, p => p.Path.EndsWith("cq/c", StringComparison.Ordinal));
    }

    [Fact]
    public void A_missing_interpreter_is_reported_before_anything_runs()
    {
        var project = EngineRun.Read(EngineRun.Query($$"""
            <window-source name="s">{{Schema}}</window-source>
            <window-python name="c" events="create">{{Schema}}<code>def create(data): return data</code></window-python>
            """, "s>c")) with { Grants = ScriptGrants.None with { Python = "no-such-python" } };
        var problem = Assert.Single(ProjectEngine.Build(project).Problems);
        Assert.Equal("LS2405", problem.Code);
        Assert.Contains("--python", problem.Message, StringComparison.Ordinal);
    }
}
