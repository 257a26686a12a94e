using System.Globalization;
using System.Text;

namespace Lockstep.Scripting;

/// <summary>Values of scripts as text, and JSON text as values of scripts.</summary>
public static class ScriptText
{
    private const int DepthMax = 64;

    /// <summary>Text alone for a plain value, JSON for lists and maps; keys in their order by bytes.</summary>
    public static string Of(object? value)
    {
        if (value is string text)
        {
            return text;
        }

        var to = new StringBuilder();
        Write(to, value, 0);
        return to.ToString();
    }

    /// <summary>A number as Lua and Python print it: reals show that they are.</summary>
    public static string Of(double value)
    {
        if (double.IsFinite(value))
        {
            var text = value.ToString("R", CultureInfo.InvariantCulture);
            return text.AsSpan().ContainsAny('.', 'E') ? text.Replace("E", "e", StringComparison.Ordinal) : text + ".0";
        }

        return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
    }

    private static void Write(StringBuilder to, object? value, int depth)
    {
        if (depth > DepthMax)
        {
            throw new ScriptException($"A value nests deeper than {DepthMax}.");
        }

        switch (value)
        {
            case null: to.Append("null"); break;
            case bool flag: to.Append(flag ? "true" : "false"); break;
            case long whole: to.Append(whole.ToString(CultureInfo.InvariantCulture)); break;
            case double real: to.Append(Of(real)); break;
            case string text: WriteQuoted(to, text); break;
            case byte[] bytes: WriteQuoted(to, Convert.ToBase64String(bytes)); break;
            case List<object?> list: WriteList(to, list, depth); break;
            case Dictionary<string, object?> map: WriteMap(to, map, depth); break;
            default: throw new ScriptException($"A {value.GetType().Name} has no text form.");
        }
    }

    private static void WriteList(StringBuilder to, List<object?> list, int depth)
    {
        to.Append('[');
        for (var i = 0; i < list.Count; i++)
        {
            to.Append(i > 0 ? "," : "");
            Write(to, list[i], depth + 1);
        }

        to.Append(']');
    }

    private static void WriteMap(StringBuilder to, Dictionary<string, object?> map, int depth)
    {
        to.Append('{');
        var isFirst = true;
        foreach (var key in map.Keys.Order(StringComparer.Ordinal))
        {
            to.Append(isFirst ? "" : ",");
            isFirst = false;
            WriteQuoted(to, key);
            to.Append(':');
            Write(to, map[key], depth + 1);
        }

        to.Append('}');
    }

    private static void WriteQuoted(StringBuilder to, string text)
    {
        to.Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => to.Append("\\\""),
                '\\' => to.Append("\\\\"),
                '\n' => to.Append("\\n"),
                '\r' => to.Append("\\r"),
                '\t' => to.Append("\\t"),
                < ' ' => to.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => to.Append(c),
            };
        }

        to.Append('"');
    }
}
