using System.Collections.Immutable;
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
        ImmutableSortedDictionary.CreateRange(
            StringComparer.Ordinal,
            project.Modules.Where(m => m.Language == script.Language).GroupBy(m => m.Name, StringComparer.Ordinal)
                .Select(g => KeyValuePair.Create(g.Key, g.First().Code.Text))),
        script.Init,
        project.Grants);

    /// <summary>
    /// The script of a window that calls functions by the names of their parameters: the modules' code, and a function
    /// <see cref="NamedCall"/> for its events.
    /// </summary>
    /// <param name="project">The project.</param>
    /// <param name="map">The functions.</param>
    public static ScriptDefinition NamedCallsOf(ProjectDefinition project, ImmutableArray<MasMapEntry> map)
    {
        var modules = map.Select(m => m.Module).Distinct(StringComparer.Ordinal)
            .Select(name => project.Modules.FirstOrDefault(m => m.IsMas && m.Name == name)?.Code.Text
                ?? throw new ScriptException($"There is no mas-module '{name}' in Python."));
        static string Quoted(string text) => ScriptText.Of(new List<object?> { text })[1..^1];
        var functions = string.Join(", ", map.Select(m => $"{Quoted(m.Source)}: {Quoted(m.Function)}"));
        return new ScriptDefinition(
            ScriptLanguage.Python,
            new ExpressionText(string.Join('\n', [.. modules, Resource.Read("named.py"), $"__functions__ = {{{functions}}}"]), map[0].Position));
    }

    /// <summary>Name of the function that calls by names.</summary>
    public const string NamedCall = "__named_call__";

    /// <summary>Loads a script. Lua is loaded at once; a process for Python starts at the first call.</summary>
    /// <exception cref="ScriptException">It has an error.</exception>
    public static IScript Load(ScriptLanguage language, ScriptSource source, ScriptClock clock, IScriptHost host) =>
        language == ScriptLanguage.Lua ? LuaScript.Load(source, clock, host) : new PythonScript(source, clock, host);
}
