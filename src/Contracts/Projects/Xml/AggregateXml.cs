namespace Lockstep.Contracts.Projects.Xml;

/// <summary>Reads and writes what is peculiar to aggregate windows.</summary>
internal static class AggregateXml
{
    /// <summary>What this version does not run of such a window; null for nothing.</summary>
    public static string? UnsupportedPart(ModelElement element) =>
        element.Child("context-plugin") is not null || element.Child("output")?.Child("field-plug") is not null
            ? "aggregate functions in C++ are not run; use field-expr"
            : null;

    /// <summary>Reads a window; its name is set by the caller.</summary>
    public static AggregateWindowDefinition Read(ModelElement element, ReadScope scope, string path)
    {
        WindowXml.WarnUnknown(element, scope, path, [], ["output", "expr-initialize"]);
        return new AggregateWindowDefinition
        {
            Name = "",
            Initializer = ExpressionXml.ReadInitializer(element, scope, path),
            Expressions = [.. element.Under("output", "field-expr").Select(e => scope.Expression(e, path))],
        };
    }

    /// <summary>Writes the window's own elements.</summary>
    public static void Write(AggregateWindowDefinition window, CanonicalWriter to)
    {
        to.Initializer(window.Initializer);
        to.Start("output");
        foreach (var expression in window.Expressions)
        {
            to.Named("field-expr", null, expression.Text);
        }

        to.End();
    }
}
