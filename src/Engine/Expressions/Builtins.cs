using System.Globalization;
using System.Text;

namespace Lockstep.Engine.Expressions;

/// <summary>
/// The functions of the general language: each public static method is one, under its name in lower case; overloads
/// by
/// number of arguments. Positions in text count from 1. A null where a value is needed gives null.
/// </summary>
internal static class Builtins
{
    public static string? Upper(string? text) => text?.ToUpperInvariant();

    public static string? Lower(string? text) => text?.ToLowerInvariant();

    public static string? Trim(string? text) => text?.Trim();

    public static long? Len(string? text) => text?.Length;

    public static string? Left(string? text, long? count) =>
        text is null || count is not { } n ? null : text[..(int)Math.Clamp(n, 0, text.Length)];

    public static string? Right(string? text, long? count) =>
        text is null || count is not { } n ? null : text[^(int)Math.Clamp(n, 0, text.Length)..];

    public static string? Mid(string? text, long? start) => Mid(text, start, long.MaxValue);

    public static string? Mid(string? text, long? start, long? length)
    {
        if (text is null || start is not { } from || length is not { } count)
        {
            return null;
        }

        var begin = (int)Math.Clamp(from - 1, 0, text.Length);
        return text.Substring(begin, (int)Math.Clamp(count, 0, text.Length - begin));
    }

    public static long? Instr(string? text, string? part) =>
        text is null || part is null ? null : text.IndexOf(part, StringComparison.Ordinal) + 1;

    public static string? Replace(string? text, string? old, string? replacement) =>
        string.IsNullOrEmpty(old) ? text : text?.Replace(old, replacement ?? "", StringComparison.Ordinal);

    /// <summary>1 when the text equals the pattern; a * at either end of the pattern stands for anything.</summary>
    public static long? Match_String(string? text, string? pattern)
    {
        if (text is null || pattern is null)
        {
            return null;
        }

        var (open, close) = (pattern.StartsWith('*'), pattern.Length > 1 && pattern.EndsWith('*'));
        var word = pattern[(open ? 1 : 0)..^(close ? 1 : 0)];
        var matches = (open, close) switch
        {
            (true, true) => text.Contains(word, StringComparison.Ordinal),
            (true, false) => text.EndsWith(word, StringComparison.Ordinal),
            (false, true) => text.StartsWith(word, StringComparison.Ordinal),
            _ => text == word,
        };
        return matches ? 1 : 0;
    }

    /// <summary>-1, 0 or 1 by the order of code points.</summary>
    public static long? Compare(string? left, string? right) =>
        Operators.CompareText(left, right) is { } order ? Math.Sign(order) : null;

    public static long? Asc(string? text) => string.IsNullOrEmpty(text) ? null : text[0];

    public static string? Chr(long? code) => code is >= 0 and <= 0xFFFF ? ((char)code).ToString() : null;

    public static bool? IsBlank(string? text) => string.IsNullOrWhiteSpace(text);

    public static bool? IsNumber(string? text) => Coercion.ToReal(text) is not null;

    public static bool? IsAlpha(string? text) => !string.IsNullOrEmpty(text) && text.All(char.IsLetter);

    public static bool? Has_Control_Chars(string? text) => text?.Any(char.IsControl);

    /// <summary>How many single-character changes turn one text into the other.</summary>
    public static long? Edit_Distance(string? left, string? right)
    {
        if (left is null || right is null)
        {
            return null;
        }

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

    public static double? Floor(double? value) => value is { } v ? Math.Floor(v) : null;

    public static double? Ceil(double? value) => value is { } v ? Math.Ceiling(v) : null;

    public static double? Round(double? value) => Round(value, 0);

    /// <summary>Halves go away from zero.</summary>
    public static double? Round(double? value, long? digits) =>
        value is { } v && digits is >= 0 and <= 15 ? Math.Round(v, (int)digits, MidpointRounding.AwayFromZero) : null;

    public static double? Sqrt(double? value) => value >= 0 ? Math.Sqrt(value.Value) : null;

    public static long? ToInteger(double? value) => Coercion.ToInteger(value);

    public static double? ToReal(double? value) => value;

    public static bool? ToBoolean(string? value) => Coercion.ToBoolean(value);

    public static string? ToString(string? value) => value;

    /// <summary>
    /// A date (days since 1970-01-01) as text; letters YYYY YY MM DD hh mm ss stand for its parts, others for
    /// themselves.
    /// </summary>
    public static string? FormatDate(double? days, string? format)
    {
        if (days is not (> -719_000 and < 2_932_000) || format is null)
        {
            return null;
        }

        var time = DateTime.UnixEpoch.AddTicks((long)Math.Round(days.Value * TimeSpan.TicksPerDay / 10) * 10);
        var text = new StringBuilder(format.Length);
        for (var at = 0; at < format.Length;)
        {
            var rest = format.AsSpan(at);
            var (taken, part) = rest.StartsWith("YYYY") ? (4, time.ToString("yyyy", CultureInfo.InvariantCulture))
                : rest.StartsWith("YY") ? (2, time.ToString("yy", CultureInfo.InvariantCulture))
                : rest.StartsWith("MM") ? (2, time.ToString("MM", CultureInfo.InvariantCulture))
                : rest.StartsWith("DD") ? (2, time.ToString("dd", CultureInfo.InvariantCulture))
                : rest.StartsWith("hh") ? (2, time.ToString("HH", CultureInfo.InvariantCulture))
                : rest.StartsWith("mm") ? (2, time.ToString("mm", CultureInfo.InvariantCulture))
                : rest.StartsWith("ss") ? (2, time.ToString("ss", CultureInfo.InvariantCulture))
                : (1, format[at].ToString());
            text.Append(part);
            at += taken;
        }

        return text.ToString();
    }

    /// <summary>Text as a date: <c>2024-10-17</c> or <c>2024-10-17 08:40:25</c>, UTC.</summary>
    public static double? ToDate(string? text)
    {
        string[] formats = ["yyyy-MM-dd", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-ddTHH:mm:ss", "MM/dd/yyyy", "MM/dd/yyyy HH:mm:ss"];
        return DateTime.TryParseExact(text?.Trim(), formats, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? (time - DateTime.UnixEpoch).TotalDays
            : null;
    }

    /// <summary>Takes text and drops it: the engine prints nothing.</summary>
    public static string? Print(string? text) => text is null ? null : null;
}
