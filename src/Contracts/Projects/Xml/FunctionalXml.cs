using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>Reads functional windows.</summary>
internal static class FunctionalXml
{
    public static FunctionalWindowDefinition Read(ModelElement element, ReadScope scope, string path)
    {
        WindowXml.WarnUnknown(element, scope, path, [], ["function-context", "generate", "opcode", "event-loops"]);
        var functions = ImmutableArray.CreateBuilder<FunctionDefinition>();
        foreach (var function in element.Child("function-context")?.Under("functions", "function") ?? [])
        {
            functions.Add(new FunctionDefinition(scope.Required(function, "name", path), scope.Expression(function, path)));
        }

        return new FunctionalWindowDefinition
        {
            Name = "",
            Functions = functions.ToImmutable(),
            Opcode = Optional(element, "opcode", scope, path),
            Generate = Optional(element, "generate", scope, path),
        };
    }

    public static string? UnsupportedPart(ModelElement element)
    {
        if (element.Child("event-loops") is { Children.Count: > 0 })
        {
            return "event loops of functional windows are not run";
        }

        var context = element.Child("function-context");
        if (context?.Child("properties") is { Children.Count: > 0 })
        {
            return "properties of a function-context (xml, json, map, list, set) are not run";
        }

        return context?.Child("expressions") is { Children.Count: > 0 }
            ? "compiled regular expressions of a function-context are not run"
            : null;
    }

    private static ExpressionText? Optional(ModelElement element, string name, ReadScope scope, string path) =>
        element.Child(name) is { } child && scope.Expression(child, path) is { Text.Length: > 0 } text ? text : null;
}
