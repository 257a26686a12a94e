using Lockstep.Contracts.Projects;

namespace Lockstep.Contracts.Tests.Projects;

/// <summary>What pattern windows read from a model, the logic's syntax, and the rules about them.</summary>
public sealed class PatternXmlTests
{
    private const string Events = "<events><event name='a' source='s'>x==1</event><event name='b' source='s'>x==2</event></events>";

    private static string Model(
        string logic = "fby{1 minute}(a,b)", string events = Events, string attributes = "", string more = "",
        string output = "<field-selection node='a' name='x'/>", string schema = "key*:int64,x:double") => Small.Query(
        $"""
        <window-source name='t'><schema-string>id*:string,at:stamp,x:int32</schema-string></window-source>
        <window-pattern name='p'><schema-string>{schema}</schema-string><patterns><pattern {attributes}>{events}
        <logic>{logic}</logic><output>{output}</output>{more}</pattern></patterns></window-pattern>
        """, "<edge source='s t' target='p'/>");

    private static PatternLogic? Parse(string text, out string message, out TextPosition position)
    {
        var (said, at) = ("", default(TextPosition));
        var logic = PatternLogic.Parse(new ExpressionText(text, new TextPosition(10, 5)), (p, m) =>
        {
            Assert.Equal("", said);
            (said, at) = (m, p);
        });
        (message, position) = (said, at);
        return logic;
    }

    [Fact]
    public void A_logic_is_a_tree_of_operators()
    {
        var logic = Parse(" FBY { 2 minutes } ( a-1 ,\n is:3( b ), and(not(not(c)), or(d,notoccur(e))))", out var message, out _)!;

        Assert.Equal("", message);
        Assert.Equal(
            ["FollowedBy", "a-1", "Is", "b", "And", "Not", "Not", "c", "Or", "d", "NotOccur", "e"],
            logic.All().Select(p => p.Operator == PatternOperator.Event ? p.Event : $"{p.Operator}"));
        Assert.Equal((TimeSpan.FromMinutes(2), 3), (logic.Limit, logic.Operands[1].Times));
        Assert.Equal(new TextPosition(11, 2), logic.Operands[1].Position);
    }

    [Theory]
    [InlineData("", 5, "ends too early")]
    [InlineData("fby(a", 10, "Expected ',' or ')'")]
    [InlineData("fby(a,)", 11, "Expected an event or an operator, found ')'")]
    [InlineData("a b", 7, "Expected the end of the logic, found 'b'")]
    [InlineData("then(a,b)", 5, "'then' is no operator")]
    [InlineData("and{1 second}(a,b)", 9, "Only fby takes a time")]
    [InlineData("fby{soon}(a,b)", 9, "Only fby takes a time")]
    [InlineData("fby{1 second(a,b)", 9, "Only fby takes a time")]
    [InlineData("not:2(a)", 9, "Only is takes a number")]
    [InlineData("is:0(a)", 8, "Only is takes a number")]
    [InlineData("not(a,b)", 5, "take one operand")]
    public void A_mistake_in_the_logic_is_reported_with_its_place(string text, int column, string expected)
    {
        Assert.Null(Parse(text, out var message, out var position));
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Equal(new TextPosition(10, column), position);
    }

    [Fact]
    public void A_logic_has_limits()
    {
        Assert.Null(Parse(string.Concat(Enumerable.Repeat("not(", 100)) + "a" + new string(')', 100), out var deep, out _));
        Assert.Null(Parse($"and({string.Join(',', Enumerable.Repeat("a", 2000))})", out var wide, out _));
        Assert.Contains("nested deeper than", deep, StringComparison.Ordinal);
        Assert.Contains("more than 1000 parts", wide, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sound_pattern_has_no_problem() => Assert.Empty(Problems(Model(
        attributes: "name='n' index='x'", more: "<timefields><timefield source='t' field='at'/></timefields>")));

    public static TheoryData<string, string, string> Mistakes => new()
    {
        { Model(logic: ""), ProblemCode.Missing, "A pattern needs a <logic>" },
        { Model(logic: "fby(a,"), ProblemCode.InvalidPattern, "The logic ends too early" },
        { Model(logic: "or(a,z)"), ProblemCode.InvalidPattern, "The logic names 'z'" },
        { Model(logic: "fby(a,b)"), ProblemCode.UnlimitedPattern, "stay open until they match" },
        { Model(logic: "fby{1 minute}(is:2(a),b)"), ProblemCode.UnlimitedPattern, "stay open until they match" },
        { Model(schema: "key*:string,x:double"), ProblemCode.InvalidKey, "one key field, of type int64" },
        { Model(schema: "key*:int64,x:double,y:double"), ProblemCode.ExpressionCount, "1 entries for 2 fields" },
        { Model(output: "<field-selection node='z' name='x'/>"), ProblemCode.InvalidPatternField, "node 'z'" },
        { Model(output: "<field-selection node='a' name='z'/>"), ProblemCode.InvalidPatternField, "no field 'z'" },
        { Model(output: "<field-plug/><field-expr/>"), ProblemCode.UnknownElement, "<field-plug>" },
        { Model(attributes: "index='y'"), ProblemCode.InvalidPatternField, "The index field 'y'" },
        { Model(attributes: "when='now'"), ProblemCode.UnknownAttribute, "'when'" },
        {
            Model(events: Events.Replace("name='b' source='s'", "name='b' source='t'", StringComparison.Ordinal), attributes: "index='x'"),
            ProblemCode.InvalidPatternField, "of one type"
        },
        {
            Model(events: Events.Replace("name='b' source='s'", "name='b'", StringComparison.Ordinal)),
            ProblemCode.InvalidPatternField, "Event 'b' needs a source"
        },
        {
            Model(events: Events.Replace("<events>", "<events><event name='a' source='t'/>", StringComparison.Ordinal)),
            ProblemCode.DuplicateName, "'a'"
        },
        {
            Model(more: "<timefields><timefield source='s' field='x'/></timefields>"), ProblemCode.InvalidPatternField, "The time field 'x'"
        },
        {
            Model(events: "<lua-events><event name='a' source='s'/><event name='b' source='s' func='f'/></lua-events><code output='o'>x = 1</code>"),
            ProblemCode.Missing, "'func'"
        },
    };

    [Theory]
    [MemberData(nameof(Mistakes), DisableDiscoveryEnumeration = true)]
    public void A_mistake_is_reported_where_it_stands(string model, string code, string message)
    {
        var problem = Assert.Single(Problems(model));
        Assert.Equal(code, problem.Code);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.True(problem.Position.Line > 1);
    }

    private static IEnumerable<Problem> Problems(string model)
    {
        var read = ProjectXmlReader.Read(model);
        return read.Problems.Concat(ProjectValidator.Validate(read.Project!)).Distinct();
    }
}
