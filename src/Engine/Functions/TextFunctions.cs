using System.Text;

namespace Lockstep.Engine.Functions;

/// <summary>Text. Places count from 0 by UTF-16 units; null text gives null unless said otherwise.</summary>
internal static class TextFunctions
{
    private const int LengthMax = 1024 * 1024;

    /// <summary>The functions.</summary>
    public static FunctionGroup Group { get; } = new("Text",
    [
        new("string", "value...?", "all values as one text; nulls are empty", "string('a-',1,$a,'!')", "a-1!", Concat),
        new("concat", "value...?", "the same as string", "concat('a','b')", "ab", Concat),
        new("stringV", "value...?", "the values as a list", "listItem(stringV('a','b'),1)", "b", static (a, f) =>
            Variant.Of(new ListValue([.. a.Select(n => n.Evaluate(f).ToText() ?? "")], ","))),
        new("outstr", "value...?", "the same as string; the original prints it too", "outstr('x',1)", "x1", Concat),
        new("toLower", "text", "in small letters", "toLower('AbC')", "abc",
            static (a, f) => Variant.Of(TextOf(a, 0, f)?.ToLowerInvariant())),
        new("toUpper", "text", "in capital letters", "toUpper('AbC')", "ABC",
            static (a, f) => Variant.Of(TextOf(a, 0, f)?.ToUpperInvariant())),
        new("stringLength", "text", "how long it is", "stringLength('abc')", "3",
            static (a, f) => Variant.Of((long?)TextOf(a, 0, f)?.Length)),
        new("contains", "text, part", "1 when the part occurs", "contains($t,'sky')", "1",
            static (a, f) => Variant.Of(TextOf(a, 0, f)?.Contains(TextOf(a, 1, f) ?? "", StringComparison.Ordinal) ?? false)),
        new("startsWith", "text, part", "1 when it begins so", "startsWith('abc','ab')", "1",
            static (a, f) => Variant.Of(TextOf(a, 0, f)?.StartsWith(TextOf(a, 1, f) ?? "", StringComparison.Ordinal) ?? false)),
        new("endsWith", "text, part", "1 when it ends so", "endsWith('abc','ab')", "0",
            static (a, f) => Variant.Of(TextOf(a, 0, f)?.EndsWith(TextOf(a, 1, f) ?? "", StringComparison.Ordinal) ?? false)),
        new("index", "text, part", "where the part first occurs; -1 for nowhere", "index('banana','an')", "1", Index),
        new("indexOf", "text, part", "the same as index", "indexOf('banana','x')", "-1", Index),
        new("lastIndexOf", "text, part", "where the part last occurs; -1 for nowhere", "lastIndexOf('banana','an')", "3", static (a, f) =>
            Variant.Of((long?)TextOf(a, 0, f)?.LastIndexOf(TextOf(a, 1, f) ?? "", StringComparison.Ordinal))),
        new("substring", "text, start, length?", "a part of it, to the end without length", "substring('abcdef',2,3)", "cde", Substring),
        new("substringBefore", "text, part", "what stands before the first occurrence; empty for none", "substringBefore('a=b','=')", "a",
            static (a, f) => Around(a, f, static (text, at, _) => text[..at])),
        new("substringAfter", "text, part", "what stands behind the first occurrence; empty for none", "substringAfter('a=b','=')", "b",
            static (a, f) => Around(a, f, static (text, at, length) => text[(at + length)..])),
        new("normalizeSpace", "text", "without blanks around, and one blank between words", "normalizeSpace('  a   b ')", "a b",
            static (a, f) => Variant.Of(TextOf(a, 0, f) is { } text
                ? string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) : null)),
        new("trim", "text", "without blanks around", "trim(' a b ')", "a b", static (a, f) => Variant.Of(TextOf(a, 0, f)?.Trim())),
        new("translate", "text, from, to", "each character of from becomes the one at its place in to, or goes",
            "translate('a-b-c','-b','_')", "a__c", Translate),
        new("replace", "text, part, by", "every occurrence of the part replaced", "replace('a.b.c','.','/')", "a/b/c", static (a, f) =>
            TextOf(a, 0, f) is { } text && TextOf(a, 1, f) is { Length: > 0 } part
                ? Variant.Of(text.Replace(part, TextOf(a, 2, f), StringComparison.Ordinal)) : Variant.Of(TextOf(a, 0, f))),
        new("pad", "text, length, with?",
            "filled up behind to a length, with blanks or the character given; in front for a length below 0",
            "pad(7,-3,'0')", "007", Pad),
        new("urlEncode", "text", "as part of a URL", "urlEncode('a b&c')", "a%20b%26c", static (a, f) =>
            Variant.Of(TextOf(a, 0, f) is { } text ? Uri.EscapeDataString(text) : null)),
        new("urlDecode", "text", "read from a URL; + is a blank", "urlDecode('a+b%26c')", "a b&c", static (a, f) =>
            Variant.Of(TextOf(a, 0, f) is { } text ? Uri.UnescapeDataString(text.Replace('+', ' ')) : null)),
        new("base64Encode", "text", "UTF-8 in base64", "base64Encode('abc')", "YWJj", static (a, f) =>
            Variant.Of(TextOf(a, 0, f) is { } text ? Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) : null)),
        new("base64Decode", "text", "text from base64; null when it is none", "base64Decode('YWJj')", "abc", Decode),
    ]);

    /// <summary>An argument as text.</summary>
    public static string? TextOf(FunctionNode[] arguments, int index, FunctionFrame frame) => arguments[index].Evaluate(frame).ToText();

    private static Variant Concat(FunctionNode[] arguments, FunctionFrame frame)
    {
        var text = new StringBuilder();
        foreach (var argument in arguments)
        {
            text.Append(argument.Evaluate(frame).ToText());
        }

        return Variant.Of(text.ToString());
    }

    private static Variant Index(FunctionNode[] arguments, FunctionFrame frame) => Variant.Of(
        (long?)TextOf(arguments, 0, frame)?.IndexOf(TextOf(arguments, 1, frame) ?? "", StringComparison.Ordinal));

    private static Variant Substring(FunctionNode[] arguments, FunctionFrame frame)
    {
        if (TextOf(arguments, 0, frame) is not { } text || arguments[1].Evaluate(frame).ToWhole() is not { } start)
        {
            return Variant.Null;
        }

        var from = (int)Math.Clamp(start, 0, text.Length);
        var length = arguments.Length > 2 ? arguments[2].Evaluate(frame).ToWhole() ?? 0 : text.Length;
        return Variant.Of(text.Substring(from, (int)Math.Clamp(length, 0, text.Length - from)));
    }

    private static Variant Around(FunctionNode[] arguments, FunctionFrame frame, Func<string, int, int, string> cut)
    {
        if (TextOf(arguments, 0, frame) is not { } text)
        {
            return Variant.Null;
        }

        var part = TextOf(arguments, 1, frame) ?? "";
        var at = text.IndexOf(part, StringComparison.Ordinal);
        return Variant.Of(at < 0 ? "" : cut(text, at, part.Length));
    }

    private static Variant Translate(FunctionNode[] arguments, FunctionFrame frame)
    {
        var (from, to) = (TextOf(arguments, 1, frame) ?? "", TextOf(arguments, 2, frame) ?? "");
        if (TextOf(arguments, 0, frame) is not { } text)
        {
            return Variant.Null;
        }

        var result = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            var at = from.IndexOf(c, StringComparison.Ordinal);
            if (at < 0 || at < to.Length)
            {
                result.Append(at < 0 ? c : to[at]);
            }
        }

        return Variant.Of(result.ToString());
    }

    private static Variant Pad(FunctionNode[] arguments, FunctionFrame frame)
    {
        if (TextOf(arguments, 0, frame) is not { } text || arguments[1].Evaluate(frame).ToWhole() is not { } length)
        {
            return Variant.Null;
        }

        var with = arguments.Length > 2 && TextOf(arguments, 2, frame) is { Length: > 0 } fill ? fill[0] : ' ';
        var size = (int)Math.Min(Math.Abs(length), LengthMax);
        return Variant.Of(length < 0 ? text.PadLeft(size, with) : text.PadRight(size, with));
    }

    private static Variant Decode(FunctionNode[] arguments, FunctionFrame frame)
    {
        var text = TextOf(arguments, 0, frame)?.Trim() ?? "";
        var bytes = new byte[text.Length];
        return text.Length > 0 && Convert.TryFromBase64String(text, bytes, out var written)
            ? Variant.Of(Encoding.UTF8.GetString(bytes, 0, written))
            : Variant.Null;
    }
}
