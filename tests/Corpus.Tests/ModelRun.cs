using Lockstep.TestKit;

namespace Lockstep.Corpus.Tests;

/// <summary>
/// One model, run by a worker process of its own from a copy of its folder, and what its windows put out. The folder is also the
/// current one, so that bare file names of the model and of options mean files in it.
/// </summary>
internal sealed class ModelRun : IAsyncDisposable
{
    /// <summary>No run takes longer; the longest retention among the models is 30 s.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    /// <summary>Runs at a time: their own work is short, most of it is waiting.</summary>
    private static readonly SemaphoreSlim Room = new(4);

    private readonly DirectoryInfo _folder;

    private ModelRun(DirectoryInfo folder, int exitCode, string log)
    {
        _folder = folder;
        ExitCode = exitCode;
        Log = log;
    }

    /// <summary>The worker's exit code.</summary>
    public int ExitCode { get; }

    /// <summary>What the worker said.</summary>
    public string Log { get; }

    /// <summary>Copies a folder and runs its model to its end.</summary>
    /// <param name="source">A folder with <c>model.xml</c>.</param>
    /// <param name="options">Options beside <c>--out</c> and <c>--until-finished</c>.</param>
    public static Task<ModelRun> RunAsync(string source, params IEnumerable<string> options) => RunAsync(source, _ => { }, options);

    /// <summary>Copies a folder, adds to it and runs its model to its end.</summary>
    /// <param name="source">A folder with <c>model.xml</c>.</param>
    /// <param name="prepare">Gets the copy's path before the run.</param>
    /// <param name="options">Options beside <c>--out</c> and <c>--until-finished</c>.</param>
    public static async Task<ModelRun> RunAsync(string source, Action<string> prepare, params IEnumerable<string> options)
    {
        await Room.WaitAsync();
        try
        {
            var folder = Directory.CreateTempSubdirectory("corpus-");
            Copy(source, folder.FullName);
            prepare(folder.FullName);
            List<string> lines = [];
            await using var worker = ChildProcess.Start(
                "dotnet",
                [
                    Path.Combine(AppContext.BaseDirectory, "Lockstep.Engine.Worker.dll"),
                    "run", "model.xml", "--out", "out", "--until-finished", "--set", $"ESPTESTDATA={folder.FullName}", .. options,
                ],
                new Dictionary<string, string?> { ["DOTNET_TieredPGO"] = "0" },
                folder.FullName,
                line =>
                {
                    lock (lines)
                    {
                        lines.Add(line);
                    }
                });
            var exitCode = await worker.WaitForExitAsync(Deadline);
            return new ModelRun(folder, exitCode, string.Join('\n', lines));
        }
        finally
        {
            Room.Release();
        }
    }

    /// <summary>The lines that a window emitted, without the header.</summary>
    /// <param name="window">contquery.window.</param>
    public string[] Window(string window) => Lines($"out/{window}.csv")[1..];

    /// <summary>The names of a window's columns, <c>opcode</c> and <c>flags</c> first.</summary>
    public string[] Columns(string window) => Lines($"out/{window}.csv")[0].Split(',');

    /// <summary>The lines of a file of the run.</summary>
    /// <param name="path">Below the model's folder.</param>
    public string[] Lines(string path)
    {
        var file = Path.Combine(_folder.FullName, path);
        Assert.True(File.Exists(file), $"{path} was not written; exit code {ExitCode}:\n{Log}");
        return [.. File.ReadAllText(file).TrimStart('\uFEFF').Split('\n').Select(l => l.TrimEnd('\r')).Where(l => l.Length > 0)];
    }

    /// <summary>True: the run wrote, or was given, such a file.</summary>
    public bool Has(string path) => File.Exists(Path.Combine(_folder.FullName, path));

    /// <summary>Deletes the copy.</summary>
    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private static void Copy(string source, string target)
    {
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var path = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            // Not File.Copy: a copy of a read-only file could not be deleted.
            File.WriteAllBytes(path, File.ReadAllBytes(file));
        }
    }
}
