using System.Globalization;
using System.Text;

namespace Lockstep.Scripting;

/// <summary>
/// Reads JSON leniently: bare keys and words, single quotes and trailing commas are taken. Whole numbers are long, others
/// double; null gives no entry in a map.
/// </summary>
public sealed class LenientJson
{
    private const int DepthMax = 64;
    private readonly string _text;
    private int _at;

    private LenientJson(string text) => _text = text;

    /// <summary>The value of a text.</summary>
    /// <exception cref="ScriptException">It is not JSON.</exception>
    public static object? Parse(string text)
    {
        var parser = new LenientJson(text);
        var value = parser.Value(0);
        parser.Blanks();
        return parser._at == text.Length ? value : throw parser.Problem("its end is expected");
    }

    private object? Value(int depth)
    {
        if (depth > DepthMax)
        {
            throw Problem($"it nests deeper than {DepthMax}");
        }

        Blanks();
        return Peek() switch
        {
            '{' => Map(depth),
            '[' => List(depth),
            '"' or '\'' => Quoted(),
            '\0' => throw Problem("a value is missing"),
            _ => Word(),
        };
    }

    private Dictionary<string, object?> Map(int depth)
    {
        var map = new Dictionary<string, object?>(StringComparer.Ordinal);
        _at++;
        while (!Ends('}'))
        {
            var key = Peek() is '"' or '\'' ? Quoted() : Bare();
            Blanks();
            if (Peek() is not (':' or '='))
            {
                throw Problem("':' is expected");
            }

            _at++;
            if (Value(depth + 1) is { } value)
            {
                map[key] = value;
            }
        }

        return map;
    }

    private List<object?> List(int depth)
    {
        var list = new List<object?>();
        _at++;
        while (!Ends(']'))
        {
            list.Add(Value(depth + 1));
        }

        return list;
    }

    /// <summary>Passes over blanks and commas; true, and past it, at the closing character.</summary>
    private bool Ends(char close)
    {
        Blanks();
        while (Peek() == ',')
        {
            _at++;
            Blanks();
        }

        if (Peek() == '\0')
        {
            throw Problem($"'{close}' is missing");
        }

        if (Peek() != close)
        {
            return false;
        }

        _at++;
        return true;
    }

    private string Quoted()
    {
        var quote = _text[_at++];
        var to = new StringBuilder();
        while (Peek() != quote || _at >= _text.Length)
        {
            if (_at >= _text.Length)
            {
                throw Problem("a quote is not closed");
            }

            var c = _text[_at++];
            to.Append(c == '\\' && _at < _text.Length ? Escaped() : c);
        }

        _at++;
        return to.ToString();
    }

    private char Escaped()
    {
        var c = _text[_at++];
        if (c == 'u' && _at + 4 <= _text.Length
            && ushort.TryParse(_text.AsSpan(_at, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var code))
        {
            _at += 4;
            return (char)code;
        }

        return c switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 'f' => '\f', _ => c };
    }

    private object? Word()
    {
        var word = Bare();
        if (long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
        {
            return whole;
        }

        return double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var real)
            ? real
            : word switch { "true" => true, "false" => false, "null" or "nil" or "None" => null, _ => word };
    }

    private string Bare()
    {
        var start = _at;
        while (_at < _text.Length && !char.IsWhiteSpace(_text[_at]) && !",:={}[]\"'".Contains(_text[_at], StringComparison.Ordinal))
        {
            _at++;
        }

        return _at > start ? _text[start.._at] : throw Problem($"'{Peek()}' is not expected");
    }

    private void Blanks()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }
    }

    private char Peek() => _at < _text.Length ? _text[_at] : '\0';

    private ScriptException Problem(string why) => new(string.Create(
        CultureInfo.InvariantCulture, $"The text is not JSON: at character {_at + 1} {why}."));
}
