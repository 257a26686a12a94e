using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>Reads and writes custom windows.</summary>
internal static class CustomXml
{
    public static CustomWindowDefinition Read(ModelElement element, ReadScope scope, string path)
    {
        WindowXml.WarnUnknown(element, scope, path);
        var plugin = element.Child("plugin");
        return new CustomWindowDefinition
        {
            Name = "",
            Type = scope.Attribute(element, "type", path),
            Version = scope.Attribute(element, "version", path),
            Script = ReadScript(element, plugin, scope, path),
            InputMap = ReadMap(plugin?.Child("input-map"), scope, path),
            OutputMap = ReadMap(plugin?.Child("output-map"), scope, path),
            Settings = CalculateXml.ReadProperties(plugin?.Child("initialization"), scope, path),
        };
    }

    public static void Write(CustomWindowDefinition window, CanonicalWriter to)
    {
        to.Start("plugin");
        to.Attribute("code", window.Script.File);
        if (window.Script.File is null)
        {
            to.Text("code", window.Script.Code.Text);
        }

        ModelXml.WriteMap("input-map", window.InputMap, to);
        ModelXml.WriteMap("output-map", window.OutputMap, to);
        ModelXml.WriteMap("initialization", window.Settings, to);
        to.End();
    }

    // The file's name says the language; it is not opened here.
    private static ScriptDefinition ReadScript(ModelElement element, ModelElement? plugin, ReadScope scope, string path)
    {
        if (plugin is not null && scope.Attribute(plugin, "code", path) is { Length: > 0 } file)
        {
            return new ScriptDefinition(ScriptXml.LanguageOf(file), new ExpressionText("", plugin.Position)) { File = file };
        }

        if (plugin?.Child("code") is { } code)
        {
            return ScriptXml.ReadScript(ScriptXml.LanguageOf(code), plugin, scope, path);
        }

        scope.Error(ProblemCode.MissingScript, path, (plugin ?? element).Position,
            "A custom window needs the path of its script, as in <plugin code=\"my-window.lua\">.");
        return new ScriptDefinition(ScriptLanguage.Lua, new ExpressionText("", element.Position));
    }

    // What is left empty in a map is not joined with a field.
    private static ImmutableSortedDictionary<string, string> ReadMap(ModelElement? map, ReadScope scope, string path) =>
        CalculateXml.ReadProperties(map, scope, path).Where(p => p.Value.Length > 0)
            .ToImmutableSortedDictionary(StringComparer.Ordinal);
}
