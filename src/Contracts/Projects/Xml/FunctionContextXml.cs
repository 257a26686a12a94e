using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>Reads and writes function-context.</summary>
internal static class FunctionContextXml
{
    private const string Prefix = "property-";

    private static readonly (string Name, ContextPropertyKind Kind)[] Kinds =
    [
        ("string", ContextPropertyKind.Text),
        ("list", ContextPropertyKind.List),
        ("set", ContextPropertyKind.Set),
        ("map", ContextPropertyKind.Map),
        ("xml", ContextPropertyKind.Xml),
        ("json", ContextPropertyKind.Json),
    ];

    /// <summary>The context in an element; an empty one when there is none.</summary>
    public static FunctionContextDefinition Read(ModelElement owner, ReadScope scope, string path)
    {
        if (owner.Child("function-context") is not { } element)
        {
            return FunctionContextDefinition.Empty;
        }

        scope.WarnUnknownElements(element, path, "properties", "expressions", "functions");
        var properties = ImmutableArray.CreateBuilder<ContextPropertyDefinition>();
        foreach (var property in element.Child("properties")?.Children ?? [])
        {
            if (ReadProperty(property, scope, path) is { } read)
            {
                properties.Add(read);
            }
        }

        return new FunctionContextDefinition
        {
            Properties = properties.ToImmutable(),
            Expressions = ReadNamed(element, "expressions", "expression", scope, path),
            Functions = ReadNamed(element, "functions", "function", scope, path),
        };
    }

    /// <summary>Writes a context; nothing for an empty one.</summary>
    public static void Write(FunctionContextDefinition context, CanonicalWriter to)
    {
        if (context.IsEmpty)
        {
            return;
        }

        to.Start("function-context");
        if (context.Properties.Length > 0)
        {
            to.Start("properties");
            foreach (var property in context.Properties)
            {
                WriteProperty(property, to);
            }

            to.End();
        }

        WriteNamed("expressions", "expression", context.Expressions, to);
        WriteNamed("functions", "function", context.Functions, to);
        to.End();
    }

    private static ImmutableArray<FunctionDefinition> ReadNamed(
        ModelElement element, string list, string item, ReadScope scope, string path)
    {
        var read = ImmutableArray.CreateBuilder<FunctionDefinition>();
        foreach (var child in element.Under(list, item))
        {
            read.Add(new FunctionDefinition(scope.Required(child, "name", path), scope.Expression(child, path)));
        }

        return read.ToImmutable();
    }

    private static void WriteNamed(string list, string item, ImmutableArray<FunctionDefinition> definitions, CanonicalWriter to)
    {
        if (definitions.Length == 0)
        {
            return;
        }

        to.Start(list);
        foreach (var definition in definitions)
        {
            to.Named(item, definition.Name, definition.Body.Text);
        }

        to.End();
    }

    private static ContextPropertyDefinition? ReadProperty(ModelElement element, ReadScope scope, string path)
    {
        var known = Array.Find(Kinds, k => element.Name == Prefix + k.Name);
        if (known.Name is null)
        {
            if (element.Name is not ("description" or "metadata"))
            {
                scope.Warn(ProblemCode.UnknownElement, path, element.Position,
                    $"Element <{element.Name}> in <properties> is not known and ignored; known are "
                    + $"{string.Join(", ", Kinds.Select(k => Prefix + k.Name))}.");
            }

            return null;
        }

        scope.WarnUnknownAttributes(element, path, "name", "delimiter", "outer", "inner");
        return new ContextPropertyDefinition(
            scope.Required(element, "name", path),
            known.Kind,
            scope.Expression(element, path),
            Delimiter(element, known.Kind == ContextPropertyKind.Map ? "outer" : "delimiter", ",", scope, path),
            Delimiter(element, "inner", "=", scope, path));
    }

    // A delimiter may be a blank, so it is not trimmed; a line end is written as two characters.
    private static string Delimiter(ModelElement element, string name, string missing, ReadScope scope, string path)
    {
        var text = scope.RawAttribute(element, name, path);
        return string.IsNullOrEmpty(text) ? missing
            : text.Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\t", "\t", StringComparison.Ordinal)
                .Replace("\\r", "\r", StringComparison.Ordinal);
    }

    private static void WriteProperty(ContextPropertyDefinition property, CanonicalWriter to)
    {
        to.Start(Prefix + Array.Find(Kinds, k => k.Kind == property.Kind).Name);
        to.Attribute("name", property.Name);
        if (property.Kind == ContextPropertyKind.Map)
        {
            to.Attribute("outer", property.Delimiter);
            to.Attribute("inner", property.InnerDelimiter);
        }
        else if (property.Kind is ContextPropertyKind.List or ContextPropertyKind.Set)
        {
            to.Attribute("delimiter", property.Delimiter);
        }

        to.Content(property.Body.Text);
        to.End();
    }
}
