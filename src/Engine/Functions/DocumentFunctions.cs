namespace Lockstep.Engine.Functions;

/// <summary>XML and JSON: of properties, of an event loop's part, or of text.</summary>
internal static class DocumentFunctions
{
    /// <summary>The functions.</summary>
    public static FunctionGroup Group { get; } = new("XML and JSON",
    [
        new("xpath", "xml, path, separator?",
            "the text of the first hit, of all hits with a separator; null for none or for what is no XML",
            "xpath(#xml,'./item[@n=2]/text()')", "milk", XPath),
        new("json", "json, path?",
            "the value at a dotted path; a name on an array asks each item, values are joined by commas; objects and arrays as JSON",
            "json(#json,'days.max')", "31,29", Json),
    ]);

    private static Variant XPath(FunctionNode[] arguments, FunctionFrame frame)
    {
        var xml = XmlDocuments.Of(arguments[0].Evaluate(frame), frame);
        return xml is null || TextFunctions.TextOf(arguments, 1, frame) is not { } text || frame.XPaths.Get(text) is not { } path
            ? Variant.Null
            : XmlDocuments.Value(xml, path, arguments.Length > 2 ? TextFunctions.TextOf(arguments, 2, frame) : null);
    }

    private static Variant Json(FunctionNode[] arguments, FunctionFrame frame)
    {
        var json = JsonPath.Of(arguments[0].Evaluate(frame), frame);
        var text = arguments.Length > 1 ? TextFunctions.TextOf(arguments, 1, frame) ?? "" : "";
        return json is null || frame.JsonPaths.Get(text) is not { } path ? Variant.Null : path.Value(json.Element);
    }
}
