using System.Buffers;
using System.Globalization;

namespace Lockstep.Contracts.Projects;

/// <summary>Durations as models write them: <c>30 minutes</c>, <c>2000 milliseconds</c>, or a bare number of seconds.</summary>
public static class DurationText
{
    /// <summary>Longest accepted duration; keeps sums with stream times within 64 bits.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromDays(36525);

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    /// <summary>Reads a duration; false for anything but a number with a known unit within 0 and <see cref="Max"/>.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var trimmed = text.AsSpan().Trim();
        var digits = trimmed.IndexOfAnyExcept(NumberCharacters);
        var number = digits < 0 ? trimmed : trimmed[..digits];
        var unit = digits < 0 ? "" : trimmed[digits..].Trim().ToString().ToUpperInvariant();
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        double? seconds = unit switch
        {
            "MICROSECOND" or "MICROSECONDS" or "US" => value / 1e6,
            "MILLISECOND" or "MILLISECONDS" or "MSEC" or "MSECS" or "MS" => value / 1e3,
            "" or "SECOND" or "SECONDS" or "SEC" or "SECS" or "S" => value,
            "MINUTE" or "MINUTES" or "MIN" or "MINS" => value * 60,
            "HOUR" or "HOURS" or "HR" or "HRS" => value * 3600,
            "DAY" or "DAYS" => value * 86400,
            "WEEK" or "WEEKS" => value * 7 * 86400,
            _ => null,
        };
        if (seconds is not { } known || known > Max.TotalSeconds)
        {
            return false;
        }

        duration = TimeSpan.FromMicroseconds(Math.Round(known * 1e6));
        return true;
    }

    /// <summary>Reads a duration as <see cref="TryParse"/> does, but a bare number counts milliseconds, as intervals of scripts do.</summary>
    public static bool TryParseInterval(string text, out TimeSpan duration) =>
        TryParse(text.AsSpan().Trim().ContainsAnyExcept(NumberCharacters) ? text : $"{text} ms", out duration);

    /// <summary>Writes a duration in the largest unit that keeps it whole.</summary>
    public static string Format(TimeSpan duration)
    {
        var microseconds = duration.Ticks / TimeSpan.TicksPerMicrosecond;
        var (unit, name) = microseconds switch
        {
            _ when microseconds % 60_000_000 == 0 && microseconds != 0 => (60_000_000L, "minutes"),
            _ when microseconds % 1_000_000 == 0 => (1_000_000L, "seconds"),
            _ when microseconds % 1_000 == 0 => (1_000L, "milliseconds"),
            _ => (1L, "microseconds"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{microseconds / unit} {name}");
    }
}
