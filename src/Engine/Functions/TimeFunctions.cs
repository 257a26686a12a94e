using System.Text;
using Lockstep.Contracts.Events;

namespace Lockstep.Engine.Functions;

/// <summary>
/// Times: seconds since 1970, UTC. Now is the step's stream time, so that all members of a group see the same. Local time is UTC
/// too: results must not depend on a machine's zone.
/// </summary>
internal static class TimeFunctions
{
    private const string DefaultFormat = "%Y-%m-%d %H:%M:%S";
    private const long SecondsPerDay = 86_400;

    /// <summary>The functions.</summary>
    public static FunctionGroup Group { get; } = new("Time",
    [
        new("timeCurrent", "", "now", "timeCurrent()", "1714979289", static (_, f) => Variant.Of(Now(f))) { IsPure = false },
        new("timeMicro", "", "now in microseconds", "timeMicro()", "1714979289000000",
            static (_, f) => Variant.Of(f.Now)) { IsPure = false },
        new("timeStamp", "format?", "now as text", "timeStamp()", "2024-05-06 07:08:09",
            static (a, f) => Write(Now(f), a, 0, f)) { IsPure = false },
        new("timeToday", "", "the last midnight", "timeToday()", "1714953600",
            static (_, f) => Variant.Of(Now(f) - Floor(Now(f), SecondsPerDay))) { IsPure = false },
        new("timeParse", "text, format?", "seconds from text; %Y-%m-%d %H:%M:%S without a format; null when it does not fit",
            "timeParse('06May2024','%d%b%Y')", "1714953600", Parse),
        new("timeString", "seconds, format?", "as text; %Y-%m-%d %H:%M:%S without a format", "timeString(0,'%d.%m.%Y')", "01.01.1970",
            static (a, f) => Write(a[0].Evaluate(f).ToWhole(), a, 1, f)),
        new("timeGmtString", "seconds, format?", "the same as timeString", "timeGmtString(60)", "1970-01-01 00:01:00",
            static (a, f) => Write(a[0].Evaluate(f).ToWhole(), a, 1, f)),
        new("timeGmtToLocal", "seconds", "the same time: local time is UTC here", "timeGmtToLocal(60)", "60",
            static (a, f) => Variant.Of(a[0].Evaluate(f).ToWhole())),
        new("timeIsDst", "seconds?", "0: UTC has no summer time", "timeIsDst()", "0", static (_, _) => Variant.Of(false)),
        Part("timeYear", "the year", "2024", static t => t.Year),
        Part("timeMonth", "the month, 1 to 12", "5", static t => t.Month),
        Part("timeDayOfMonth", "the day of the month, from 1", "6", static t => t.Day),
        Part("timeDayOfWeek", "the day of the week, 0 for Sunday", "1", static t => (long)t.DayOfWeek),
        Part("timeDayOfYear", "the day of the year, from 0", "126", static t => t.DayOfYear - 1),
        Part("timeHour", "the hour", "7", static t => t.Hour),
        Part("timeMinute", "the minute", "8", static t => t.Minute),
        Part("timeSecond", "the second", "9", static t => t.Second),
        Part("timeMinuteOfDay", "minutes since midnight", "428", static t => t.Hour * 60 + t.Minute),
        Part("timeSecondOfDay", "seconds since midnight", "25689", static t => (long)t.TimeOfDay.TotalSeconds),
    ]);

    private static long Now(FunctionFrame frame) => Math.DivRem(frame.Now, TimeSpan.MicrosecondsPerSecond).Quotient;

    private static long Floor(long value, long by) => ((value % by) + by) % by;

    // Without argument it is of now, so that it is not a function of its arguments alone.
    private static FunctionEntry Part(string name, string meaning, string result, Func<DateTime, long> part) =>
        new(name, "seconds?", $"{meaning}; of now without argument", $"{name}(1714979289)", result, (a, f) =>
        {
            var seconds = a.Length == 0 ? Now(f) : a[0].Evaluate(f).ToReal() is { } real ? (long?)Math.Floor(real) : null;
            return seconds is >= -62_135_596_800 and <= 253_402_300_799
                ? Variant.Of(part(DateTime.UnixEpoch.AddSeconds(seconds.Value)))
                : Variant.Null;
        })
        { IsPure = false };

    private static Variant Parse(FunctionNode[] arguments, FunctionFrame frame)
    {
        var text = TextFunctions.TextOf(arguments, 0, frame);
        return text is not null && Format(arguments, 1, frame) is { } format
            && format.TryRead(Encoding.UTF8.GetBytes(text.Trim()), out var microseconds)
            ? Variant.Of(Math.DivRem(microseconds, TimeSpan.MicrosecondsPerSecond).Quotient)
            : Variant.Null;
    }

    private static Variant Write(long? seconds, FunctionNode[] arguments, int index, FunctionFrame frame)
    {
        if (seconds is not (>= -62_135_596_800 and <= 253_402_300_799) || Format(arguments, index, frame) is not { } format)
        {
            return Variant.Null;
        }

        Span<byte> bytes = stackalloc byte[DateFormat.MaxLength];
        var length = format.Write(seconds.Value * TimeSpan.MicrosecondsPerSecond, withFraction: false, bytes);
        return Variant.Of(Encoding.UTF8.GetString(bytes[..length]));
    }

    private static DateFormat? Format(FunctionNode[] arguments, int index, FunctionFrame frame) => frame.DateFormats.Get(
        index < arguments.Length && TextFunctions.TextOf(arguments, index, frame) is { Length: > 0 } given ? given : DefaultFormat);
}
