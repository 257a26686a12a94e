using System.Text;
using Lockstep.Contracts.Projects;
using Lockstep.Contracts.Projects.Diagrams;

namespace Lockstep.Contracts.Tests.Projects;

/// <summary>Goal: every shape of model reads, and bad text gives problems with their place. Method: small documents in, definitions out.</summary>
public sealed class ProjectXmlReaderTests
{
    [Fact]
    public void Every_model_beside_the_repository_reads_without_errors()
    {
        foreach (var path in Models.Outside)
        {
            using var stream = File.OpenRead(path);
            var result = ProjectXmlReader.Read(stream);
            Assert.NotNull(result.Project);
            Assert.NotEmpty(result.Project.ContinuousQueries);
            Assert.Empty(result.Problems.Where(p => p.Code != ProblemCode.UnknownToken).Select(p => $"{path}: {p}"));
        }
    }

    [Theory]
    [InlineData("<project name='p'><contqueries><contquery name='q'/></contqueries></project>", "p")]
    [InlineData("\uFEFF<?xml version='1.0' encoding='utf-16'?><engine port='1'><projects>"
        + "<project name='p'><contqueries><contquery name='q'/></contqueries></project></projects></engine>", "p")]
    [InlineData("<contquery name='q'/>", "q")]
    [InlineData("<template name='t'><windows/></template>", "t")]
    [InlineData("<project><contqueries><contquery name='q'/></contqueries></project>", "given")]
    public void All_root_shapes_read(string xml, string name)
    {
        var result = ProjectXmlReader.Read(xml, new ProjectReadOptions { DefaultName = name == "given" ? "given" : null });
        Assert.Empty(result.Problems);
        Assert.Equal(name, result.Project!.Name);
        Assert.Single(result.Project.ContinuousQueries);
    }

    [Theory]
    [InlineData("", 1, ProblemCode.MalformedXml)]
    [InlineData("plain", 1, ProblemCode.MalformedXml)]
    [InlineData("<project name='p'>\n<contqueries>\n</project>", 3, ProblemCode.MalformedXml)]
    [InlineData("<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>\n<project name='p'>&e;</project>", 1, ProblemCode.MalformedXml)]
    [InlineData("<project name='p'>&unknown;</project>", 1, ProblemCode.MalformedXml)]
    [InlineData("<html/>", 1, ProblemCode.NoProject)]
    [InlineData("<engine>\n<esp-routers/></engine>", 1, ProblemCode.NoProject)]
    public void Text_that_is_no_model_gives_one_problem_with_its_place(string xml, int line, string code)
    {
        var result = ProjectXmlReader.Read(xml);
        Assert.Null(result.Project);
        var problem = Assert.Single(result.Problems);
        Assert.Equal(code, problem.Code);
        Assert.Equal(line, problem.Position.Line);
        Assert.True(problem.Position.Column > 0);
    }

    [Theory]
    [InlineData("utf-8", "\uFEFF<?xml version='1.0' encoding='utf-8'?>")]
    [InlineData("utf-8", "\r\n \t<?xml version='1.0'\n encoding='UTF-8' ?>\n")]
    [InlineData("utf-8", "\uFEFF\n<?xml version='1.0'?>")]
    [InlineData("utf-8", "\n\n")]
    [InlineData("iso-8859-1", "<?xml version='1.0' encoding='ISO-8859-1'?>")]
    [InlineData("windows-1252", "<?xml version='1.0' encoding='windows-1252'?>\n")]
    [InlineData("windows-1252", " <?xml version='1.0' encoding='windows-1252'?>")]
    [InlineData("utf-16", "\uFEFF<?xml version='1.0' encoding='utf-16'?>")]
    public void What_stands_before_the_root_does_not_matter_and_keeps_places(string encoding, string before)
    {
        var body = "<project name='zürich'>\n<contqueries><contquery name='q'/></contqueries>\n<bogus/></project>\n";
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        using var stream = new MemoryStream(Encoding.GetEncoding(encoding).GetBytes(before + body));
        foreach (var result in new[] { ProjectXmlReader.Read(stream), ProjectXmlReader.Read(before + body) })
        {
            Assert.Equal("zürich", result.Project?.Name);
            Assert.Equal(before.Count(c => c == '\n') + 3, Assert.Single(result.Problems).Position.Line);
        }
    }

    [Fact]
    public void Odd_documents_of_people_read()
    {
        var result = ProjectXmlReader.Read("""
            <engine name="old" port="1"><description>e</description><http-servers><http-server/></http-servers><projects><description/>
            <project pubsub="auto"><metadata><meta id="layout">{"cq":{}}</meta></metadata><contqueries><description/>
            <contquery trace=" a  b "><windows><metadata/>
              <window-source name="a" index="pi_empty"><description>{{{edge_id}}} and @not a token@</description>
                <schema-string> <![CDATA[ id * : int64 ,
                   x:double, ]]> </schema-string>
                <connectors><description/><connector class="fs" type="publish"><properties><property name="fsname"><![CDATA[ a.csv ]]></property>
                  <property name="fstype">csv</property></properties></connector>
                  <connector class="fs" name="connector1"><properties><property name="type">sub</property><property name="fsname">o</property>
                  <property name="fstype">csv</property></properties></connector></connectors></window-source>
              <window-source name="b"><schema copy="a" copy-keys="true"><fields><description/><field type="string" key="false" name="y"/></fields></schema>
                <retention unit="hour" type="bytime_jumping_lookback"> 2 hours </retention></window-source>
              <window-copy name="c"/><window-copy name="d"/></windows>
            <edges><description/><edge target="c" source=" a "/><edge source="b" target="d
              "/></edges></contquery><contquery/></contqueries></project></projects></engine>
            """, new ProjectReadOptions { DefaultName = "file" });
        Assert.Empty(result.Problems);
        var project = result.Project!;
        Assert.Equal(("file", "cq", "cq2"), (project.Name, project.ContinuousQueries[0].Name, project.ContinuousQueries[1].Name));
        var windows = project.ContinuousQueries[0].Windows;
        Assert.Equal(["connector1_", "connector1"], windows[0].Connectors.Select(c => c.Name));
        Assert.Equal((IndexKind.Empty, "a.csv"), (windows[0].Index, windows[0].Connectors[0].Properties["fsname"]));
        Assert.Equal("id*:int64,x:double,y:string", windows[1].Schema!.ToString());
        Assert.Equal(["a", "b"], project.ContinuousQueries[0].TracedWindows);
        var retention = ((SourceWindowDefinition)windows[1]).Retention!;
        Assert.Equal((RetentionKind.ByTimeJumpingLookback, TimeSpan.FromHours(2), TimeSpan.FromHours(1)),
            (retention.Kind, retention.Duration, retention.Unit));
        Assert.Contains("unit=\"60 minutes\"", ProjectXmlWriter.Write(project), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_connectors_nothing_of_them_is_read()
    {
        const string model = """
            <project name="p"><contqueries><contquery name="q"><windows><window-source name="s"><schema-string>id*:int64</schema-string>
            <connectors><connector><properties><property>@NOWHERE@</property></properties></connector></connectors></window-source></windows>
            </contquery></contqueries><project-connectors><connector-groups><connector-group/></connector-groups></project-connectors></project>
            """;
        Assert.NotEmpty(ProjectXmlReader.Read(model).Problems);
        Assert.Empty(ProjectXmlReader.Read(model, new ProjectReadOptions { WithoutConnectors = true }).Problems);
    }

    [Fact]
    public void A_token_has_the_value_from_outside_else_of_the_project_else_of_the_surroundings()
    {
        const string model = """
            <project name="@A@@B@@C@"><properties><property name="A">p</property><property name="B">p</property></properties></project>
            """;
        var given = new Dictionary<string, string> { ["A"] = "g" };
        var surroundings = new Dictionary<string, string> { ["A"] = "s", ["B"] = "s", ["C"] = "s" };
        Assert.Equal("gps", ProjectXmlReader.Read(model, new ProjectReadOptions { Tokens = given, DefaultTokens = surroundings }).Project!.Name);
    }

    [Fact]
    public void Damaged_streams_give_a_problem()
    {
        using var stream = new MemoryStream([0x3C, 0x70, 0xFF, 0xFE, 0x00, 0x80]);
        Assert.Equal(ProblemCode.MalformedXml, Assert.Single(ProjectXmlReader.Read(stream).Problems).Code);
    }

    [Fact]
    public void Depth_is_limited()
    {
        var xml = string.Concat(Enumerable.Repeat("<a>", 100_000));
        Assert.Equal(ProblemCode.TooLarge, Assert.Single(ProjectXmlReader.Read(xml).Problems).Code);
    }

    [Fact]
    public void Properties_that_double_do_not_explode()
    {
        var xml = new StringBuilder("<project name='p'><properties><property name='P0'>0123456789</property>");
        for (var i = 1; i < 60; i++)
        {
            xml.Append(System.Globalization.CultureInfo.InvariantCulture, $"<property name='P{i}'>@P{i - 1}@@P{i - 1}@</property>");
        }

        var result = ProjectXmlReader.Read(xml.Append("</properties></project>").ToString());
        Assert.True(result.Project!.Properties.Values.Sum(v => v.Length) < 32 * 1024 * 1024);
    }

    [Fact]
    public void Tokens_come_from_outside_first_then_from_properties()
    {
        var xml = Small.Query("<window-copy name='c@N@'><description>mail a@b.c @HOME@ @GONE@</description></window-copy>"
                + "<window-filter name='f'><expression>x @LOST@</expression></window-filter>", "")
            .Replace(
                "<contqueries>", "<properties><property name='N'>1</property><property name='HOME'>own</property></properties><contqueries>",
                StringComparison.Ordinal);
        var options = new ProjectReadOptions { Tokens = new Dictionary<string, string> { ["HOME"] = "given" } };
        var result = ProjectXmlReader.Read(xml, options);
        var window = result.Project!.ContinuousQueries[0].Windows[1];
        Assert.Equal("c1", window.Name);
        Assert.Equal("mail a@b.c given @GONE@", window.Description);
        Assert.Equal(["LOST"], result.UnresolvedTokens);
        Assert.Equal(ProblemSeverity.Warning, result.Problems.Single(p => p.Code == ProblemCode.UnknownToken).Severity);
        Assert.True(ProjectXmlReader.Read(xml, options with { TokensRequired = true }).HasErrors);
    }

    [Fact]
    public void Schemas_are_copied_and_inherited()
    {
        var project = ProjectXmlReader.Read(Small.Query(
            """
            <window-copy name="c2"/><window-copy name="c1"/>
            <window-functional name="f"><schema copy="c2" copy-keys="true"><fields><field name="z" type="int64"/></fields></schema></window-functional>
            <window-functional name="g"><schema copy="f"><fields><field name="k" type="string" key="true"/></fields></schema></window-functional>
            """, "<edge source='c1' target='c2'/><edge source='s' target='c1'/>")).Project!;
        Assert.Equal(
            ["id*:int64,x:double", "id*:int64,x:double", "id*:int64,x:double", "id*:int64,x:double,z:int64", "id:int64,x:double,z:int64,k*:string"],
            project.ContinuousQueries[0].Windows.Select(w => w.Schema!.ToString()));
    }

    [Fact]
    public void Indexes_are_looked_up_outwards()
    {
        var project = ProjectXmlReader.Read("""
            <project name="p" index="pi_EMPTY"><contqueries>
            <contquery name="a" index="pi_RBTREE"><windows><window-source name="x" index="pi_LN_HASH"><schema-string>i*:int32</schema-string></window-source>
            <window-source name="y"><schema-string>i*:int32</schema-string></window-source></windows></contquery>
            <contquery name="b"><windows><window-source name="z"><schema-string>i*:int32</schema-string></window-source></windows></contquery>
            </contqueries></project>
            """).Project!;
        Assert.Equal(
            [IndexKind.Hash, IndexKind.Ordered, IndexKind.Empty],
            project.ContinuousQueries.SelectMany(q => q.Windows).Select(w => w.Index));
    }

    [Fact]
    public void Lists_in_edges_stand_for_all_pairs()
    {
        var edges = ProjectXmlReader.Read(Small.Query("", "<edge source='a b' target='c  d' slot='-1' role='data'/>")).Project!
            .ContinuousQueries[0].Edges;
        Assert.Equal(["a-c", "a-d", "b-c", "b-d"], edges.Select(e => $"{e.Source}-{e.Target}"));
        Assert.All(edges, e => Assert.Equal((-1, "data"), (e.Slot, e.Role)));
    }

    [Theory]
    [InlineData("bytime_sliding", "30 minutes", RetentionKind.ByTimeSliding, 0, 1800)]
    [InlineData("bytime_jumping", "2000 milliseconds", RetentionKind.ByTimeJumping, 0, 2)]
    [InlineData("bytime_sliding", "10", RetentionKind.ByTimeSliding, 0, 10)]
    [InlineData("bycount_jumping", " 1000 ", RetentionKind.ByCountJumping, 1000, 0)]
    public void Retention_reads(string type, string limit, RetentionKind kind, long count, int seconds)
    {
        var window = (CopyWindowDefinition)ProjectXmlReader.Read(Small.Query(
            $"<window-copy name='c'><retention type='{type}'><![CDATA[{limit}]]></retention></window-copy>", "<edge source='s' target='c'/>"))
            .Project!.ContinuousQueries[0].Windows[1];
        Assert.Equal((kind, count, TimeSpan.FromSeconds(seconds)), (window.Retention!.Kind, window.Retention.Count, window.Retention.Duration));
    }

    [Fact]
    public void All_problems_come_together_with_their_places()
    {
        var result = ProjectXmlReader.Read("""
            <project name="p" threads="many" colour="red"><contqueries><contquery name="q"><windows>
            <window-source name="a" index="pi_WHAT"><schema-string>id*:int64,x:complex</schema-string></window-source>
            <window-copy><retention type="bycount_sliding">none</retention></window-copy>
            <window-source name="b"><schema><fields><field name="i" type="int32"/><field name="i" type="int32"/></fields></schema>
              <connectors><connector class="fs" name="c"><properties/></connector></connectors></window-source>
            </windows></contquery></contqueries></project>
            """);
        Assert.NotNull(result.Project);
        Assert.Equal(
            [
                "1:2 error LS1006", "1:34 warning LS1007", "2:2 error LS1006", "2:56 error LS1009", "3:2 error LS1005", "3:2 error LS1010",
                "3:48 error LS1011", "4:26 error LS1009", "5:16 error LS1033",
            ],
            result.Problems.Select(p => p.ToString().Split(' ') is [var at, var severity, var code, ..] ? $"{at} {severity} {code}" : ""));
    }

    [Fact]
    public void Expressions_know_where_they_begin()
    {
        var filter = (FilterWindowDefinition)ProjectXmlReader.Read(
            "<contquery name='q'><windows><window-filter name='f'><expression>\n   <![CDATA[ x > 1]]></expression></window-filter></windows></contquery>")
            .Project!.ContinuousQueries[0].Windows[0];
        Assert.Equal(new ExpressionText("x > 1", new TextPosition(2, 14)), filter.Expression);
    }

    [Fact]
    public void A_template_is_read_checked_drawn_and_kept_with_its_open_inputs()
    {
        var read = ProjectXmlReader.Read("""
            <template name='clean' input-windows='in gone' output-windows='out'><windows>
              <window-filter name='in'><expression>x &gt; 1</expression></window-filter>
              <window-copy name='behind'/>
              <window-compute name='out'><schema-string>id*:int64,y:double</schema-string><output><field-expr>2*x</field-expr></output></window-compute>
              <window-copy name='lost'/>
            </windows><edges><edge source='in' target='behind'/><edge source='behind' target='out'/></edges></template>
            """);
        Assert.Equal((ProblemCode.MissingSchema, "clean/clean/lost"), (Assert.Single(read.Problems).Code, read.Problems[0].Path));
        var found = ProjectValidator.Validate(read.Project!);
        Assert.All(found, p => Assert.Equal(ProblemSeverity.Warning, p.Severity));
        Assert.Contains(found, p => p.Code == ProblemCode.InvalidInput && p.Message.Contains("template: 'in' take", StringComparison.Ordinal));
        Assert.Contains(found, p => p.Code == ProblemCode.InvalidInput && p.Path == "clean/clean/lost");
        Assert.Contains(found, p => p.Code == ProblemCode.UnknownTrace && p.Message.Contains("input-windows names window 'gone'", StringComparison.Ordinal));
        Assert.Equal(3, found.Length);
        Assert.Contains(">behind<", ModelDiagram.Draw(read.Project!), StringComparison.Ordinal);

        var text = ProjectXmlWriter.Write(read.Project!);
        var again = ProjectXmlReader.Read(text).Project!;
        Assert.Equal(["in", "gone"], again.ContinuousQueries[0].InputWindows);
        Assert.Equal(["out"], again.ContinuousQueries[0].OutputWindows);
        Assert.Equal(text, ProjectXmlWriter.Write(again));
    }

    [Fact]
    public void Tools_of_mcp_are_kept_and_said_to_be_not_served()
    {
        const string Tools = "<mcp><tools><tool name='@T@' type='score'><description>Scores it</description><in window='cq/s'/></tool>"
            + "<tool name='b' type='dance'/><tool type='custom'/></tools></mcp>";
        var read = ProjectXmlReader.Read(
            $"<project name='p'>{Tools}<contqueries><contquery name='cq'/></contqueries></project>",
            new ProjectReadOptions { Tokens = new Dictionary<string, string> { ["T"] = "a" } });
        Assert.Equal(
            [ProblemCode.Missing, ProblemCode.InvalidValue, ProblemCode.PartIgnored], read.Problems.Select(p => p.Code).Order(StringComparer.Ordinal));
        Assert.Contains("'a', 'b'", read.Problems.Single(p => p.Code == ProblemCode.PartIgnored).Message, StringComparison.Ordinal);

        var text = ProjectXmlWriter.Write(read.Project!);
        Assert.Contains("<description>Scores it</description>", text, StringComparison.Ordinal);
        Assert.Equal(text, ProjectXmlWriter.Write(ProjectXmlReader.Read(text).Project!));
        Assert.Equal(ProjectDigest.Compute(read.Project!), ProjectDigest.Compute(read.Project! with { Mcp = "" }));
    }

}
