namespace Lockstep.Contracts.Projects.Xml;

/// <summary>Reads what is peculiar to aggregate windows.</summary>
internal static class AggregateXml
{
    /// <summary>Reads a window; its name is set by the caller.</summary>
    public static AggregateWindowDefinition Read(ModelElement element, ReadScope scope, string path)
    {
        WindowXml.WarnUnknown(element, scope, path);
        return new AggregateWindowDefinition
        {
            Name = "",
            Initializer = ExpressionXml.ReadInitializer(element, scope, path),
            Expressions = [.. element.Under("output", "field-expr").Select(e => scope.Expression(e, path))],
        };
    }
}
