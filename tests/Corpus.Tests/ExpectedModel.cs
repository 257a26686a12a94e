namespace Lockstep.Corpus.Tests;

/// <summary>A file of Models: how a model is run, and what its windows must put out. Models/README.txt has the format.</summary>
/// <param name="Name">Name of the model's folder.</param>
/// <param name="Options">Options of the run.</param>
/// <param name="Windows">The sections.</param>
internal sealed record ExpectedModel(string Name, string[] Options, List<ExpectedWindow> Windows)
{
    /// <summary>The names of all models that have a file, sorted.</summary>
    public static string[] Names { get; } =
    [
        .. Directory.EnumerateFiles(Folder, "*.txt").Select(f => Path.GetFileNameWithoutExtension(f)!).Where(n => n != "README")
            .Order(StringComparer.Ordinal),
    ];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Models");

    /// <summary>Reads the file of a model.</summary>
    public static ExpectedModel Read(string name)
    {
        string[] options = [];
        List<ExpectedWindow> windows = [];
        foreach (var line in File.ReadLines(Path.Combine(Folder, $"{name}.txt")).Where(l => l.Length > 0 && l[0] != '#'))
        {
            if (line.StartsWith("run ", StringComparison.Ordinal))
            {
                options = SplitOptions(line["run ".Length..]);
            }
            else if (line[0] == '[')
            {
                windows.Add(ExpectedWindow.Parse(line));
            }
            else
            {
                windows[^1].Lines.Add(line);
            }
        }

        Assert.NotEmpty(windows);
        return new ExpectedModel(name, options, windows);
    }

    /// <summary>Words of a line; double quotes keep blanks.</summary>
    public static string[] SplitOptions(string line) =>
        [.. line.Split('"').SelectMany((part, i) => i % 2 == 1
            ? [part]
            : part.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))];
}
