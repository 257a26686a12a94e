using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>Reads and writes what is peculiar to pattern windows.</summary>
internal static class PatternXml
{
    private static readonly char[] Separators = [',', ' ', '\t', '\r', '\n'];

    /// <summary>Reads a window; its name is set by the caller.</summary>
    public static PatternWindowDefinition Read(ModelElement element, ReadScope scope, string path)
    {
        WindowXml.WarnUnknown(element, scope, path);
        ImmutableArray<PatternDefinition> patterns = [.. element.Under("patterns", "pattern").Select(p => ReadPattern(p, scope, path))];
        if (patterns.Length == 0)
        {
            scope.Error(ProblemCode.Missing, path, element.Position, "A pattern window needs a <pattern> in <patterns>.");
        }

        return new PatternWindowDefinition { Name = "", Patterns = patterns };
    }

    public static void Write(PatternWindowDefinition window, CanonicalWriter to)
    {
        to.Start("patterns");
        foreach (var pattern in window.Patterns)
        {
            to.Start("pattern");
            to.Attribute("name", pattern.Name);
            to.Attribute("index", string.Join(',', pattern.Index));
            to.Attribute("require", string.Join(',', pattern.Script?.Require ?? []));
            to.Attribute("active", pattern.IsActive ? null : "false");
            WriteEvents(pattern, to);
            to.Text("logic", pattern.LogicText.Text);
            if (pattern.Script is { } script)
            {
                ScriptXml.WriteScript(script, to, pattern.OutputFunction);
            }

            if (pattern.OutputFunction is null)
            {
                WriteOutput(pattern, to);
            }

            WriteTimeFields(pattern, to);
            to.End();
        }

        to.End();
    }

    private static PatternDefinition ReadPattern(ModelElement element, ReadScope scope, string path)
    {
        scope.WarnUnknownAttributes(element, path, "name", "index", "active", "require");
        scope.WarnUnknownElements(element, path, "events", "lua-events", "python-events", "logic", "output", "use", "code", "timefields");
        var logicText = element.Child("logic") is { } child ? scope.Expression(child, path) : new ExpressionText("", element.Position);
        PatternLogic? logic = null;
        if (logicText.Text.Length == 0)
        {
            scope.Error(ProblemCode.Missing, path, logicText.Position, "A pattern needs a <logic>.");
        }
        else
        {
            logic = PatternLogic.Parse(
                logicText, (position, message) => scope.Error(ProblemCode.InvalidPattern, path, position, message));
        }

        return new PatternDefinition(
            scope.Attribute(element, "name", path) ?? "",
            scope.Flag(element, "active", path, defaultValue: true),
            [.. (scope.Attribute(element, "index", path) ?? "").Split(Separators, StringSplitOptions.RemoveEmptyEntries)],
            [
                .. element.Under("events", "event").Select(e => ReadEvent(e, scope, path)),
                .. ScriptLists.SelectMany(l => element.Under(l.List, "event")).Select(e => ReadEvent(e, scope, path) with
                {
                    Function = scope.Required(e, "func", path),
                }),
            ],
            logicText,
            logic,
            [.. (element.Child("output")?.Children ?? []).Select(e => ReadOutput(e, scope, path)).OfType<PatternOutputDefinition>()],
            [.. element.Under("timefields", "timefield").Select(t => new PatternTimeField(
                scope.Required(t, "source", path), scope.Required(t, "field", path), t.Position))],
            element.Position)
        {
            Script = ReadScript(element, scope, path),
            OutputFunction = element.Child("code") is { } code && scope.Attribute(code, "output", path) is { Length: > 0 } output ? output : null,
        };
    }

    private static readonly (string List, ScriptLanguage Language)[] ScriptLists =
        [("lua-events", ScriptLanguage.Lua), ("python-events", ScriptLanguage.Python)];

    private static ScriptDefinition? ReadScript(ModelElement element, ReadScope scope, string path)
    {
        foreach (var (list, language) in ScriptLists)
        {
            if (element.Child(list) is { } events)
            {
                return ScriptXml.ReadScript(language, element, scope, path) with
                {
                    Init = scope.Attribute(events, "init", path) is { Length: > 0 } init ? init : null,
                };
            }
        }

        return null;
    }

    private static PatternEventDefinition ReadEvent(ModelElement element, ReadScope scope, string path)
    {
        var expression = scope.Expression(element, path);
        return new PatternEventDefinition(
            scope.Required(element, "name", path), scope.Attribute(element, "source", path) ?? "", expression, element.Position);
    }

    private static PatternOutputDefinition? ReadOutput(ModelElement element, ReadScope scope, string path)
    {
        var node = scope.Attribute(element, "node", path) ?? "";
        switch (element.Name)
        {
            case "field-selection":
                return new PatternOutputDefinition(node, scope.Required(element, "name", path), null, element.Position);
            case "field-expr":
                return new PatternOutputDefinition(node, null, scope.Expression(element, path), element.Position);
            default:
                scope.Warn(ProblemCode.UnknownElement, path, element.Position,
                    $"Element <{element.Name}> in the output of a pattern is not known and ignored.");
                return null;
        }
    }

    private static void WriteEvents(PatternDefinition pattern, CanonicalWriter to)
    {
        to.Start(pattern.Script is { } script ? ScriptLists.First(l => l.Language == script.Language).List : "events");
        to.Attribute("init", pattern.Script?.Init);
        foreach (var e in pattern.Events)
        {
            to.Start("event");
            to.Attribute("name", e.Name);
            to.Attribute("source", e.Source);
            to.Attribute("func", e.Function);
            to.Content(e.Expression.Text);
            to.End();
        }

        to.End();
    }

    private static void WriteOutput(PatternDefinition pattern, CanonicalWriter to)
    {
        to.Start("output");
        foreach (var entry in pattern.Output)
        {
            to.Start(entry.Field is null ? "field-expr" : "field-selection");
            to.Attribute("name", entry.Field);
            to.Attribute("node", entry.Event);
            to.Content(entry.Expression?.Text ?? "");
            to.End();
        }

        to.End();
    }

    private static void WriteTimeFields(PatternDefinition pattern, CanonicalWriter to)
    {
        if (pattern.TimeFields.Length == 0)
        {
            return;
        }

        to.Start("timefields");
        foreach (var time in pattern.TimeFields)
        {
            to.Start("timefield");
            to.Attribute("source", time.Source);
            to.Attribute("field", time.Field);
            to.End();
        }

        to.End();
    }
}
