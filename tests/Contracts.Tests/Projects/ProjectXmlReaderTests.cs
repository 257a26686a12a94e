using Lockstep.Contracts.Projects;

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
}
