using System.Globalization;

namespace Lockstep.Connectors.Files;

/// <summary>Times in the forms that logs have them.</summary>
internal static class LogTime
{
    private static readonly string[] Forms = ["MMM d yyyy HH:mm:ss", "MMM d yyyy HH:mm:ss.FFFFFF"];

    /// <summary>
    /// Reads RFC 3339, <c>Feb 1 10:00:00</c> with or without a year, or seconds or milliseconds since 1970; null: it is none of these. UTC,
    /// unless a zone is said.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="now">Gives the year where the text has none: the last one in which it is not more than a day ahead.</param>
    public static DateTimeOffset? Read(string text, DateTimeOffset now)
    {
        const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowWhiteSpaces;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number < 100_000_000_000 ? DateTimeOffset.FromUnixTimeSeconds(number)
                : number < 100_000_000_000_000 ? DateTimeOffset.FromUnixTimeMilliseconds(number) : null;
        }

        if (text.Contains('T', StringComparison.Ordinal)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Styles, out var whole))
        {
            return whole;
        }

        // A text without a year is read in a leap year, so that the last of February is one.
        var words = string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var hasYear = words.Split(' ') is [_, _, { Length: 4 }, _];
        if (!DateTimeOffset.TryParseExact(hasYear ? words : AddYear(words, 2000), Forms, CultureInfo.InvariantCulture, Styles, out var read))
        {
            return null;
        }

        return hasYear ? read : InYear(read, now);
    }

    private static string AddYear(string words, int year) => words.Split(' ') is [var month, var day, var clock]
        ? string.Create(CultureInfo.InvariantCulture, $"{month} {day} {year} {clock}")
        : words;

    private static DateTimeOffset InYear(DateTimeOffset read, DateTimeOffset now)
    {
        for (var year = now.Year + 1; ; year--)
        {
            if (read.Day > DateTime.DaysInMonth(year, read.Month))
            {
                continue;
            }

            var at = new DateTimeOffset(year, read.Month, read.Day, 0, 0, 0, TimeSpan.Zero) + read.TimeOfDay;
            if (at <= now.AddDays(1))
            {
                return at;
            }
        }
    }
}
