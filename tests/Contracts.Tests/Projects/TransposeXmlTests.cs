using Lockstep.Contracts.Projects;

namespace Lockstep.Contracts.Tests.Projects;

/// <summary>What transpose windows read from a model, and what they say of mistakes.</summary>
public sealed class TransposeXmlTests
{
    [Fact]
    public void Lists_and_timeout_are_read()
    {
        var model = Small.Query(
            "<window-transpose name='w' mode='wide' tag-name='id' tags-included=' 1, 2' tag-values='x' clear-timeout='never'/>",
            "<edge source='s' target='w'/>");
        var read = ProjectXmlReader.Read(model);

        Assert.Empty(read.Problems);
        var window = (TransposeWindowDefinition)read.Project!.ContinuousQueries[0].Windows[1];
        Assert.Equal((TransposeMode.Wide, "id", null), (window.Mode, window.TagName, window.ClearTimeout));
        Assert.Equal(["1", "2"], window.Tags);
        Assert.Equal("id*:int64,1_x:double,2_x:double", $"{window.Schema}");
    }

    [Theory]
    [InlineData("mode='tall' tag-name='id' tags-included='1' tag-values='x'", ProblemCode.InvalidValue, "known are wide and long")]
    [InlineData("mode='wide' tag-name='id' tags-included='' tag-values='x'", ProblemCode.Missing, "needs tags-included")]
    [InlineData("mode='wide' tag-name='id' tags-included='1' tag-values='y'", ProblemCode.InvalidSchema, "no field 'y'; it has id, x")]
    [InlineData("mode='wide' tag-name='x' tags-included='1' tag-values='id'", ProblemCode.InvalidSchema, "must be a string or a whole")]
    [InlineData("mode='long' tag-name='g' tags-included='a' tag-values='v'", ProblemCode.InvalidSchema, "no field 'a_v'")]
    [InlineData("mode='wide' tag-name='id' tags-included='1,1' tag-values='x'", ProblemCode.InvalidSchema, "two fields '1_x'")]
    [InlineData(
        "mode='wide' tag-name='id' tags-included='1' tag-values='x' clear-timeout='late'", ProblemCode.InvalidValue, "'late' must be a duration")]
    public void A_mistake_is_reported_where_it_stands(string attributes, string code, string message)
    {
        var model = Small.Query($"<window-transpose name='w' {attributes}/>", "<edge source='s' target='w'/>");
        var problem = Assert.Single(ProjectXmlReader.Read(model).Problems);
        Assert.Equal(code, problem.Code);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.True(problem.Position.Line > 1);
    }
}
