namespace Lockstep.Engine.Tests.Corpus;

/// <summary>
/// Finds the folder of sample models with published results: by <c>LOCKSTEP_CORPUS</c>, else beside the repository.
/// Not part of the repository; tests that compare with it pass over it where it is missing.
/// </summary>
internal static class SampleFiles
{
    public static string? Folder { get; } = Find();

    public static string Read(params string[] path) => File.ReadAllText(Path.Combine([Folder!, .. path]));

    public static string[] Lines(params string[] path) =>
        [.. Read(path).TrimStart('\uFEFF').Split('\n').Select(l => l.TrimEnd('\r')).Where(l => l.Length > 0)];

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("LOCKSTEP_CORPUS") is { Length: > 0 } named)
        {
            return named;
        }

        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var folder = Path.Combine(at.FullName, "shared", "corpus");
            if (Directory.Exists(folder))
            {
                return folder;
            }
        }

        return null;
    }
}
