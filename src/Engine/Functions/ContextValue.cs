using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.XPath;

namespace Lockstep.Engine.Functions;

/// <summary>What a property of a function context holds; immutable.</summary>
internal abstract class ContextValue
{
    /// <summary>Its text, for functions that take text and for fields.</summary>
    public abstract string? Text { get; }
}

/// <summary>A node of an XML document: the root element, or what a loop or path found.</summary>
internal sealed class XmlValue(XPathNavigator node) : ContextValue
{
    private string? _text;

    /// <summary>The node; to be cloned before it is moved.</summary>
    public XPathNavigator Node => node;

    /// <summary>An element as XML, anything else as its value.</summary>
    public override string Text => _text ??= node.NodeType is XPathNodeType.Element or XPathNodeType.Root ? node.OuterXml : node.Value;
}

/// <summary>A value of a JSON document.</summary>
internal sealed class JsonValue(JsonElement element) : ContextValue
{
    private string? _text;

    /// <summary>The value.</summary>
    public JsonElement Element => element;

    /// <inheritdoc/>
    public override string? Text => _text ??= JsonPath.TextOf(element);
}

/// <summary>The text of another value, made when it is asked for.</summary>
internal sealed class LazyText(ContextValue of) : ContextValue
{
    /// <inheritdoc/>
    public override string? Text => of.Text;
}

/// <summary>A list of texts.</summary>
internal sealed class ListValue(string[] items, string delimiter) : ContextValue
{
    /// <summary>The items in order.</summary>
    public string[] Items => items;

    /// <inheritdoc/>
    public override string Text => string.Join(delimiter, items);
}

/// <summary>A set of texts.</summary>
internal sealed class SetValue(string[] items, string delimiter) : ContextValue
{
    private readonly HashSet<string> _set = new(items, StringComparer.Ordinal);

    /// <summary>The items as they were given, each once.</summary>
    public string[] Items { get; } = [.. items.Distinct(StringComparer.Ordinal)];

    /// <summary>True when a text is in it.</summary>
    public bool Contains(string text) => _set.Contains(text);

    /// <inheritdoc/>
    public override string Text => string.Join(delimiter, Items);
}

/// <summary>Texts by name, in the order of the names as given; of two equal names the last counts.</summary>
internal sealed class MapValue : ContextValue
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly List<string> _keys = [];

    public MapValue(string text, string outer, string inner)
    {
        Text = text;
        foreach (var item in text.Split(outer, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = item.IndexOf(inner, StringComparison.Ordinal);
            var key = (at < 0 ? item : item[..at]).Trim();
            if (!_values.ContainsKey(key))
            {
                _keys.Add(key);
            }

            _values[key] = at < 0 ? "" : item[(at + inner.Length)..].Trim();
        }
    }

    /// <inheritdoc/>
    public override string Text { get; }

    /// <summary>All values in order.</summary>
    public IEnumerable<string> Values => _keys.Select(k => _values[k]);

    /// <summary>The value of a name; null for none.</summary>
    public string? Value(string key) => _values.GetValueOrDefault(key);
}

/// <summary>A compiled regular expression.</summary>
internal sealed class RegexPattern(Regex regex) : ContextValue
{
    /// <summary>The expression.</summary>
    public Regex Regex => regex;

    /// <inheritdoc/>
    public override string Text => regex.ToString();
}
