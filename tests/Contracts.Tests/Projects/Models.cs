namespace Lockstep.Contracts.Tests.Projects;

/// <summary>Models outside the repository that the reader is tried on when they are there.</summary>
internal static class Models
{
    /// <summary>Full paths of all models found; empty when there is no corpus beside the repository.</summary>
    public static IReadOnlyList<string> Outside { get; } = Find();

    /// <summary>The folder beside the repository; null when there is none.</summary>
    public static string? SharedFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Lockstep.slnx")))
            {
                var shared = Path.GetFullPath(Path.Combine(folder.FullName, "../shared"));
                return Directory.Exists(shared) ? shared : null;
            }
        }

        return null;
    }

    private static List<string> Find()
    {
        if (SharedFolder() is not { } shared)
        {
            return [];
        }

        return
        [
            .. Directory.EnumerateFiles(Path.Combine(shared, "corpus"), "model.xml", SearchOption.AllDirectories),
            .. Directory.EnumerateFiles(Path.Combine(shared, "seed"), "*.xml", SearchOption.AllDirectories),
        ];
    }
}
