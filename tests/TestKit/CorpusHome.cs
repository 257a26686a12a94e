namespace Lockstep.TestKit;

/// <summary>Finds the folder of public models with known results: by environment variable, else beside the repository.</summary>
public static class CorpusHome
{
    /// <summary>The variable that names the folder.</summary>
    public const string Variable = "LOCKSTEP_CORPUS";

    private const string SiblingFolder = "shared/corpus";

    /// <summary>The folder of one model: <c>model.xml</c> and its inputs.</summary>
    /// <param name="model">The model's folder name.</param>
    /// <exception cref="DirectoryNotFoundException">It was not found; the message says how to get it.</exception>
    public static string Of(string model)
    {
        var home = Find();
        var folder = Path.Combine(home ?? "", model);
        if (home is not null && File.Exists(Path.Combine(folder, "model.xml")))
        {
            return folder;
        }

        var named = Environment.GetEnvironmentVariable(Variable);
        var seen = named is null ? "is not set" : $"is {named}";
        var missing = home is null ? $"no folder above {AppContext.BaseDirectory} has {SiblingFolder}" : $"{folder}/model.xml is missing";
        throw new DirectoryNotFoundException(
            $"This test needs the public model '{model}', and it was not found: {Variable} {seen}, and {missing}. Get the "
            + "examples from github.com/sassoftware (esp-studio-examples, python-esppy, iot-transformation-window-code-snippets, "
            + "iot-esp-utilities-windows-code-snippets, iot-esp-ha-using-kafka), lay each into a folder of its own as model.xml with "
            + $"its inputs, and set {Variable} to the folder of these folders.");
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            return Path.GetFullPath(named);
        }

        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var folder = Path.Combine(at.FullName, SiblingFolder);
            if (Directory.Exists(folder))
            {
                return folder;
            }
        }

        return null;
    }
}
