using Lockstep.Contracts.Projects;

namespace Lockstep.Contracts.Tests.Projects;

/// <summary>What functional windows read from a model: contexts, properties and loops, and that they are written as they were.</summary>
public sealed class FunctionalXmlTests
{
    private const string Window = """
        <window-functional name='f'><schema-string>id*:int64,x:double</schema-string>
          <function-context>
            <properties>
              <property-map name='m' outer='\n' inner=':'>a:1</property-map>
              <property-list name='l' delimiter=' '>$id</property-list>
              <property-set name='s'>x,y</property-set>
              <property-xml name='x'><![CDATA[<a/>]]></property-xml>
              <property-json name='j'>$id</property-json>
              <property-string name='t'>text</property-string>
            </properties>
            <expressions><expression name='e'><![CDATA[<[a-z]+>]]></expression></expressions>
            <functions><function name='x'>1</function><function name='none'/></functions>
          </function-context>
          <generate>1</generate><opcode>insert</opcode>
          <event-loops>
            <event-loop-xml name='lx' data='d'><use-xml>#x</use-xml><xpath>//a</xpath>
              <function-context><functions><function name='x'>xpath(#_context,'b')</function></functions></function-context></event-loop-xml>
            <event-loop-json name='lj'><use-json>#j</use-json><json>$.list</json></event-loop-json>
            <event-loop-regex name='lr' data='d'><use-text>$id</use-text><regex group='2'>(a)(b)</regex></event-loop-regex>
          </event-loops>
        </window-functional>
        """;

    [Fact]
    public void Everything_is_read_and_written_again()
    {
        var project = Read(Window);
        var window = (FunctionalWindowDefinition)project.ContinuousQueries[0].Windows.Single(w => w.Name == "f");

        Assert.Equal(
            ["m Map \n :", "l List   =", "s Set , =", "x Xml , =", "j Json , =", "t Text , ="],
            window.Context.Properties.Select(p => $"{p.Name} {p.Kind} {p.Delimiter} {p.InnerDelimiter}"));
        Assert.Equal("<a/>", window.Context.Properties[3].Body.Text);
        Assert.Equal("e <[a-z]+>", window.Context.Expressions.Select(e => $"{e.Name} {e.Body.Text}").Single());
        Assert.Equal(["x 1", "none "], window.Context.Functions.Select(e => $"{e.Name} {e.Body.Text}"));
        Assert.Equal(
            ["Xml lx d #x //a 0", "Json lj  #j $.list 0", "Regex lr d $id (a)(b) 2"],
            window.Loops.Select(l => $"{l.Kind} {l.Name} {l.Data} {l.Use.Text} {l.Path.Text} {l.Group}"));
        Assert.Equal("xpath(#_context,'b')", window.Loops[0].Context.Functions[0].Body.Text);

        var written = ProjectXmlWriter.Write(project);
        var again = ProjectXmlReader.Read(written);
        Assert.Empty(again.Problems);
        Assert.Equal(written, ProjectXmlWriter.Write(again.Project!));
        Assert.Contains("delimiter=\" \"", written, StringComparison.Ordinal);
        var copy = (FunctionalWindowDefinition)again.Project!.ContinuousQueries[0].Windows.Single(w => w.Name == "f");
        Assert.Equal(
            window.Context.Properties.Select(p => p with { Body = new ExpressionText(p.Body.Text, default) }),
            copy.Context.Properties.Select(p => p with { Body = new ExpressionText(p.Body.Text, default) }));
    }

    [Theory]
    [InlineData("<event-loops><event-loop-xml name='l'><xpath>a</xpath></event-loop-xml></event-loops>", ProblemCode.InvalidEventLoop, "<use-xml>")]
    [InlineData("<event-loops><event-loop-xml name='l'><use-xml>$id</use-xml></event-loop-xml></event-loops>", ProblemCode.InvalidEventLoop, "<xpath>")]
    [InlineData(
        "<event-loops><event-loop-regex name='l'><use-text>$id</use-text></event-loop-regex></event-loops>",
        ProblemCode.InvalidEventLoop, "<regex>")]
    [InlineData("<event-loops><event-loop-csv/></event-loops>", ProblemCode.UnknownElement, "<event-loop-csv>")]
    [InlineData(
        "<function-context><properties><property-bag name='p'/></properties></function-context>", ProblemCode.UnknownElement, "<property-bag>")]
    [InlineData("<function-context><properties><property-map/></properties></function-context>", ProblemCode.Missing, "'name'")]
    public void A_mistake_is_reported_where_it_stands(string part, string code, string message)
    {
        var read = ProjectXmlReader.Read(Small.Query(
            $"<window-functional name='f'><schema-string>id*:int64,x:double</schema-string>{part}</window-functional>",
            "<edge source='s' target='f'/>"));
        var problem = Assert.Single(read.Problems);
        Assert.Equal(code, problem.Code);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.True(problem.Position.Line > 1);
    }

    private static ProjectDefinition Read(string window)
    {
        var read = ProjectXmlReader.Read(Small.Query(window, "<edge source='s' target='f'/>"));
        Assert.Empty(read.Problems);
        return read.Project!;
    }
}
