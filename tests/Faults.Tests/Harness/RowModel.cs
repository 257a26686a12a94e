using Lockstep.Contracts.Projects;

namespace Lockstep.Faults.Tests.Harness;

/// <summary>The models that lie beside the tests.</summary>
internal static class RowModel
{
    /// <summary>Full path of a model.</summary>
    /// <param name="model">Its file's name.</param>
    public static string PathOf(string model) => Path.Combine(AppContext.BaseDirectory, "Models", model);

    /// <summary>Reads a model with its prefix.</summary>
    public static ProjectDefinition Read(string file, string prefix)
    {
        var read = ProjectXmlReader.Read(
            File.ReadAllText(file), new ProjectReadOptions { Tokens = new Dictionary<string, string> { ["PREFIX"] = prefix } });
        Assert.False(read.HasErrors, string.Join(Environment.NewLine, read.Problems));
        return read.Project!;
    }
}
