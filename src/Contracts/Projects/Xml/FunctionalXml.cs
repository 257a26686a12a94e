namespace Lockstep.Contracts.Projects.Xml;

/// <summary>Reads and writes functional windows. Names are set by the caller.</summary>
internal static class FunctionalXml
{
    public static FunctionalWindowDefinition Read(ModelElement element, ReadScope scope, string path)
    {
        WindowXml.WarnUnknown(element, scope, path);
        return new FunctionalWindowDefinition
        {
            Name = "",
            Context = FunctionContextXml.Read(element, scope, path),
            Loops = EventLoopXml.Read(element, scope, path),
            Opcode = Optional(element, "opcode", scope, path),
            Generate = Optional(element, "generate", scope, path),
        };
    }

    public static void Write(FunctionalWindowDefinition window, CanonicalWriter to)
    {
        FunctionContextXml.Write(window.Context, to);
        to.Expression("generate", window.Generate);
        to.Expression("opcode", window.Opcode);
        EventLoopXml.Write(window.Loops, to);
    }

    /// <summary>Code in a child; null when there is none or it is empty.</summary>
    public static ExpressionText? Optional(ModelElement element, string name, ReadScope scope, string path) =>
        element.Child(name) is { } child && scope.Expression(child, path) is { Text.Length: > 0 } text ? text : null;
}
