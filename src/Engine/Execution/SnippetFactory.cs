using System.Collections.Immutable;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Windows.Scripts;
using Lockstep.Scripting;

namespace Lockstep.Engine.Execution;

/// <summary>Makes the snippets that run beside the windows.</summary>
internal static class SnippetFactory
{
    public static ImmutableArray<Snippet> Create(ProjectDefinition project, ScriptBoard scripts, ProblemList problems)
    {
        var snippets = ImmutableArray.CreateBuilder<Snippet>();
        foreach (var definition in project.Modules.Where(m => m.RunsBeside))
        {
            var (path, position) = (Snippet.NameOf(definition), definition.Code.Position);
            try
            {
                var snippet = new Snippet(project, definition, snippets.Count, scripts);
                snippets.Add(snippet);
                var functions = definition.Threads.Select(t => t.Function).Append(definition.Destroy).OfType<string>();

                // A process for Python is not started to look: there the first call says so.
                foreach (var name in definition.Language == ScriptLanguage.Lua ? functions.Where(f => !snippet.Has(f)) : [])
                {
                    problems.Error("LS2403", path, position, $"The script has no function '{name}'.");
                }
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
            {
                // Said with all modules, at its place.
            }
            catch (ScriptException error)
            {
                // Code that does not compile is reported with all modules, at its line.
                if (error.Fault is null)
                {
                    problems.Error("LS2401", path, position, $"The script does not load: {error.Message}");
                }
            }
        }

        return snippets.ToImmutable();
    }
}
