using Lockstep.Contracts.Events;

namespace Lockstep.Contracts.Projects.Validation;

/// <summary>Rules about scripts; code is never run here, and compiles or not when the project is built.</summary>
internal static class ScriptRules
{
    /// <summary>Checks the windows of a project that have a script.</summary>
    public static void Check(ProjectDefinition project, ProblemList found)
    {
        foreach (var query in project.ContinuousQueries)
        {
            var inputs = WindowRules.InputsByName(query);
            foreach (var window in query.Windows)
            {
                var path = $"{project.Name}/{query.Name}/{window.Name}";
                var script = window switch
                {
                    ScriptWindowDefinition w => w.Script,
                    ScriptFilterWindowDefinition w => w.Script,
                    CustomWindowDefinition w => w.Script,
                    _ => null,
                };
                if (script is not null)
                {
                    CheckScript(script, window, project, [.. inputs[window.Name].Select(w => w.Schema).OfType<Schema>()], path, found);
                }

                if (window.Splitter?.Script is { } splitter)
                {
                    CheckScript(splitter, window, project, window.Schema is { } own ? [own] : [], path, found);
                }

                foreach (var entry in window is MasWindowDefinition mas ? mas.Map : [])
                {
                    if (!project.Modules.Any(m => m.IsMas && m.Name == entry.Module))
                    {
                        found.Error(ProblemCode.UnknownModule, path, entry.Position,
                            $"Window '{window.Name}' calls module '{entry.Module}', which is no mas-module in Python of the project; DS2 is not run.");
                    }
                }

                if (window is CustomWindowDefinition custom)
                {
                    CheckMaps(custom, [.. inputs[window.Name].Select(w => w.Schema).OfType<Schema>()], path, found);
                }

                if (window is ScriptWindowDefinition { Forwarding.IsEmpty: false } forwarding)
                {
                    CheckForwarding(forwarding, project, query, path, found);
                }
            }
        }
    }

    private static void CheckScript(
        ScriptDefinition script, WindowDefinition window, ProjectDefinition project, List<Schema> inputs, string path, ProblemList found)
    {
        bool IsModule(string name) =>
            project.Modules.Any(m => !m.IsSnippet && !m.IsMas && m.Language == script.Language && m.Name == name);
        foreach (var name in script.Require.Where(name => !IsModule(name)))
        {
            found.Error(ProblemCode.UnknownModule, path, window.Position,
                $"Window '{window.Name}' requires the {script.Language} module '{name}', which the project does not have.");
        }

        foreach (var name in script.Use?.Where(name => inputs.Count > 0 && inputs.TrueForAll(i => i.IndexOf(name) < 0)) ?? [])
        {
            found.Warn(ProblemCode.UnknownScriptField, path, window.Position,
                $"Window '{window.Name}' uses field '{name}', which none of its inputs has; the script never sees it.");
        }

        if (script.UseExpand is { } expand)
        {
            found.Warn(ProblemCode.PartIgnored, path, window.Position, $"Attribute expand='{expand}' of <use> has no effect here.");
        }
    }

    private static void CheckMaps(CustomWindowDefinition window, List<Schema> inputs, string path, ProblemList found)
    {
        foreach (var (name, field) in window.InputMap.Where(p => inputs.Count > 0 && inputs.TrueForAll(i => i.IndexOf(p.Value) < 0)))
        {
            found.Error(ProblemCode.UnknownMappedField, path, window.Position,
                $"The input map of window '{window.Name}' gives field '{field}' as '{name}'; none of its inputs has the field.");
        }

        foreach (var (name, field) in window.OutputMap.Where(p => window.Schema?.IndexOf(p.Value) < 0))
        {
            found.Error(ProblemCode.UnknownMappedField, path, window.Position,
                $"The output map of window '{window.Name}' sets field '{field}' by '{name}'; its schema has no such field.");
        }
    }

    private static void CheckForwarding(
        ScriptWindowDefinition window, ProjectDefinition project, ContinuousQueryDefinition query, string path, ProblemList found)
    {
        foreach (var destination in window.Forwarding)
        {
            var name = destination.Query ?? query.Name;
            if (!project.ContinuousQueries.Any(q => q.Name == name
                && q.Windows.Any(w => w is SourceWindowDefinition && w.Name == destination.Window)))
            {
                found.Error(ProblemCode.UnknownDestination, path, destination.Position,
                    $"Window '{window.Name}' forwards to '{name}/{destination.Window}', which is no source window of the project.");
            }
        }
    }
}
