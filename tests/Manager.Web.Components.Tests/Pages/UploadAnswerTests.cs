using Lockstep.Manager.Web.Projects;

namespace Lockstep.Manager.Web.Components.Tests.Pages;

/// <summary>What REST answers to a publication becomes a version or a list of problems.</summary>
public sealed class UploadAnswerTests
{
    [Fact]
    public void Created_gives_the_version()
    {
        var answer = UploadAnswer.Of(new HttpAnswer(201, """
            {"project":"p","version":"1.1","sha256":"ab","notes":"","publishedAt":"2026-03-01T12:00:00Z","publishedBy":"ana","sizeBytes":10}
            """));

        Assert.Equal(("p", "1.1", null), (answer.Published?.Project, answer.Published?.Version, answer.Refusal));
    }

    [Fact]
    public void Unprocessable_gives_every_problem_with_its_place()
    {
        var answer = UploadAnswer.Of(new HttpAnswer(422, """
            {"title":"Invalid","detail":"The model has errors; nothing was published.","errors":[
              {"severity":"error","code":"LS1003","path":"project/cq","line":12,"column":7,"message":"No such window."},
              {"severity":"warning","code":"LS2001","path":"","line":3,"column":1,"message":"Unused."}]}
            """));

        Assert.Equal("The model has errors; nothing was published.", answer.Refusal);
        Assert.Equal([(12, 7), (3, 1)], answer.Problems.Select(p => (p.Line, p.Column)));
    }

    [Theory]
    [InlineData(502, "<html>bad gateway</html>", "HTTP 502")]
    [InlineData(0, "", "The server did not answer.")]
    public void Anything_else_is_a_refusal_with_its_status(int status, string body, string refusal) =>
        Assert.Equal(refusal, UploadAnswer.Of(new HttpAnswer(status, body)).Refusal);
}
