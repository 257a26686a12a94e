using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>Reads what is peculiar to source, copy, filter and compute windows. Names are set by the caller.</summary>
internal static class WindowKindXml
{
    public static SourceWindowDefinition ReadSource(ModelElement element, ReadScope scope, string path)
    {
        WindowXml.WarnUnknown(element, scope, path);
        return new SourceWindowDefinition
        {
            Name = "",
            InsertOnly = scope.Flag(element, "insert-only", path),
            AutogenKey = scope.Flag(element, "autogen-key", path),
            Retention = RetentionXml.Read(element, scope, path),
        };
    }

    public static CopyWindowDefinition ReadCopy(ModelElement element, ReadScope scope, string path)
    {
        WindowXml.WarnUnknown(element, scope, path);
        return new CopyWindowDefinition { Name = "", Retention = RetentionXml.Read(element, scope, path) };
    }

    public static FilterWindowDefinition ReadFilter(ModelElement element, ReadScope scope, string path)
    {
        WindowXml.WarnUnknown(element, scope, path);
        var expression = element.Child("expression") is { } child ? scope.Expression(child, path) : new ExpressionText("", element.Position);
        if (expression.Text.Length == 0)
        {
            scope.Error(ProblemCode.Missing, path, expression.Position, "A filter window needs an <expression>.");
        }

        return new FilterWindowDefinition
        {
            Name = "",
            Initializer = ExpressionXml.ReadInitializer(element, scope, path),
            Expression = expression,
        };
    }

    public static ComputeWindowDefinition ReadCompute(ModelElement element, ReadScope scope, string path)
    {
        WindowXml.WarnUnknown(element, scope, path);
        ImmutableArray<ExpressionText> expressions =
            [.. element.Under("output", "field-expr").Select(e => scope.Expression(e, path))];
        return new ComputeWindowDefinition
        {
            Name = "",
            Initializer = ExpressionXml.ReadInitializer(element, scope, path),
            Expressions = expressions,
        };
    }
}
