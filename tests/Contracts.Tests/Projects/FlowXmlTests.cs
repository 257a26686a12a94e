using Lockstep.Contracts.Projects;

namespace Lockstep.Contracts.Tests.Projects;

/// <summary>What aggregate, union, remove-state and counter windows read from a model, and the schemas that they make.</summary>
public sealed class FlowXmlTests
{
    [Fact]
    public void Attributes_have_defaults()
    {
        var windows = Windows("<window-union name='w'/><window-remove-state name='r'/><window-counter name='o'/>",
            "<edge source='s' target='w r o'/>");

        Assert.True(((UnionWindowDefinition)windows["w"]).IsStrict);
        var removes = (RemoveStateWindowDefinition)windows["r"];
        Assert.Equal((RemovedEvents.None, false), (removes.Remove, removes.AddLogFields));
        var counter = (CounterWindowDefinition)windows["o"];
        Assert.Equal((TimeSpan.FromSeconds(1), null), (counter.CountInterval, counter.ClearInterval));
    }

    [Fact]
    public void Schemas_follow_from_the_input()
    {
        var windows = Windows("<window-union name='w'/><window-remove-state name='r' add-log-fields='true'/><window-counter name='o'/>",
            "<edge source='s' target='w r o'/>");

        Assert.Equal("id*:int64,x:double", $"{windows["w"].Schema}");
        Assert.Equal("eventNumber*:int64,originalOC:string,originalFL:string,id:int64,x:double", $"{windows["r"].Schema}");
        Assert.Equal(
            "input*:string,totalCount:int64,totalSeconds:double,totalRate:double,"
            + "intervalCount:int64,intervalSeconds:double,intervalRate:double",
            $"{windows["o"].Schema}");
    }

    [Theory]
    [InlineData("<window-copy name='w'><schema-string>id*:int64,x:double</schema-string></window-copy>", "id*:int64,x:double", 0)]
    [InlineData("<window-copy name='w'><schema-string>id*:int64,x:string</schema-string></window-copy>", "id*:int64,x:double", 1)]
    [InlineData("<window-filter name='w'><schema-string>k*:int64</schema-string><expression>1</expression></window-filter>",
        "id*:int64,x:double", 1)]
    [InlineData("<window-remove-state name='w'><schema copy='s' copy-keys='true'/></window-remove-state>",
        "eventNumber*:int64,id:int64,x:double", 1)]
    public void A_schema_that_the_kind_makes_itself_may_be_given_and_is_not_used(string window, string schema, int warnings)
    {
        var read = ProjectXmlReader.Read(Small.Query(window, "<edge source='s' target='w'/>"));
        Assert.Equal(schema, $"{read.Project!.ContinuousQueries[0].Windows[1].Schema}");
        Assert.Equal(Enumerable.Repeat((ProblemSeverity.Warning, ProblemCode.InvalidSchema), warnings),
            read.Problems.Select(p => (p.Severity, p.Code)));
    }

    [Theory]
    [InlineData(
        "<window-remove-state name='r' remove='updates everything'/>", ProblemCode.InvalidValue, "names 'everything'; known are inserts")]
    [InlineData("<window-counter name='r' count-interval='0'/>", ProblemCode.InvalidValue, "count-interval='0' must be a duration")]
    [InlineData("<window-counter name='r' clear-interval='soon'/>", ProblemCode.InvalidValue, "clear-interval='soon' must be a duration")]
    [InlineData("<window-union name='r' strict='perhaps'/>", ProblemCode.InvalidValue, "strict='perhaps' must be true or false")]
    [InlineData("<window-union name='r' loose='true'/>", ProblemCode.UnknownAttribute, "'loose'")]
    [InlineData(
        "<window-aggregate name='r'><schema-string>id*:int64</schema-string><having/></window-aggregate>",
        ProblemCode.UnknownElement, "<having>")]
    public void A_mistake_is_reported_where_it_stands(string window, string code, string message)
    {
        var problem = Assert.Single(ProjectXmlReader.Read(Small.Query(window, "<edge source='s' target='r'/>")).Problems);
        Assert.Equal(code, problem.Code);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.True(problem.Position.Line > 1);
    }

    [Fact]
    public void A_field_of_the_name_that_remove_state_makes_is_refused()
    {
        var model = Small.Query(
            "<window-remove-state name='a'/><window-remove-state name='b'/>", "<edge source='s' target='a'/><edge source='a' target='b'/>");
        var problem = Assert.Single(ProjectXmlReader.Read(model).Problems);
        Assert.Equal(ProblemCode.InvalidSchema, problem.Code);
        Assert.Contains("'eventNumber'", problem.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, WindowDefinition> Windows(string windows, string edges)
    {
        var read = ProjectXmlReader.Read(Small.Query(windows, edges));
        Assert.Empty(read.Problems);
        return read.Project!.ContinuousQueries[0].Windows.ToDictionary(w => w.Name);
    }
}
