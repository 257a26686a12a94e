namespace Lockstep.Architecture.Tests;

/// <summary>Finds the checkout that these tests were built from.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find();

    /// <summary>Files written by people: migrations are generated.</summary>
    public static IEnumerable<string> SourceFiles(string folder, string pattern) =>
        Directory.EnumerateFiles(System.IO.Path.Combine(Path, folder), pattern, SearchOption.AllDirectories)
            .Where(file => !file.Contains("/Migrations/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Lockstep.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("Lockstep.slnx is in no folder above the tests; run them from a checkout.");
    }
}
