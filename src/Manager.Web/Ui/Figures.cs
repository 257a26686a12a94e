using System.Globalization;

namespace Lockstep.Manager.Web.Ui;

/// <summary>Numbers as the console prints them: thousands apart, one unit, no false precision.</summary>
public static class Figures
{
    /// <summary><c>1,204,118</c>.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary><c>812</c> or <c>0.4</c>: events a second, without the unit.</summary>
    public static string Rate(double perSecond) => perSecond switch
    {
        <= 0 => "0",
        < 9.95 => perSecond.ToString("0.#", CultureInfo.InvariantCulture),
        _ => perSecond.ToString("N0", CultureInfo.InvariantCulture),
    };

    /// <summary><c>2 h 11 m</c>, <c>4 m 3 s</c>, <c>12 s</c>: the two largest units.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalDays: >= 1 } => Invariant($"{span.Days} d {span.Hours} h"),
        { TotalHours: >= 1 } => Invariant($"{span.Hours} h {span.Minutes} m"),
        { TotalMinutes: >= 1 } => Invariant($"{span.Minutes} m {span.Seconds} s"),
        _ => Invariant($"{Math.Max(0, (int)span.TotalSeconds)} s"),
    };

    /// <summary><c>0.8 s</c> or <c>340 ms</c>.</summary>
    public static string Milliseconds(double ms) => ms >= 1000
        ? Invariant($"{ms / 1000:0.0} s")
        : Invariant($"{ms:0} ms");

    /// <summary>The first six characters of a digest; empty for none.</summary>
    public static string Digest(string? digest) => digest is null ? "" : digest[..Math.Min(6, digest.Length)];

    /// <summary>The last part of a znode path without <c>server-</c>: <c>n_0000000018</c>.</summary>
    public static string Znode(string? path)
    {
        if (path is null)
        {
            return "";
        }

        var name = path[(path.LastIndexOf('/') + 1)..];
        return name.StartsWith("server-", StringComparison.Ordinal) ? name["server-".Length..] : name;
    }

    /// <summary>Milliseconds since 1970, for <c>data-</c> attributes that live.js reads.</summary>
    public static string Epoch(DateTimeOffset at) => at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    /// <summary><c>12:04:07</c>, UTC; live.js rewrites <c>time</c> elements in the browser's zone.</summary>
    public static string Clock(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>A number for SVG and CSS: point as separator, at most two decimals.</summary>
    public static string Svg(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
