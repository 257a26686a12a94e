using Lockstep.Contracts.Projects;
using Lockstep.Scripting;

namespace Lockstep.Engine.Execution;

/// <summary>
/// Compiles code that building does not load: Python, whose processes start at their first call, and modules, which may never be
/// required. What is wrong is a problem at its line of the model.
/// </summary>
internal static class ScriptCheck
{
    /// <summary>Adds what does not compile.</summary>
    public static void Check(ProjectDefinition project, ProblemList problems)
    {
        var modules = project.Modules.Select(m => PartOf(project, m, problems)).OfType<Part>().ToList();
        Check(project, ScriptLanguage.Lua, [.. modules.Where(m => m.Language == ScriptLanguage.Lua)], problems);
        Check(
            project, ScriptLanguage.Python,
            [.. modules.Concat(WindowParts(project)).Where(p => p.Language == ScriptLanguage.Python)], problems);
    }

    /// <summary>
    /// Adds why a window's script does not load; a module that does not compile has been reported at its own place.
    /// </summary>
    public static void Report(ScriptException error, string path, ScriptDefinition script, ProblemList problems)
    {
        if (error.Fault is not { } fault)
        {
            problems.Error("LS2401", path, script.Code.Position, $"The script does not load: {error.Message}");
        }
        else if (fault.Part == path)
        {
            problems.Error("LS2401", path, fault.In(script.Code.Position, script.File is null), $"The script does not load: {fault.Message}");
        }
    }

    private static void Check(ProjectDefinition project, ScriptLanguage language, List<Part> parts, ProblemList problems)
    {
        try
        {
            var faults = ScriptSyntax.Check(language, [.. parts.Select(p => (p.Name, p.Code.Text))], project.Grants);
            foreach (var (part, fault) in parts.Zip(faults).Where(f => f.Second is not null))
            {
                problems.Error(
                    "LS2401", part.Path, fault!.In(part.Code.Position, part.IsInModel), $"The script does not load: {fault.Message}");
            }
        }
        catch (ScriptProcessException error)
        {
            problems.Error("LS2405", parts[0].Path, parts[0].Code.Position, error.Message);
        }
    }

    private static Part? PartOf(ProjectDefinition project, ScriptModuleDefinition module, ProblemList problems)
    {
        try
        {
            var code = module.Code with { Text = ScriptLoader.TextOf(project, module) };
            return new Part(module.Language, module.Name, module.Name, code, module.File is null);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            problems.Error("LS2402", module.Name, module.Code.Position, $"The module's file can't be read: {unreadable.Message}");
            return null;
        }
    }

    private static IEnumerable<Part> WindowParts(ProjectDefinition project)
    {
        foreach (var query in project.ContinuousQueries)
        {
            foreach (var window in query.Windows)
            {
                foreach (var script in ScriptsOf(window))
                {
                    var path = $"{query.Name}/{window.Name}";
                    if (script.File is null)
                    {
                        yield return new Part(script.Language, path, path, script.Code, IsInModel: true);
                    }
                    else if (TextOf(project, script) is { } text)
                    {
                        yield return new Part(script.Language, path, path, script.Code with { Text = text }, IsInModel: false);
                    }
                }
            }
        }
    }

    private static IEnumerable<ScriptDefinition> ScriptsOf(WindowDefinition window) => window switch
    {
        ScriptWindowDefinition w => [w.Script],
        ScriptFilterWindowDefinition w => [w.Script],
        CustomWindowDefinition w => [w.Script],
        PatternWindowDefinition w => w.Patterns.Select(p => p.Script).OfType<ScriptDefinition>(),
        _ => [],
    };

    // A file that can't be read is reported when the window is made.
    private static string? TextOf(ProjectDefinition project, ScriptDefinition script)
    {
        try
        {
            return ScriptLoader.SourceOf(project, "", script).Code;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private sealed record Part(ScriptLanguage Language, string Name, string Path, ExpressionText Code, bool IsInModel);
}
