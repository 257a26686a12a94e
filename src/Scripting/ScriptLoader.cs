using System.Collections.Immutable;
using Lockstep.Contracts.Projects;
using Lockstep.Scripting.Lua;
using Lockstep.Scripting.Python;

namespace Lockstep.Scripting;

/// <summary>Loads scripts of models.</summary>
public static class ScriptLoader
{
    /// <summary>The code of a module, from the model or its file.</summary>
    /// <exception cref="IOException">The file can't be read, or is not granted.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static string TextOf(ProjectDefinition project, ScriptModuleDefinition module) => TextOf(project, module.File, module.Code);

    /// <summary>A script with all modules and snippets of its language.</summary>
    /// <exception cref="IOException">A file can't be read, or is not granted.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static ScriptSource SourceOf(ProjectDefinition project, string name, ScriptDefinition script) => new(
        name,
        TextOf(project, script.File, script.Code),
        script.Require,
        ImmutableSortedDictionary.CreateRange(
            StringComparer.Ordinal,
            project.Modules.Where(m => m.Language == script.Language).GroupBy(m => m.Name, StringComparer.Ordinal)
                .Select(g => KeyValuePair.Create(g.Key, TextOf(project, g.First())))),
        script.Init,
        project.Grants);

    /// <summary>Name of the function of a custom window that is called for events.</summary>
    public const string CustomCreate = "__custom_create__";

    /// <summary>Name of the function of a custom window that is called at heartbeats.</summary>
    public const string CustomHeartbeat = "__custom_heartbeat__";

    /// <summary>The script of a custom window: what joins its names with those of fields comes before its own code.</summary>
    /// <param name="project">The project.</param>
    /// <param name="name">Names it in messages.</param>
    /// <param name="window">The window.</param>
    public static ScriptSource SourceOf(ProjectDefinition project, string name, CustomWindowDefinition window)
    {
        const string joins = "custom";
        var isLua = window.Script.Language == ScriptLanguage.Lua;
        string MapOf(ImmutableSortedDictionary<string, string> map) =>
            $"{{{string.Join(", ", map.Select(p => isLua ? $"[{Quote(p.Key)}]={Quote(p.Value)}" : $"{Quote(p.Key)}: {Quote(p.Value)}"))}}}";
        var code = $"""
            __settings = {MapOf(window.Settings)}
            __input = {MapOf(window.InputMap)}
            __output = {MapOf(window.OutputMap)}
            {Resource.Read(isLua ? "custom.lua" : "custom.py")}
            """;
        var source = SourceOf(project, name, window.Script);
        return source with { Required = [joins], Modules = source.Modules.SetItem(joins, code), Init = "__custom_init__" };
    }

    /// <summary>
    /// The script of a window that calls functions by the names of their parameters: the modules' code, and a function
    /// <see cref="NamedCall"/> for its events.
    /// </summary>
    /// <param name="project">The project.</param>
    /// <param name="map">The functions.</param>
    public static ScriptDefinition NamedCallsOf(ProjectDefinition project, ImmutableArray<MasMapEntry> map)
    {
        var modules = map.Select(m => m.Module).Distinct(StringComparer.Ordinal)
            .Select(name => project.Modules.FirstOrDefault(m => m.IsMas && m.Name == name) is { } module ? TextOf(project, module)
                : throw new ScriptException($"There is no mas-module '{name}' in Python."));
        var functions = string.Join(", ", map.Select(m => $"{Quote(m.Source)}: {Quote(m.Function)}"));
        return new ScriptDefinition(
            ScriptLanguage.Python,
            new ExpressionText(string.Join('\n', [.. modules, Resource.Read("named.py"), $"__functions__ = {{{functions}}}"]), map[0].Position));
    }

    /// <summary>Name of the function that calls by names.</summary>
    public const string NamedCall = "__named_call__";

    private static string TextOf(ProjectDefinition project, string? file, ExpressionText code) =>
        file is null ? code.Text : ModelFiles.ReadText(project.Files, file);

    // A literal of both languages.
    private static string Quote(string text) => string.Concat("\"", text
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal), "\"");

    /// <summary>Loads a script. Lua is loaded at once; a process for Python starts at the first call.</summary>
    /// <exception cref="ScriptException">It has an error.</exception>
    public static IScript Load(ScriptLanguage language, ScriptSource source, ScriptClock clock, IScriptHost host) =>
        language == ScriptLanguage.Lua ? LuaScript.Load(source, clock, host) : new PythonScript(source, clock, host);
}
