using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Lockstep.Engine.Expressions;

/// <summary>
/// The functions of dates. A date is a real number of days since 1970-01-01, UTC; here alone is said what day 0 is. Those
/// outside of the years 1 to 9999 have no text.
/// </summary>
internal static class DateFunctions
{
    /// <summary>How a date becomes text when nothing says otherwise.</summary>
    public const string DefaultFormat = "YYYY-MM-DD hh:mm:ss";

    private static readonly string[] Formats =
    [
        "yyyy-M-d", "yyyy-M-d H:m:s", "yyyy-M-d H:m", "yyyy-M-dTH:m:s", "yyyy-M-dTH:m:sZ", "yyyy-M-d H:m:s.FFFFFFF",
            "yyyy-M-dTH:m:s.FFFFFFF",
        "M/d/yyyy", "M/d/yyyy H:m:s", "M/d/yyyy H:m", "yyyy/M/d", "yyyy/M/d H:m:s",
        "d-MMMM-yyyy", "d-MMM-yyyy", "d MMMM yyyy", "d MMM yyyy", "d-MMMM-yyyy H:m:s", "d-MMM-yyyy H:m:s", "dMMMyyyy", "dMMMyyyy:H:m:s",
    ];

    /// <summary>The functions of this group.</summary>
    public static ImmutableArray<ExpressionFunction> All { get; } =
    [
        ExpressionFunction.Special(CallForms.Today, "today", "",
            "The time of the step at which the event is handled; the same on every member.",
            "formatdate(today(), 'YYYY')", "2024"),
        ExpressionFunction.Special(CallForms.ToDate, "todate", "value[, format]",
            "A number of days as a date; or text, as `2024-10-17`, `2024-10-17 08:40:25`, `10/17/2024`, "
            + "`17-Oct-2024`, or of a format with the letters of formatdate.", "todate('17.10.2024', 'DD.MM.YYYY') == #2024-10-17#", "1"),
        ExpressionFunction.Special(CallForms.FormatDate, "formatdate", "date, format",
            "The date as text. In the format YYYY, YY, MMMM (October), MMM (Oct), MM, DD, hh, mm, ss and ms "
            + "stand for its parts; all else for itself.", "formatdate(#2024-10-17 08:40:25#, 'DD MMM YY hh:mm')", "17 Oct 24 08:40"),
    ];

    public static double? ToDate(string? value) =>
        Coercion.ToReal(value) ?? (DateTime.TryParseExact(value?.Trim(), Formats, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? Days(time) : null);

    public static double? ToDate(string? value, string? format) => value is not null && format is not null
        && DateTime.TryParseExact(value.Trim(), Translate(format), CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? Days(time) : null;

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
            var (letters, platform) = PartAt(format, at);
            if (letters == 0)
            {
                text.Append(format[at++]);
            }
            else
            {
                text.Append(time.ToString(platform, CultureInfo.InvariantCulture));
                at += letters;
            }
        }

        return text.ToString();
    }

    private static double Days(DateTime time) => (time - DateTime.UnixEpoch).TotalDays;

    // The format in the platform's letters.
    private static string Translate(string format)
    {
        var text = new StringBuilder(format.Length);
        for (var at = 0; at < format.Length;)
        {
            var (letters, platform) = PartAt(format, at);
            _ = letters == 0 ? text.Append('\\').Append(format[at]) : text.Append(platform);
            at += Math.Max(letters, 1);
        }

        return text.ToString();
    }

    private static (int Letters, string Platform) PartAt(string format, int at)
    {
        var rest = format.AsSpan(at);
        return rest.StartsWith("YYYY") ? (4, "yyyy")
            : rest.StartsWith("YY") ? (2, "yy")
            : rest.StartsWith("MMMM") ? (4, "MMMM")
            : rest.StartsWith("MMM") ? (3, "MMM")
            : rest.StartsWith("MM") ? (2, "MM")
            : rest.StartsWith("DD") ? (2, "dd")
            : rest.StartsWith("hh") ? (2, "HH")
            : rest.StartsWith("mm") ? (2, "mm")
            : rest.StartsWith("ss") ? (2, "ss")
            : rest.StartsWith("ms") ? (2, "fff")
            : (0, "");
    }
}
