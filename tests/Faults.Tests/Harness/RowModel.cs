using Lockstep.Contracts.Projects;

namespace Lockstep.Faults.Tests.Harness;

/// <summary>The models that lie beside the tests.</summary>
internal static class RowModel
{
    /// <summary>Full path of a model.</summary>
    /// <param name="model">Its file's name.</param>
    public static string PathOf(string model) => Path.Combine(AppContext.BaseDirectory, "Models", model);

    /// <summary>Reads a model with its prefix, and values of further tokens.</summary>
    public static ProjectDefinition Read(string file, string prefix, IReadOnlyDictionary<string, string>? tokens = null)
    {
        var all = new Dictionary<string, string>(tokens ?? new Dictionary<string, string>()) { ["PREFIX"] = prefix };
        var read = ProjectXmlReader.Read(File.ReadAllText(file), new ProjectReadOptions { Tokens = all });
        Assert.False(read.HasErrors, string.Join(Environment.NewLine, read.Problems));
        return read.Project!;
    }
}
