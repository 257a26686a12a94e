using Lockstep.Contracts.Projects;

namespace Lockstep.Contracts.Tests.Projects;

/// <summary>What statedb windows read from a model, and what is wrong with one before anything runs.</summary>
public sealed class StateDbXmlTests
{
    private const string Memory = "<statedb type='memory'/>";
    private const string Writer = $"<window-statedb-writer name='w'>{Memory}<write prefix='P'/></window-statedb-writer>";

    [Fact]
    public void A_writer_is_read_with_all_it_has()
    {
        var window = Assert.IsType<StateDbWriterWindowDefinition>(Window("""
            <window-statedb-writer name="w"><statedb type="memory"/><write prefix="P" ttl="90">
              <secondary-indexes><secondary-index name="a"><fields>X, id</fields></secondary-index>
                <secondary-index name="b"><fields><field name="x"/></fields></secondary-index></secondary-indexes></write>
              <output><field-selection name="x" db-name="X"/></output></window-statedb-writer>
            """));

        Assert.Equal(("P", TimeSpan.FromSeconds(90)), (window.Prefix, window.TimeToLive));
        Assert.Equal("id*:int64,x:double", $"{window.Schema}");
        var table = StateDbTable.Create(window, (_, message) => Assert.Fail(message))!;
        Assert.Equal("id*:int64,X:double", $"{table.Schema}");
        Assert.Equal(["a 1,0", "b 1"], table.Indexes.Select(i => $"{i.Name} {string.Join(',', i.Fields)}"));
    }

    [Fact]
    public void A_reader_is_read_with_all_it_has()
    {
        var window = Assert.IsType<StateDbReaderWindowDefinition>(Window(Reader("id==id && x == x")));

        Assert.Equal([new StateDbCondition("id", "id"), new StateDbCondition("x", "x")], window.Conditions);
        Assert.Equal([(true, "", "ESP_aCount"), (false, "x", "")], window.Output.Select(o => (o.IsQuery, o.Name, o.Aggregate)));
    }

    [Theory]
    [InlineData("type='memory'", false, null)]
    [InlineData("type='redis' hostname='h' port='7000' password='secret' username='u' keep-alive-ping='true'", true, 60)]
    [InlineData("type='redis' hostname='h' keep-alive-ping='5'", true, 5)]
    [InlineData("type='redis' hostname='h' cluster='true' keep-alive-ping='false'", true, 0)]
    public void A_database_is_read_and_shows_no_password(string attributes, bool isRedis, int? keepAlive)
    {
        var window = Window(Reader("id==id").Replace("type='memory'", attributes, StringComparison.Ordinal));
        var database = ((StateDbReaderWindowDefinition)window).Database;

        Assert.Equal(isRedis, database.Type == StateDbType.Redis);
        Assert.Equal(keepAlive, database.KeepAliveSeconds);
        Assert.DoesNotContain("secret", $"{database}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<statedb/><write prefix='P'/>", ProblemCode.Missing, "<statedb> needs attribute 'type'")]
    [InlineData("<statedb type='oracle'/><write prefix='P'/>", ProblemCode.InvalidValue, "type='oracle' is not known; known are memory, redis")]
    [InlineData("<statedb type='redis' hostname='h' port='70000'/><write prefix='P'/>", ProblemCode.InvalidValue, "port='70000' is no port")]
    [InlineData("<statedb type='memory' hostname='h'/><write prefix='P'/>", ProblemCode.UnknownAttribute, "'hostname' has no effect with type='memory'")]
    [InlineData(Memory + "<write/>", ProblemCode.Missing, "<write> needs attribute 'prefix'")]
    [InlineData(Memory + "<write prefix='a b'/>", ProblemCode.InvalidValue, "prefix='a b' must have no blanks")]
    [InlineData(Memory + "<write prefix='P' ttl='soon'/>", ProblemCode.InvalidValue, "ttl='soon' must be a duration")]
    [InlineData(Memory + "<write prefix='P'/><output><field-selection name='y'/></output>", ProblemCode.InvalidStateDb, "no field 'y'")]
    [InlineData(
        Memory + "<write prefix='P'/><output><field-selection name='x' db-name='id'/></output>", ProblemCode.InvalidStateDb,
        "Two fields are stored as 'id'")]
    [InlineData(
        Memory + "<write prefix='P'><secondary-indexes><secondary-index name='i'><fields>y</fields></secondary-index></secondary-indexes></write>",
        ProblemCode.InvalidStateDb, "Secondary index 'i' names field 'y', which is not stored")]
    [InlineData("<schema-string>id*:int64,x:string</schema-string>" + Memory + "<write prefix='P'/>", ProblemCode.InvalidStateDb, "Field 'x' of the schema")]
    public void A_mistake_in_a_writer_is_reported_where_it_stands(string content, string code, string message) =>
        Check($"<window-statedb-writer name='w'>{content}</window-statedb-writer>", "<edge source='s' target='w'/>", code, message);

    [Theory]
    [InlineData("<query prefix='Q' query='id==id'/>", "No statedb-writer of the project writes prefix 'Q' to this database (memory)")]
    [InlineData("<query prefix='P' query='id=id'/>", "must be 'field==DBFIELD'")]
    [InlineData("<query prefix='P' query='id==id or x==x'/>", "must be 'field==DBFIELD'")]
    [InlineData("<query prefix='P' query='x==id'/>", "compares 'x', a double, with 'id', a int64")]
    [InlineData("<query prefix='P' query='id==nothing'/>", "names 'nothing', which is not stored under prefix 'P'; stored are id, x")]
    public void A_mistake_in_a_query_is_reported_where_it_stands(string query, string message) => Check(
        Writer + Reader("id==id").Replace("name='w'", "name='r'", StringComparison.Ordinal)
            .Replace("<query prefix='P' query='id==id'/>", query, StringComparison.Ordinal),
        "<edge source='s' target='w r'/>", ProblemCode.InvalidStateDb, message);

    [Theory]
    [InlineData("<field-selection source='query' name='x'/>", "selects 1 fields; give one for each of the 3 fields of the schema or the 2 that are no key")]
    [InlineData("<field-selection source='input' name='x' aggregate='ESP_aMax'/>", "A field of the input has no aggregate")]
    [InlineData(
        "<field-selection source='query' name='id'/><field-selection source='query' name='x' aggregate='ESP_aMax'/><field-selection source='query' name='x'/>",
        "The key 'id' is taken from each row that is found; no field can be an aggregate then")]
    public void A_mistake_in_the_output_of_a_reader_is_reported_where_it_stands(string output, string message)
    {
        var reader = $"""
            <window-statedb-reader name="r"><schema-string>id*:int64,a:double,b:double</schema-string>{Memory}
            <query prefix="P" query="id==id"/><output>{output}</output></window-statedb-reader>
            """;
        var problems = Problems(Writer + reader, "<edge source='s' target='w r'/>");
        Assert.Contains(problems, p => p.Code == ProblemCode.InvalidStateDb && p.Message.Contains(message, StringComparison.Ordinal) && p.Position.Line > 1);
    }

    [Fact]
    public void Rows_of_a_prefix_have_one_form() => Check(
        Writer + $"<window-statedb-writer name='v'>{Memory}<write prefix='P' ttl='5'/></window-statedb-writer>", "<edge source='s' target='w v'/>",
        ProblemCode.InvalidStateDb, "Window 'cq/w' writes prefix 'P' too");

    private static void Check(string windows, string edges, string code, string message)
    {
        var problem = Assert.Single(Problems(windows, edges));
        Assert.Equal(code, problem.Code);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.True(problem.Position.Line > 1);
    }

    private static List<Problem> Problems(string windows, string edges)
    {
        var read = ProjectXmlReader.Read(Small.Query(windows, edges));
        return [.. read.Problems, .. read.Project is null ? [] : ProjectValidator.Validate(read.Project)];
    }

    private static string Reader(string query) => $"""
        <window-statedb-reader name='w'><schema-string>id*:int64,n:int64,x:double</schema-string>{Memory}
        <query prefix='P' query='{query.Replace("&", "&amp;", StringComparison.Ordinal)}'/>
        <output><field-selection source='query' aggregate='ESP_aCount'/><field-selection source='input' name='x'/></output></window-statedb-reader>
        """;

    private static WindowDefinition Window(string window)
    {
        var read = ProjectXmlReader.Read(Small.Query(window, "<edge source='s' target='w'/>"));
        Assert.DoesNotContain(read.Problems, p => p.Code != ProblemCode.LiteralSecret);
        return read.Project!.ContinuousQueries[0].Windows[1];
    }
}
