using System.Globalization;
using System.Text;
using Lockstep.Contracts.Events;

namespace Lockstep.Scripting;

/// <summary>Times, dates and identifiers for scripts: all follow from arguments and the script's clock.</summary>
internal static class ScriptTimes
{
    private const int GuidsMax = 10_000;

    /// <summary>Seconds since 1970 of a text by a format in the letters of strptime; null when it does not fit.</summary>
    public static object? Parse(string text, string format)
    {
        if (!DateFormat.TryParse(format, out var date, out var problem))
        {
            throw new ScriptException($"Date format '{format}': {problem}");
        }

        return date!.TryRead(Encoding.UTF8.GetBytes(text), out var micro) ? (long)Math.Floor(micro / 1e6) : null;
    }

    /// <summary>A time as os.date gives it: a text, or for <c>*t</c> a map. Always UTC.</summary>
    public static object Format(string format, object? seconds)
    {
        var whole = seconds switch { long l => l, double d => (long)d, _ => throw new ScriptException("A time is a number of seconds.") };
        if (whole is < -62_135_596_800 or > 253_402_300_799)
        {
            throw new ScriptException($"The time {whole.ToString(CultureInfo.InvariantCulture)} is out of range.");
        }

        var time = DateTimeOffset.FromUnixTimeSeconds(whole);
        var form = format.TrimStart('!');
        return form.StartsWith("*t", StringComparison.Ordinal) ? PartsOf(time) : Write(form, time);
    }

    /// <summary>Seconds since 1970 of year, month, day, hour, minute, second; parts out of range carry over.</summary>
    public static object OfParts(object?[] parts)
    {
        long Part(int i) => i < parts.Length && parts[i] is long or double
            ? Convert.ToInt64(parts[i], CultureInfo.InvariantCulture)
            : throw new ScriptException("os.time needs year, month and day as numbers.");
        var (year, month) = (Part(0), Part(1) - 1);
        year += Math.DivRem(month, 12, out var rest);
        (year, rest) = rest < 0 ? (year - 1, rest + 12) : (year, rest);
        if (year is < 1 or > 9999)
        {
            throw new ScriptException("os.time takes years from 1 to 9999.");
        }

        var first = new DateTimeOffset((int)year, (int)rest + 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();
        return first + ((Part(2) - 1) * 86_400) + (Part(3) * 3600) + (Part(4) * 60) + Part(5);
    }

    /// <summary>Identifiers in the form of random GUIDs.</summary>
    public static List<object?> Guids(ScriptClock clock, object? count)
    {
        var wanted = count is long or double ? Convert.ToInt64(count, CultureInfo.InvariantCulture) : 1;
        if (wanted is < 0 or > GuidsMax)
        {
            throw new ScriptException($"esp_getGuids gives up to {GuidsMax} at a time.");
        }

        var guids = new List<object?>();
        for (var i = 0L; i < wanted; i++)
        {
            var (high, low) = (clock.Draw(), clock.Draw());
            high = (high & ~0xF000UL) | 0x4000UL;
            low = (low & ~(3UL << 62)) | (2UL << 62);
            guids.Add(string.Create(CultureInfo.InvariantCulture,
                $"{high >> 32:x8}-{high >> 16 & 0xFFFF:x4}-{high & 0xFFFF:x4}-{low >> 48:x4}-{low & 0xFFFF_FFFF_FFFF:x12}"));
        }

        return guids;
    }

    private static Dictionary<string, object?> PartsOf(DateTimeOffset time) => new(StringComparer.Ordinal)
    {
        ["year"] = (long)time.Year,
        ["month"] = (long)time.Month,
        ["day"] = (long)time.Day,
        ["hour"] = (long)time.Hour,
        ["min"] = (long)time.Minute,
        ["sec"] = (long)time.Second,
        ["wday"] = (long)time.DayOfWeek + 1,
        ["yday"] = (long)time.DayOfYear,
        ["isdst"] = false,
    };

    private static string Write(string format, DateTimeOffset time)
    {
        var to = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            to.Append(format[i] != '%' || i + 1 == format.Length ? format[i].ToString() : Letter(format[++i], time));
        }

        return to.ToString();
    }

    private static string Letter(char letter, DateTimeOffset time)
    {
        string Of(string format) => time.ToString(format, CultureInfo.InvariantCulture);
        return letter switch
        {
            'Y' => Of("yyyy"),
            'y' => Of("yy"),
            'm' => Of("MM"),
            'd' => Of("dd"),
            'H' => Of("HH"),
            'I' => Of("hh"),
            'M' => Of("mm"),
            'S' => Of("ss"),
            'p' => Of("tt"),
            'a' => Of("ddd"),
            'A' => Of("dddd"),
            'b' or 'h' => Of("MMM"),
            'B' => Of("MMMM"),
            'j' => time.DayOfYear.ToString("D3", CultureInfo.InvariantCulture),
            'w' => ((int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            'F' => Of("yyyy-MM-dd"),
            'T' or 'X' => Of("HH:mm:ss"),
            'D' or 'x' => Of("MM/dd/yy"),
            'R' => Of("HH:mm"),
            'c' => Of("ddd MMM d HH:mm:ss yyyy"),
            's' => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            'z' => "+0000",
            'Z' => "UTC",
            'n' => "\n",
            't' => "\t",
            '%' => "%",
            _ => throw new ScriptException($"Date letter '%{letter}' is not known."),
        };
    }
}
