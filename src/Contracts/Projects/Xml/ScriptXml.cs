using System.Collections.Immutable;
using System.Globalization;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>Reads and writes scripts: windows of kind lua and python, code of filters, modules of a project.</summary>
internal static class ScriptXml
{
    private static readonly char[] Separators = [',', ' ', '\t', '\r', '\n'];

    public static ScriptWindowDefinition ReadWindow(ScriptLanguage language, ModelElement element, ReadScope scope, string path)
    {
        WindowXml.WarnUnknown(element, scope, path);
        return new ScriptWindowDefinition
        {
            Name = "",
            Script = ReadScript(language, element, scope, path),
            Events = scope.Required(element, "events", path),
            Heartbeat = Named(element, "heartbeat", scope, path),
            ProcessBlocks = scope.Flag(element, "process-blocks", path),
            Copy = ReadCopy(element, scope, path),
            Forwarding = ReadForwarding(element, scope, path),
        };
    }

    /// <summary>A filter in a script: without attribute func its function has the name filter.</summary>
    public static ScriptFilterWindowDefinition ReadFilter(ModelElement element, ReadScope scope, string path)
    {
        WindowXml.WarnUnknown(element, scope, path);
        var language = LanguageOf(element.Child("code")!);
        return new ScriptFilterWindowDefinition
        {
            Name = "",
            Script = ReadScript(language, element, scope, path),
            Function = Named(element, "func", scope, path) ?? ScriptFilterWindowDefinition.DefaultFunction,
        };
    }

    /// <summary>Reads code, use, init and require of an element; reports when there is no code.</summary>
    public static ScriptDefinition ReadScript(ScriptLanguage language, ModelElement element, ReadScope scope, string path)
    {
        var code = element.Child("code");
        var file = code is null ? null : Named(code, "file", scope, path);
        var text = code is null ? new ExpressionText("", element.Position) : ReadCode(language, code, scope, path);
        if (text.Text.Length == 0 && file is null)
        {
            scope.Error(ProblemCode.MissingScript, path, text.Position, $"Element <{element.Name}> needs its script in <code>.");
        }

        var use = element.Child("use");
        return new ScriptDefinition(language, text)
        {
            File = file,
            Init = Named(element, "init", scope, path),
            Require = NamesOf(scope.Attribute(element, "require", path) ?? ""),
            Use = use is null ? null : NamesOf(scope.Text(use, path)),
            UseExpand = use is null ? null : Named(use, "expand", scope, path),
        };
    }

    /// <summary>
    /// The language of code that does not say it: a file has it in its name, and <c>def name(...):</c> begins a function in Python only.
    /// </summary>
    public static ScriptLanguage LanguageOf(ModelElement code)
    {
        if (code.Attributes.Find(a => a.Name == "file").Value is { } file)
        {
            return LanguageOf(file);
        }

        foreach (var line in code.RawText.AsSpan().EnumerateLines())
        {
            var text = line.Trim();
            if (text.StartsWith("def ", StringComparison.Ordinal) || text.StartsWith("import ", StringComparison.Ordinal)
                || (text.StartsWith("from ", StringComparison.Ordinal) && text.Contains(" import ", StringComparison.Ordinal)))
            {
                return ScriptLanguage.Python;
            }

            if (text.StartsWith("function", StringComparison.Ordinal) || text.StartsWith("local ", StringComparison.Ordinal)
                || text.StartsWith("--", StringComparison.Ordinal))
            {
                return ScriptLanguage.Lua;
            }
        }

        return ScriptLanguage.Lua;
    }

    /// <summary>The language of a file, by its name.</summary>
    public static ScriptLanguage LanguageOf(string file) =>
        file.TrimEnd().EndsWith(".py", StringComparison.OrdinalIgnoreCase) ? ScriptLanguage.Python : ScriptLanguage.Lua;

    /// <summary>The modules and snippets of a project, or of a query without one.</summary>
    public static ImmutableArray<ScriptModuleDefinition> ReadModules(ModelElement project, ReadScope scope, string path)
    {
        var modules = ImmutableArray.CreateBuilder<ScriptModuleDefinition>();
        foreach (var (list, name, language, isSnippet) in Lists)
        {
            foreach (var element in project.Under(list, name))
            {
                var module = ReadModule(language, scope.Required(element, "name", path), element, isSnippet, scope, path);
                modules.Add(!isSnippet ? module : module with
                {
                    Init = Named(element, "init", scope, path),
                    Destroy = Named(element, "destroy", scope, path),
                    Threads = [.. element.ChildrenNamed(ThreadOf(language)).Select(t => ReadThread(t, scope, path))],
                });
            }
        }

        // Older models have them in a query. Modules in DS2 are left out: a window that calls one is refused for that.
        var queries = project.Name == "project" ? project.Under("contqueries", "contquery") : [];
        foreach (var element in queries.Prepend(project).SelectMany(e => e.Under("mas-modules", "mas-module")))
        {
            var language = scope.Attribute(element, "language", path) ?? "";
            if (language.Length == 0 || language.StartsWith("python", StringComparison.OrdinalIgnoreCase))
            {
                var name = Named(element, "module", scope, path) ?? scope.Required(element, "name", path);
                modules.Add(ReadModule(ScriptLanguage.Python, name, element, isSnippet: false, scope, path) with { IsMas = true });
            }
        }

        return modules.ToImmutable();
    }

    public static void WriteModules(ImmutableArray<ScriptModuleDefinition> modules, CanonicalWriter to)
    {
        foreach (var (list, name, language, isSnippet) in Lists)
        {
            var own = modules.Where(m => m.Language == language && m.IsSnippet == isSnippet && !m.IsMas).ToList();
            if (own.Count == 0)
            {
                continue;
            }

            to.Start(list);
            foreach (var module in own)
            {
                to.Start(name);
                to.Attribute("name", module.Name);
                to.Attribute("init", module.Init);
                to.Attribute("destroy", module.Destroy);
                foreach (var thread in module.Threads)
                {
                    to.Start(ThreadOf(language));
                    to.Attribute("func", thread.Function);
                    to.Attribute("interval", thread.Interval is { } interval ? DurationText.Format(interval) : null);
                    to.End();
                }

                WriteCode(module.File, module.Code, to);
                to.End();
            }

            to.End();
        }

        if (modules.Any(m => m.IsMas))
        {
            to.Start("mas-modules");
            foreach (var module in modules.Where(m => m.IsMas))
            {
                to.Start("mas-module");
                to.Attribute("module", module.Name);
                to.Attribute("language", "python");
                WriteCode(module.File, module.Code, to);
                to.End();
            }

            to.End();
        }
    }

    public static void WriteWindowAttributes(ScriptWindowDefinition window, CanonicalWriter to)
    {
        to.Attribute("events", window.Events);
        WriteAttributes(window.Script, to);
        to.Attribute("heartbeat", window.Heartbeat);
        to.Flag("process-blocks", window.ProcessBlocks);
    }

    public static void WriteAttributes(ScriptDefinition script, CanonicalWriter to)
    {
        to.Attribute("init", script.Init);
        to.Attribute("require", string.Join(',', script.Require));
    }

    public static void WriteWindow(ScriptWindowDefinition window, CanonicalWriter to)
    {
        if (window.Copy is not { Excludes: true, Fields.IsEmpty: true })
        {
            to.Start("copy");
            to.Flag("exclude", window.Copy.Excludes);
            to.Content(string.Join(',', window.Copy.Fields));
            to.End();
        }

        WriteScript(window.Script, to);
        if (window.Forwarding.IsEmpty)
        {
            return;
        }

        to.Start("forwarding");
        to.Start("destinations");
        foreach (var destination in window.Forwarding)
        {
            to.Start("destination");
            to.Attribute("window", destination.Window);
            to.Attribute("contquery", destination.Query);
            to.Attribute("blocksize", destination.BlockSize > 0 ? destination.BlockSize.ToString(CultureInfo.InvariantCulture) : null);
            to.End();
        }

        to.End();
        to.End();
    }

    public static void WriteScript(ScriptDefinition script, CanonicalWriter to, string? output = null)
    {
        if (script.Use is { } use)
        {
            to.Start("use");
            to.Attribute("expand", script.UseExpand);
            to.Content(string.Join(',', use));
            to.End();
        }

        WriteCode(script.File, script.Code, to, output);
    }

    private static void WriteCode(string? file, ExpressionText code, CanonicalWriter to, string? output = null)
    {
        to.Start("code");
        to.Attribute("output", output);
        to.Attribute("file", file);
        to.Content(code.Text);
        to.End();
    }

    // A module may hold its code without <code>.
    private static ScriptModuleDefinition ReadModule(
        ScriptLanguage language, string name, ModelElement element, bool isSnippet, ReadScope scope, string path)
    {
        var code = element.Child("code");
        return new ScriptModuleDefinition(language, name, ReadCode(language, code ?? element, scope, path), isSnippet)
        {
            File = code is null ? null : Named(code, "file", scope, path),
        };
    }

    private static readonly (string List, string Name, ScriptLanguage Language, bool IsSnippet)[] Lists =
    [
        ("lua-modules", "lua-module", ScriptLanguage.Lua, false),
        ("lua-snippets", "lua-snippet", ScriptLanguage.Lua, true),
        ("python-modules", "python-module", ScriptLanguage.Python, false),
        ("python-snippets", "python-snippet", ScriptLanguage.Python, true),
    ];

    /// <summary>
    /// The code, trimmed. Blanks count in Python: what stands in front of its first line is taken from the other lines too.
    /// </summary>
    private static ExpressionText ReadCode(ScriptLanguage language, ModelElement element, ReadScope scope, string path)
    {
        var code = scope.Expression(element, path);
        var raw = element.RawText.AsSpan();
        var lead = raw[..^raw.TrimStart().Length];
        var indent = lead[(lead.LastIndexOf('\n') + 1)..];
        return language == ScriptLanguage.Lua || indent.IsEmpty || !lead.Contains('\n')
            ? code
            : code with { Text = code.Text.Replace($"\n{indent}", "\n", StringComparison.Ordinal) };
    }

    private static CopiedFields ReadCopy(ModelElement element, ReadScope scope, string path) =>
        element.Child("copy") is { } copy
            ? new CopiedFields(NamesOf(scope.Text(copy, path)), scope.Flag(copy, "exclude", path))
            : CopiedFields.All;

    private static string ThreadOf(ScriptLanguage language) => language == ScriptLanguage.Lua ? "lua-thread" : "python-thread";

    private static SnippetThreadDefinition ReadThread(ModelElement element, ReadScope scope, string path)
    {
        scope.WarnUnknownAttributes(element, path, "func", "interval");
        var interval = Named(element, "interval", scope, path);
        if (interval is null)
        {
            return new SnippetThreadDefinition(scope.Required(element, "func", path), null);
        }

        if (!DurationText.TryParseInterval(interval, out var time) || time <= TimeSpan.Zero)
        {
            scope.Error(ProblemCode.InvalidValue, path, element.Position,
                $"Attribute interval='{interval}' of <{element.Name}> must be a time, as in '5 seconds'; a bare number counts milliseconds.");
        }

        return new SnippetThreadDefinition(scope.Required(element, "func", path), time);
    }

    private static ImmutableArray<ForwardingDefinition> ReadForwarding(ModelElement element, ReadScope scope, string path) =>
    [
        .. from destination in element.Child("forwarding")?.Under("destinations", "destination") ?? []
           select new ForwardingDefinition(
               scope.Required(destination, "window", path), Named(destination, "contquery", scope, path),
               scope.Number(destination, "blocksize", path, 0) ?? 0, destination.Position),
    ];

    private static string? Named(ModelElement element, string name, ReadScope scope, string path) =>
        scope.Attribute(element, name, path) is { Length: > 0 } value ? value : null;

    private static ImmutableArray<string> NamesOf(string text) =>
        [.. text.Split(Separators, StringSplitOptions.RemoveEmptyEntries)];
}
