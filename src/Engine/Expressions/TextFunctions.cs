using System.Collections.Immutable;
using System.Text;

namespace Lockstep.Engine.Expressions;

/// <summary>
/// The functions of text: each public method is one. Positions count from 1. A null where a value is needed gives null, and
/// so does a text that would become longer than <see cref="CharsMax"/>. Work is charged to the frame, which bounds loops.
/// </summary>
internal static class TextFunctions
{
    /// <summary>The longest text that an expression can make.</summary>
    public const int CharsMax = 1 << 20;

    // The most pairs of characters that two texts are compared by.
    private const long PairsMax = 100_000_000;

    /// <summary>The functions of this group.</summary>
    public static ImmutableArray<ExpressionFunction> All { get; } =
    [
        Of("upper", "text", "The text in capital letters.", "upper('Ab1')", "AB1"),
        Of("lower", "text", "The text in small letters.", "lower('Ab1')", "ab1"),
        Of("trim", "text", "The text without blanks at both ends.", "trim('  ab ')", "ab"),
        Of("len", "text", "The number of characters.", "len('four')", "4"),
        Of("left", "text, count", "The first characters.", "left('lockstep', 4)", "lock"),
        Of("right", "text, count", "The last characters.", "right('lockstep', 4)", "step"),
        Of("mid", "text, start[, length]", "The characters from a position on; without a length up to the end.", "mid('lockstep', 2, 3)",
            "ock"),
        Of("instr", "text, part[, occurrence]", "Where a part begins; 0 when it does not occur so often.", "instr('a-b-c', '-', 2)", "4"),
        Of("replace", "text, part, by[, count]", "The text with a part replaced: every time, or the first times only.",
            "replace('a-b-c', '-', '+', 1)", "a+b-c"),
        Of("match_string", "text, pattern", "True when the whole text is as the pattern: * stands for any characters, ? for one, "
            + "\\ takes the next character as it is.", "match_string('Monday', 'Mon*')", "1"),
        Of("compare", "left, right[, ignorecase]", "-1, 0 or 1: the left text stands before, equal to or after the right by code units.",
            "compare('Hello', 'hello')", "-1"),
        Of("edit_distance", "left, right", "How many characters must be put in, taken out or changed to turn one text into the other.",
            "edit_distance('kitten', 'sitting')", "3"),
        Of("asc", "text", "The code of the first character.", "asc('A')", "65"),
        Of("chr", "code", "The character of a code up to 65535.", "chr(65)", "A"),
        Of("pattern", "text", "The text with 9 for each digit, A for each capital and a for each small letter.",
            "pattern('12/b Abc-Str.')", "99/a Aaa-Aaa."),
        Of("sort", "text[, ascending[, unique]]",
            "The characters in order, blanks left out; ascending unless told otherwise; each once if asked for.",
            "sort('A short Sentence.', true, true)", ".AScehnorst"),
        Of("sort_words", "text[, ascending[, unique]]", "The words, which blanks part, in order.", "sort_words('b C a b', true, true)",
            "C a b"),
        Of("aparse", "text, delimiter, array", "Parts the text at a character (the last one of the delimiter) into a string array; "
            + "gives the number of words.", "string array w aparse('a:b:c', ':', w) return w.get(3)", "c"),
        ExpressionFunction.Special(CallForms.Parse, "parse", "text, delimiter, word1[, word2 ...]",
            "Parts the text at a character and sets the variables to the words, null beyond the last; gives the number of words.",
            "string a string b parse('x:y:z', ':', a, b) return a & b", "xy"),
        Of("has_control_chars", "text", "True when a character is a control character.", "has_control_chars('tab')", "0"),
        Of("print", "text[, newline]", "Nothing: the engine prints no text. Gives null.", "print('x') 4", "4"),
    ];

    public static string? Upper(string? text) => text?.ToUpperInvariant();

    public static string? Lower(string? text) => text?.ToLowerInvariant();

    public static string? Trim(string? text) => text?.Trim();

    public static long? Len(string? text) => text?.Length;

    public static string? Left(string? text, long? count) =>
        text is null || count is not { } n ? null : WellFormed(text[..(int)Math.Clamp(n, 0, text.Length)]);

    public static string? Right(string? text, long? count) =>
        text is null || count is not { } n ? null : WellFormed(text[^(int)Math.Clamp(n, 0, text.Length)..]);

    public static string? Mid(string? text, long? start) => Mid(text, start, long.MaxValue);

    public static string? Mid(string? text, long? start, long? length)
    {
        if (text is null || start is not { } from || length is not { } count)
        {
            return null;
        }

        var begin = from <= 1 ? 0 : (int)Math.Min(from - 1, text.Length);
        return WellFormed(text.Substring(begin, (int)Math.Clamp(count, 0, text.Length - begin)));
    }

    public static long? Instr(Frame frame, string? text, string? part) => Instr(frame, text, part, 1);

    public static long? Instr(Frame frame, string? text, string? part, long? occurrence)
    {
        if (text is null || part is null || occurrence is not > 0)
        {
            return null;
        }

        frame.Charge(text.Length);
        var at = text.IndexOf(part, StringComparison.Ordinal);
        for (var found = 1L; at >= 0 && found < occurrence; found++)
        {
            at = at < text.Length ? text.IndexOf(part, at + 1, StringComparison.Ordinal) : -1;
        }

        return at + 1;
    }

    public static string? Replace(Frame frame, string? text, string? part, string? by) => Replace(frame, text, part, by, long.MaxValue);

    public static string? Replace(Frame frame, string? text, string? part, string? by, long? count)
    {
        if (text is null || string.IsNullOrEmpty(part) || count is not { } left)
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        var from = 0;
        for (var at = text.IndexOf(part, StringComparison.Ordinal); at >= 0 && left > 0 && result.Length <= CharsMax; left--)
        {
            result.Append(text, from, at - from).Append(by);
            from = at + part.Length;
            at = text.IndexOf(part, from, StringComparison.Ordinal);
        }

        result.Append(text, from, text.Length - from);
        frame.Charge(text.Length + result.Length);
        return result.Length > CharsMax ? null : result.ToString();
    }

    public static bool? MatchString(Frame frame, string? text, string? pattern)
    {
        if (text is null || pattern is null)
        {
            return null;
        }

        frame.Charge(text.Length);
        var (at, next, star, resume) = (0, 0, -1, 0);
        var steps = 0L;
        while (at < text.Length)
        {
            if (++steps > PairsMax)
            {
                frame.Charge(steps);
                return null;
            }

            if (next < pattern.Length && pattern[next] == '*')
            {
                (star, resume) = (next++, at);
            }
            else if (next < pattern.Length && Fits(text[at], pattern, ref next))
            {
                at++;
            }
            else if (star < 0)
            {
                return false;
            }
            else
            {
                (next, at) = (star + 1, ++resume);
            }
        }

        frame.Charge(steps);
        return pattern.AsSpan(next).TrimStart('*').IsEmpty;
    }

    public static long? Compare(string? left, string? right) => Compare(left, right, false);

    public static long? Compare(string? left, string? right, bool? ignoreCase) => left is null || right is null
        ? null
        : Math.Sign(string.Compare(left, right, ignoreCase == true ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal));

    public static long? EditDistance(Frame frame, string? left, string? right)
    {
        if (left is null || right is null || (long)left.Length * right.Length > PairsMax)
        {
            return null;
        }

        frame.Charge((long)left.Length * right.Length);
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var changed = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }

    public static long? Asc(string? text) => string.IsNullOrEmpty(text) ? null : text[0];

    public static string? Chr(long? code) => code is >= 0 and < 0xD800 or > 0xDFFF and <= 0xFFFF ? ((char)code).ToString() : null;

    public static string? Pattern(string? text) => text is null ? null : string.Create(text.Length, text, static (span, source) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            var c = source[i];
            span[i] = char.IsDigit(c) ? '9' : char.IsUpper(c) ? 'A' : char.IsLower(c) ? 'a' : c;
        }
    });

    public static string? Sort(Frame frame, string? text) => Sort(frame, text, true, false);

    public static string? Sort(Frame frame, string? text, bool? ascending) => Sort(frame, text, ascending, false);

    public static string? Sort(Frame frame, string? text, bool? ascending, bool? unique) =>
        text is null ? null : string.Concat(Ordered(frame, text.EnumerateRunes().Where(r => r.Value != ' ').Select(r => r.ToString()),
            text.Length, ascending, unique));

    public static string? SortWords(Frame frame, string? text) => SortWords(frame, text, true, false);

    public static string? SortWords(Frame frame, string? text, bool? ascending) => SortWords(frame, text, ascending, false);

    public static string? SortWords(Frame frame, string? text, bool? ascending, bool? unique) => text is null ? null
        : string.Join(' ', Ordered(frame, text.Split(' ', StringSplitOptions.RemoveEmptyEntries), text.Length, ascending, unique));

    public static long? Aparse(Frame frame, string? text, string? delimiter, ArrayValue<string?> words)
    {
        var parts = Words(frame, text, delimiter);
        words.Assign(parts);
        return parts?.Length;
    }

    /// <summary>The words between delimiters, of which the last character counts; null of a null.</summary>
    public static string[]? Words(Frame frame, string? text, string? delimiter)
    {
        frame.Charge(text?.Length ?? 0);
        return text is null || delimiter is null ? null
            : delimiter.Length == 0 ? [text]
            : text.Split(delimiter.EnumerateRunes().Last().ToString(), ArrayValue.ItemsMax);
    }

    public static bool? HasControlChars(string? text) => text?.Any(char.IsControl);

    public static string? Print(string? text) => Print(text, null);

    public static string? Print(string? text, bool? newLine) => text is null || newLine is null ? null : null;

    /// <summary>The texts one after the other, a null as an empty one; the operator &amp;.</summary>
    public static string? Concat(Frame frame, string? left, string? right)
    {
        var chars = (left?.Length ?? 0) + (right?.Length ?? 0);
        frame.Charge(chars);
        return chars > CharsMax ? null : string.Concat(left, right);
    }

    /// <summary>
    /// The text with a replacement character for each half of a character outside of the basic plane: a half has no UTF-8, so
    /// it would be another text after a snapshot or on the wire.
    /// </summary>
    public static string WellFormed(string text)
    {
        var at = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        return at < 0 ? text : string.Concat(text.EnumerateRunes());
    }

    private static IEnumerable<string> Ordered(Frame frame, IEnumerable<string> items, int chars, bool? ascending, bool? unique)
    {
        frame.Charge(chars * 16L);
        var distinct = unique == true ? items.Distinct(StringComparer.Ordinal) : items;
        return ascending == false ? distinct.OrderDescending(StringComparer.Ordinal) : distinct.Order(StringComparer.Ordinal);
    }

    private static bool Fits(char c, string pattern, ref int next)
    {
        var quoted = pattern[next] == '\\' && next + 1 < pattern.Length;
        var at = quoted ? next + 1 : next;
        var fits = (!quoted && pattern[at] == '?') || pattern[at] == c;
        next = fits ? at + 1 : next;
        return fits;
    }

    private static ExpressionFunction Of(string name, string parameters, string meaning, string example, string? result) =>
        ExpressionFunction.Of(typeof(TextFunctions), name, parameters, meaning, example, result);
}
