using System.Xml.XPath;
using Lockstep.Engine.Functions;

namespace Lockstep.Engine.Windows.Functional;

/// <summary>Finds the parts that an event loop goes over.</summary>
internal abstract class LoopParts
{
    /// <summary>The parts in order; none when the value is no such document.</summary>
    public abstract IEnumerable<Variant> Of(Variant value, FunctionFrame frame);
}

/// <summary>Nodes that an XPath finds.</summary>
internal sealed class XmlParts(XPathExpression path) : LoopParts
{
    /// <inheritdoc/>
    public override IEnumerable<Variant> Of(Variant value, FunctionFrame frame) =>
        XmlDocuments.Of(value, frame) is { } xml ? XmlDocuments.Select(xml, path).Select(v => Variant.Of(v)) : [];
}

/// <summary>Items of the array at a JSON path, or the one value there.</summary>
internal sealed class JsonParts(JsonPath path) : LoopParts
{
    /// <inheritdoc/>
    public override IEnumerable<Variant> Of(Variant value, FunctionFrame frame) =>
        JsonPath.Of(value, frame) is { } json ? path.Parts(json.Element).Select(p => Variant.Of(new JsonValue(p))) : [];
}

/// <summary>Matches of a regular expression, or a group of each.</summary>
internal sealed class RegexParts(RegexPattern pattern, int group) : LoopParts
{
    /// <inheritdoc/>
    public override IEnumerable<Variant> Of(Variant value, FunctionFrame frame) => value.ToText() is { } text
        ? pattern.Regex.Matches(text).Select(m => Variant.Of(RegexFunctions.GroupText(m, group)))
        : [];
}
