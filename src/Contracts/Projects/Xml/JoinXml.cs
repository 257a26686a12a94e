using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>Reads and writes what is peculiar to join windows.</summary>
internal static class JoinXml
{
    private static readonly (string Name, JoinKind Kind)[] Kinds =
    [
        ("inner", JoinKind.Inner), ("leftouter", JoinKind.LeftOuter), ("rightouter", JoinKind.RightOuter), ("fullouter", JoinKind.FullOuter),
    ];

    private static readonly string[] SideElements = ["left-expr", "right-expr", "left-select", "right-select"];

    /// <summary>Reads a window; its name is set by the caller.</summary>
    public static JoinWindowDefinition Read(ModelElement element, ReadScope scope, string path)
    {
        WindowXml.WarnUnknown(element, scope, path);
        var window = new JoinWindowDefinition
        {
            Name = "",
            Initializer = ExpressionXml.ReadInitializer(element, scope, path),
            Output = [.. (element.Child("output")?.Children ?? []).Select(o => ReadOutput(o, scope, path)).OfType<JoinOutput>()],
        };
        if (element.Child("join") is not { } join)
        {
            scope.Error(ProblemCode.Missing, path, element.Position, "A join window needs a <join> with its conditions.");
            return window;
        }

        scope.WarnUnknownAttributes(join, path, "type", "no-regenerates", "left-index", "right-index", "use-secondary-index");
        scope.WarnUnknownElements(join, path, "conditions");
        return window with
        {
            Type = ReadType(join, scope, path),
            NoRegenerates = scope.Flag(join, "no-regenerates", path),
            KeepsLeft = WindowXml.ReadIndex(join, scope, path, "left-index") != IndexKind.Empty,
            KeepsRight = WindowXml.ReadIndex(join, scope, path, "right-index") != IndexKind.Empty,
            Conditions = ReadConditions(join, scope, path),
        };
    }

    public static void Write(JoinWindowDefinition window, CanonicalWriter to)
    {
        to.Start("join");
        to.Attribute("type", Array.Find(Kinds, k => k.Kind == window.Type).Name);
        to.Flag("no-regenerates", window.NoRegenerates);
        to.Attribute("left-index", window.KeepsLeft ? null : "pi_EMPTY");
        to.Attribute("right-index", window.KeepsRight ? null : "pi_EMPTY");
        to.Start("conditions");
        foreach (var condition in window.Conditions)
        {
            to.Start("fields");
            to.Attribute("left", condition.Left);
            to.Attribute("right", condition.Right);
            to.End();
        }

        to.End();
        to.End();
        to.Initializer(window.Initializer);
        to.Start("output");
        foreach (var output in window.Output)
        {
            WriteOutput(output, to);
        }

        to.End();
    }

    private static void WriteOutput(JoinOutput output, CanonicalWriter to)
    {
        switch (output)
        {
            case JoinExpression expression:
                to.Start("field-expr");
                to.Attribute("name", expression.Name);
                to.Attribute("type", expression.Type);
                to.Content(expression.Expression.Text);
                to.End();
                break;
            case JoinSelection selection:
                to.Start("field-selection");
                to.Attribute("name", selection.Name);
                to.Attribute("source", selection.Source);
                to.End();
                break;
            case JoinSideFields several:
                to.Start(several.Element);
                to.Attribute("exclude", several.Exclude);
                to.Content(several.Names);
                to.End();
                break;
        }
    }

    private static JoinKind ReadType(ModelElement join, ReadScope scope, string path)
    {
        var text = scope.Required(join, "type", path);
        var known = Array.FindIndex(Kinds, k => k.Name.Equals(text, StringComparison.OrdinalIgnoreCase));
        if (known < 0 && text.Length > 0)
        {
            scope.Error(ProblemCode.InvalidValue, path, join.Position,
                $"Join type '{text}' is not known; known are {string.Join(", ", Kinds.Select(k => k.Name))}.");
        }

        return known < 0 ? JoinKind.Inner : Kinds[known].Kind;
    }

    private static ImmutableArray<JoinConditionDefinition> ReadConditions(ModelElement join, ReadScope scope, string path)
    {
        var conditions = ImmutableArray.CreateBuilder<JoinConditionDefinition>();
        foreach (var fields in join.Under("conditions", "fields"))
        {
            scope.WarnUnknownAttributes(fields, path, "left", "right");
            conditions.Add(new JoinConditionDefinition(scope.Required(fields, "left", path), scope.Required(fields, "right", path)));
        }

        return conditions.ToImmutable();
    }

    private static JoinOutput? ReadOutput(ModelElement output, ReadScope scope, string path)
    {
        switch (output.Name)
        {
            case "field-expr":
                scope.WarnUnknownAttributes(output, path, "name", "type");
                return new JoinExpression(
                    scope.Required(output, "name", path), scope.Attribute(output, "type", path) ?? "", scope.Expression(output, path));
            case "field-selection":
                scope.WarnUnknownAttributes(output, path, "name", "source", "type");
                var source = scope.Required(output, "source", path);
                return new JoinSelection(
                    scope.Attribute(output, "name", path) is { Length: > 0 } name ? name : source[Math.Min(2, source.Length)..], source);
            case var element when SideElements.Contains(element):
                scope.WarnUnknownAttributes(output, path, "exclude");
                return new JoinSideFields(element, scope.Text(output, path), scope.Attribute(output, "exclude", path) ?? "");
            case "description" or "metadata":
                return null;
            default:
                scope.Warn(ProblemCode.UnknownElement, path, output.Position,
                    $"Element <{output.Name}> in <output> is not known and ignored.");
                return null;
        }
    }
}
