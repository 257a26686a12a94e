using System.Text;
using System.Xml;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>
/// Replaces <c>@NAME@</c> by its value. A name that is not known stays; it is reported when it is written in capitals,
/// digits and underscores, as tokens are, and taken for plain text otherwise (an address, a format).
/// </summary>
internal sealed class TokenReplacer(IReadOnlyDictionary<string, string> given, IReadOnlyDictionary<string, string> defaults)
{
    /// <summary>
    /// Characters that values may add to one model, all places together: properties made of properties would double at each
    /// step otherwise. Beyond it tokens count as having no value.
    /// </summary>
    public const int MaxInsertedCharacters = 4 * 1024 * 1024;

    private int _budget = MaxInsertedCharacters;

    private readonly Dictionary<string, string> _ownProperties = new(StringComparer.Ordinal);

    /// <summary>Names of reported tokens, sorted.</summary>
    public SortedSet<string> Unresolved { get; } = new(StringComparer.Ordinal);

    /// <summary>Adds a property of the project; values given from outside win.</summary>
    public void Add(string name, string value) => _ownProperties[name] = value;

    /// <summary>A replacer that knows further values; what it finds without value is its own.</summary>
    public TokenReplacer With(IReadOnlyDictionary<string, string> more)
    {
        var other = new TokenReplacer(given, defaults) { _budget = _budget };
        foreach (var (name, value) in _ownProperties.Concat(more))
        {
            other._ownProperties[name] = value;
        }

        return other;
    }

    /// <summary>
    /// The text with tokens replaced; <paramref name="unknown"/> is called with the name of each one without value, null reports none.
    /// </summary>
    public string Replace(string text, Action<string>? unknown)
    {
        var start = text.IndexOf('@', StringComparison.Ordinal);
        if (start < 0)
        {
            return text;
        }

        var result = new StringBuilder(text.Length + 32).Append(text, 0, start);
        while (start < text.Length)
        {
            var end = text[start] == '@' ? EndOfName(text, start + 1) : -1;
            if (end < 0)
            {
                result.Append(text[start++]);
                continue;
            }

            var name = text[(start + 1)..end];
            if (ValueOf(name) is { } value && value.Length <= _budget)
            {
                _budget -= value.Length;
                AppendClean(result, value);
                start = end + 1;
                continue;
            }

            if (unknown is not null && LooksLikeToken(name))
            {
                Unresolved.Add(name);
                unknown(name);
                result.Append(text, start, end + 1 - start);
                start = end + 1;
                continue;
            }

            // Plain text: its closing @ may open the next token.
            result.Append(text, start, end - start);
            start = end;
        }

        return result.ToString();
    }

    private string? ValueOf(string name) =>
        given.TryGetValue(name, out var value) || _ownProperties.TryGetValue(name, out value) || defaults.TryGetValue(name, out value)
            ? value
            : null;

    /// <summary>Values come from anywhere; characters that XML does not know would make the project impossible to write.</summary>
    private static void AppendClean(StringBuilder result, string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (i + 1 < value.Length && char.IsSurrogatePair(value[i], value[i + 1]))
            {
                result.Append(value, i++, 2);
            }
            else
            {
                result.Append(XmlConvert.IsXmlChar(value[i]) ? value[i] : '\uFFFD');
            }
        }
    }

    private static int EndOfName(string text, int from)
    {
        var i = from;
        while (i < text.Length && (char.IsAsciiLetterOrDigit(text[i]) || text[i] is '_' or '.' or '-'))
        {
            i++;
        }

        return i > from && i < text.Length && text[i] == '@' ? i : -1;
    }

    private static bool LooksLikeToken(string name) =>
        char.IsAsciiLetterUpper(name[0]) && name.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_');
}
