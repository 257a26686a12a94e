using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>Reads expr-initialize and splitter-expr.</summary>
internal static class ExpressionXml
{
    /// <summary>Variables and functions of a window or splitter; null when there is no expr-initialize.</summary>
    public static ExpressionInitializer? ReadInitializer(ModelElement owner, ReadScope scope, string path)
    {
        if (owner.Child("expr-initialize") is not { } element)
        {
            return null;
        }

        scope.WarnUnknownElements(element, path, "initializer", "udfs");
        ExpressionText? code = null;
        if (element.Child("initializer") is { } initializer && scope.Expression(initializer, path) is { Text.Length: > 0 } text)
        {
            code = text;
        }

        var functions = ImmutableArray.CreateBuilder<UserFunctionDefinition>();
        foreach (var udf in element.Under("udfs", "udf"))
        {
            functions.Add(new UserFunctionDefinition(
                scope.Required(udf, "name", path), scope.Attribute(udf, "type", path) ?? "", scope.Expression(udf, path)));
        }

        return new ExpressionInitializer(code, functions.ToImmutable());
    }

    /// <summary>The window's splitter; null when it has none.</summary>
    public static SplitterDefinition? ReadSplitter(ModelElement window, ReadScope scope, string path)
    {
        if (window.Child("splitter-lua") is { } lua)
        {
            return new SplitterDefinition(null, new ExpressionText("", lua.Position))
            {
                Script = ScriptXml.ReadScript(ScriptLanguage.Lua, lua, scope, path),
                Function = scope.Required(lua, "function", path),
            };
        }

        if (window.Child("splitter-expr") is not { } splitter)
        {
            return null;
        }

        if (splitter.Child("expression") is not { } expression)
        {
            scope.Error(ProblemCode.Missing, path, splitter.Position, "Element <splitter-expr> needs an <expression>.");
            return null;
        }

        return new SplitterDefinition(ReadInitializer(splitter, scope, path), scope.Expression(expression, path));
    }
}
