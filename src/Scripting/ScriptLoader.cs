using Lockstep.Contracts.Projects;
using Lockstep.Scripting.Lua;
using Lockstep.Scripting.Python;

namespace Lockstep.Scripting;

/// <summary>Loads scripts of models.</summary>
public static class ScriptLoader
{
    /// <summary>The modules and snippets of a language, by name.</summary>
    public static ScriptSource SourceOf(ProjectDefinition project, string name, ScriptDefinition script) => new(
        name,
        script.File is { } file ? File.ReadAllText(file) : script.Code.Text,
        script.Require,
        System.Collections.Immutable.ImmutableSortedDictionary.CreateRange(
            StringComparer.Ordinal,
            project.Modules.Where(m => m.Language == script.Language).GroupBy(m => m.Name, StringComparer.Ordinal)
                .Select(g => KeyValuePair.Create(g.Key, g.First().Code.Text))),
        script.Init,
        project.Grants);

    /// <summary>Loads a script. Lua is loaded at once; a process for Python starts at the first call.</summary>
    /// <exception cref="ScriptException">It has an error.</exception>
    public static IScript Load(ScriptLanguage language, ScriptSource source, ScriptClock clock, IScriptHost host) =>
        language == ScriptLanguage.Lua ? LuaScript.Load(source, clock, host) : new PythonScript(source, clock, host);
}
