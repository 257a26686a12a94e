namespace Lockstep.Manager.Web.Launching;

/// <summary>Finds the other programs: beside the manager, as a build or a publish lays them out.</summary>
internal static class ProgramPath
{
    /// <summary>The command that starts a program.</summary>
    /// <param name="given">Its path when the user gave one.</param>
    /// <param name="project">Its project: Engine.Worker, LocalCluster.</param>
    /// <param name="published">Name of its folder beside the manager's when published: worker, local-cluster.</param>
    /// <returns>Program and first arguments; null when it is nowhere.</returns>
    public static (string Program, IReadOnlyList<string> Arguments)? Find(string? given, string project, string published)
    {
        var name = $"Lockstep.{project}.dll";
        var here = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        var configuration = Path.GetFileName(here);
        string[] places = given is not null
            ? [given]
            :
            [
                // artifacts/bin/Manager.Web/debug -> artifacts/bin/Engine.Worker/debug
                Path.GetFullPath(Path.Combine(here, "..", "..", project, configuration, name)),
                Path.GetFullPath(Path.Combine(here, "..", published, name)),
                Path.Combine(here, published, name),
                Path.Combine(here, name),
            ];
        return places.FirstOrDefault(File.Exists) is { } found ? Command(found) : null;
    }

    private static (string, IReadOnlyList<string>) Command(string path)
    {
        if (!path.EndsWith(".dll", StringComparison.Ordinal))
        {
            return (path, []);
        }

        // The same runtime that runs the manager: shared/Microsoft.NETCore.App/VERSION/System.Private.CoreLib.dll.
        var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var host = Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", "dotnet"));
        return File.Exists(host) ? (host, ["exec", path]) : (Path.ChangeExtension(path, null), []);
    }
}
