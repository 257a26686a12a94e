using Lockstep.Contracts.Projects;

namespace Lockstep.Contracts.Tests.Projects;

/// <summary>
/// Goal: every mistake is reported at once with its place, published models pass, and writing loses nothing. Method: small
/// models with one mistake.
/// </summary>
public sealed class ValidatorAndWriterTests
{
    [Fact]
    public void The_published_models_of_the_original_have_no_error()
    {
        foreach (var path in Models.Outside.Where(p => p.Contains("ESPScripts", StringComparison.Ordinal) || p.Contains("ha_kafka1", StringComparison.Ordinal)))
        {
            var project = ProjectXmlReader.Read(File.ReadAllText(path)).Project!;
            Assert.Empty(ProjectValidator.Validate(project).Where(p => p.Severity == ProblemSeverity.Error).Select(p => $"{path}: {p}"));
        }
    }

    [Fact]
    public void Other_models_only_fail_for_what_is_not_run()
    {
        string[] expected = [ProblemCode.UnsupportedWindow, ProblemCode.UnsupportedAlgorithm, ProblemCode.UnsupportedConnector, ProblemCode.InvalidProperty];
        foreach (var path in Models.Outside)
        {
            var project = ProjectXmlReader.Read(File.ReadAllText(path)).Project!;
            Assert.Empty(ProjectValidator.Validate(project)
                .Where(p => p.Severity == ProblemSeverity.Error && !expected.Contains(p.Code)).Select(p => $"{path}: {p}"));
        }
    }

    [Fact]
    public void Writing_and_reading_again_changes_nothing()
    {
        foreach (var path in Models.Outside)
        {
            var first = ProjectXmlReader.Read(File.ReadAllText(path)).Project!;
            var written = ProjectXmlWriter.Write(first);
            var result = ProjectXmlReader.Read(written);
            Assert.DoesNotContain(result.Problems, p => p.Severity == ProblemSeverity.Error);
            Assert.Equal(written, ProjectXmlWriter.Write(result.Project!));
            Assert.Equal(ProjectDigest.Compute(first), ProjectDigest.Compute(result.Project!));
            Assert.Equal(
                first.ContinuousQueries.SelectMany(q => q.Windows).Select(w => (w.Kind, w.Name, w.Schema, w.Index, w.IsPubSub)),
                result.Project!.ContinuousQueries.SelectMany(q => q.Windows).Select(w => (w.Kind, w.Name, w.Schema, w.Index, w.IsPubSub)));
        }
    }

    [Fact]
    public void A_model_of_every_supported_kind_survives_writing()
    {
        var first = Read(Small.Everything);
        Assert.Empty(ProjectValidator.Validate(first));
        var second = Read(ProjectXmlWriter.Write(first));
        Assert.Equal(ProjectXmlWriter.Write(first), ProjectXmlWriter.Write(second));
        Assert.Equal(ProjectDigest.Compute(first), ProjectDigest.Compute(second));
    }

    [Fact]
    public void A_thread_of_a_snippet_needs_a_function_and_a_time_above_none()
    {
        var read = ProjectXmlReader.Read("""
            <project name="p"><lua-snippets><lua-snippet name="a"><lua-thread interval="0"/><lua-thread func="f" interval="soon"/><code>x = 1</code>
            </lua-snippet></lua-snippets><contqueries><contquery name="cq"><windows><window-source name="s"><schema-string>k*:int64</schema-string>
            </window-source></windows></contquery></contqueries></project>
            """);
        var problems = read.Problems.Where(p => p.Severity == ProblemSeverity.Error).Select(p => $"{p.Code} {p.Message}").ToList();
        Assert.Equal(3, problems.Count);
        Assert.Contains(problems, p => p.StartsWith(ProblemCode.Missing, StringComparison.Ordinal) && p.Contains("'func'", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.Contains("interval='0' of <lua-thread> must be a time", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.Contains("interval='soon' of <lua-thread> must be a time", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("pi_EMPTY\"", "pi_HASH\"", true)]
    [InlineData("x*2", "x*3", true)]
    [InlineData("id*:int64,x:double", "id*:int64,x:double,y:double", true)]
    [InlineData("LIMIT\">5", "LIMIT\">6", true)]
    [InlineData("interval=\"1500\"", "interval=\"1501\"", true)]
    [InlineData("interval=\"1500\"", "interval=\"1500 milliseconds\"", false)]
    [InlineData("destroy=\"z\"", "", true)]
    [InlineData("windowLength\">20", "windowLength\">21", true)]
    [InlineData("ESP_aSum(x)", "ESP_aMax(x)", true)]
    [InlineData("type=\"leftouter\" no-regenerates=\"true\"", "type=\"leftouter\"", true)]
    [InlineData("right-index=\"pi_HASH\"", "", false)]
    [InlineData("left-index=\"pi_EMPTY\"", "left-index=\"pi_HASH\"", true)]
    [InlineData("exclude=\"x\"", "exclude=\"id\"", true)]
    [InlineData("strict=\"false\"", "strict=\"true\"", true)]
    [InlineData("remove=\"updates deletes\"", "remove=\"updates\"", true)]
    [InlineData("remove=\"updates deletes\"", "remove=\"deletes updates\"", false)]
    [InlineData("count-interval=\"5 seconds\"", "count-interval=\"5000 ms\"", false)]
    [InlineData("clear-interval=\"2 minutes\"", "", true)]
    [InlineData("fby{5 seconds}", "fby{5000 ms}", true)]
    [InlineData("is:2(high)", "is:3(high)", true)]
    [InlineData("x+1</field-expr>", "x+2</field-expr>", true)]
    [InlineData("lookupdistance=\"10.5\"", "lookupdistance=\"10\"", true)]
    [InlineData("geofencing-algorithm=\"winding\"", "", true)]
    [InlineData("autosize-mesh=\"true\"", "meshfactor-x=\"4\"", false)]
    [InlineData("host:9092", "elsewhere:9092", false)]
    [InlineData("<description>d</description>", "", false)]
    [InlineData("threads=\"2\"", "threads=\"4\"", false)]
    public void The_digest_covers_results_and_not_connectors(string from, string to, bool changes)
    {
        Assert.Contains(from, Small.Everything, StringComparison.Ordinal);
        var changed = Small.Everything.Replace(from, to, StringComparison.Ordinal);
        Assert.Equal(changes, ProjectDigest.Compute(Read(Small.Everything)) != ProjectDigest.Compute(Read(changed)));
        Assert.Matches("^[0-9a-f]{64}$", ProjectDigest.Compute(Read(changed)));
    }

    [Theory]
    [InlineData("<window-texttopic name='j'/>", "", ProblemCode.UnsupportedWindow, "Window 'j' (texttopic) is not run by this version")]
    [InlineData("<window-copy name='s'/>", "<edge source='s' target='s'/>", ProblemCode.DuplicateName, "Two windows have the name 's'")]
    [InlineData("", "<edge source='s' target='gone'/>", ProblemCode.UnknownEdgeEnd, "names window 'gone'")]
    [InlineData(
        "<window-copy name='a'/><window-copy name='b'/>",
        "<edge source='a' target='b'/><edge source='b' target='a'/><edge source='s' target='a'/>", ProblemCode.Cycle, "Edges form a cycle through 'a', 'b'")]
    [InlineData("<window-source name='k'><schema-string>a:int32</schema-string></window-source>", "", ProblemCode.InvalidKey, "Window 'k' has no key field")]
    [InlineData(
        "<window-compute name='c'><schema-string>id*:int64,y:double</schema-string><output/></window-compute>",
        "<edge source='s' target='c'/>", ProblemCode.ExpressionCount, "Window 'c' has 0 field-expr for 1")]
    [InlineData(
        "<window-compute name='c'><schema-string>no*:int64</schema-string></window-compute>",
        "<edge source='s' target='c'/>", ProblemCode.InvalidKey, "Key field 'no'")]
    [InlineData(
        "<window-aggregate name='a'><schema-string>id*:int64,y:double</schema-string><output/></window-aggregate>",
        "<edge source='s' target='a'/>", ProblemCode.ExpressionCount, "Window 'a' has 0 field-expr for 1")]
    [InlineData(
        "<window-aggregate name='a'><schema-string>no*:int64</schema-string></window-aggregate>",
        "<edge source='s' target='a'/>", ProblemCode.InvalidKey, "Key field 'no'")]
    [InlineData(
        "<window-aggregate name='a'><schema-string>id*:string</schema-string></window-aggregate>",
        "<edge source='s' target='a'/>", ProblemCode.InvalidKey, "Key field 'id' of window 'a' is a string but a int64 in its input")]
    [InlineData(
        "<window-aggregate name='a'><schema-string>id*:int64,y:double</schema-string><output><field-plug plugin='p'/></output></window-aggregate>",
        "<edge source='s' target='a'/>", ProblemCode.UnsupportedWindow, "aggregate functions in C++ are not run")]
    [InlineData(
        "<window-procedural name='m'><schema-string>id*:int64</schema-string><splitter-plug name='n' function='f'/>"
        + "<mas-map><window-map module='mm' function='f' source='s'/></mas-map></window-procedural>",
        "<edge source='s' target='m'/>", ProblemCode.UnsupportedWindow,
        "Window 'm' (procedural) is not run by this version: splitters in C++ are not run; use splitter-expr or splitter-lua")]
    [InlineData(
        "<window-calculate name='m' algorithm='MAS'><schema-string>id*:int64</schema-string><splitter-plug name='n' function='f'/>"
        + "<mas-map><window-map module='mm' function='f' source='s'/></mas-map></window-calculate>",
        "<edge source='s' target='m'/>", ProblemCode.UnsupportedWindow, "Window 'm' (calculate) is not run by this version: splitters in C++")]
    [InlineData(
        "<window-copy name='c'/><window-filter name='f'><expression>1</expression></window-filter><window-union name='u'/>"
        + "<window-compute name='k'><schema-string>id*:int64</schema-string></window-compute>",
        "<edge source='s' target='c k'/><edge source='c k' target='u'/>", ProblemCode.InvalidInput, "The inputs of window 'u' must have one schema")]
    [InlineData(
        "<window-functional name='f'><schema-string>id*:int64,y:double</schema-string></window-functional>",
        "<edge source='s' target='f'/>", ProblemCode.FieldWithoutValue, "Field 'y' has no function")]
    [InlineData(
        "<window-calculate name='c' algorithm='Tutorial'><schema-string>id*:int64</schema-string></window-calculate>",
        "<edge source='s' target='c'/>", ProblemCode.UnsupportedAlgorithm, "Algorithm 'Tutorial' of window 'c' is not run by this version: it is")]
    [InlineData(
        "<window-calculate name='c' algorithm='Summary'><schema-string>id*:int64</schema-string></window-calculate>",
        "<edge source='s' target='c'/>", ProblemCode.InvalidMap, "The input-map needs property input")]
    [InlineData(
        "<window-copy name='c'><retention type='bytime_sliding' field='x'>5</retention></window-copy>",
        "<edge source='s' target='c'/>", ProblemCode.InvalidRetentionField, "The retention's field 'x' must be")]
    [InlineData(
        "<window-source name='g' autogen-key='true'><schema-string>id*:int32</schema-string></window-source>",
        "", ProblemCode.InvalidAutogenKey, "must be")]
    [InlineData(
        "<window-copy name='c'><connectors>"
        + "<connector class='sniffer' name='m'><properties><property name='type'>sub</property></properties></connector></connectors></window-copy>",
        "<edge source='s' target='c'/>", ProblemCode.UnsupportedConnector, "supported are adapter, db, fs, kafka")]
    [InlineData(
        "<window-copy name='c'><connectors>"
        + "<connector class='kinesis' name='m'><properties><property name='type'>sub</property></properties></connector></connectors></window-copy>",
        "<edge source='s' target='c'/>", ProblemCode.UnsupportedConnector, "'kinesis' is not run by this version: it needs Amazon Kinesis;")]
    [InlineData(
        "<window-copy name='c'><connectors>"
        + "<connector class='fs' name='m'><properties>"
        + "<property name='type'>sub</property><property name='colour'>red</property></properties></connector></connectors></window-copy>",
        "<edge source='s' target='c'/>", ProblemCode.UnknownProperty,
        "Property 'colour' is not supported by connector class fs and ignored; supported are collapse,")]
    [InlineData(
        "<window-copy name='c'><connectors>"
        + "<connector class='fs' name='m'><properties><property name='type'>sub</property></properties></connector></connectors></window-copy>",
        "<edge source='s' target='c'/>", ProblemCode.MissingProperty, "Property fsname is missing")]
    [InlineData(
        "<window-copy name='c'><connectors>"
        + "<connector class='kafka' name='m'><properties>"
        + "<property name='type'>sub</property><property name='hotfailover'>true</property></properties></connector></connectors></window-copy>",
        "<edge source='s' target='c'/>", ProblemCode.IncompleteFailover, "needs zookeeperhostport")]
    public void A_mistake_is_found(string windows, string edges, string code, string message)
    {
        var project = Read(Small.Query(windows, edges));
        Assert.Contains(ProjectValidator.Validate(project), p => p.Code == code && p.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void Groups_must_name_connectors_that_exist()
    {
        var project = Read("""
            <project name="p"><contqueries/><project-connectors><connector-groups>
            <connector-group name="g"><connector-entry connector="cq/w/c" state="finished"/></connector-group></connector-groups>
            <edges><edge source="g" target="h"/><edge source="g" target="g"/></edges></project-connectors></project>
            """);
        Assert.Equal(
            [ProblemCode.Cycle, ProblemCode.UnknownGroupEntry, ProblemCode.UnknownGroupEntry, ProblemCode.Empty],
            ProjectValidator.Validate(project).Select(p => p.Code).OrderBy(c => c is ProblemCode.Cycle ? "" : c));
    }

    private static ProjectDefinition Read(string xml) => ProjectXmlReader.Read(xml).Project!;
}
