using System.Globalization;
using System.Text;

namespace Lockstep.Contracts.Events;

/// <summary>
/// A date format in the letters of strptime and strftime: %Y %y %m %d %e %H %k %I %l %M %S %p %b %B %h %a %A %j %s %z %f %T %D %F %R
/// %n %t %%. Times are UTC, or those of a zone %z that is read (Z, +hh, +hhmm, +hh:mm); names are English. Immutable, made once
/// and used for every value without allocation.
/// </summary>
public sealed class DateFormat
{
    /// <summary>Longest accepted format and longest written date, in bytes.</summary>
    public const int MaxLength = 128;

    private const string Directives = "YymdeHkIlMSpbBhaAjszf";
    private readonly string _format;
    private readonly bool _hasFraction;

    private DateFormat(string text, string format, bool hasFraction)
    {
        Text = text;
        _format = format;
        _hasFraction = hasFraction;
    }

    /// <summary>The format as given.</summary>
    public string Text { get; }

    /// <summary>Reads a format. Single or double quotes around it, also one without its partner, are dropped.</summary>
    /// <returns>True with a format (null for an empty one), or false with what is wrong.</returns>
    public static bool TryParse(string text, out DateFormat? format, out string? problem)
    {
        (format, problem) = (null, null);
        var bare = text.Trim().Trim('\'', '"');
        if (bare.Length == 0)
        {
            return true;
        }

        if (bare.Length > MaxLength / 4 || !Ascii.IsValid(bare))
        {
            problem = "it must have at most 32 ASCII characters.";
            return false;
        }

        var expanded = bare.Replace("%c", "%a %b %e %T %Y", StringComparison.Ordinal)
            .Replace("%x", "%D", StringComparison.Ordinal).Replace("%X", "%T", StringComparison.Ordinal)
            .Replace("%T", "%H:%M:%S", StringComparison.Ordinal).Replace("%D", "%m/%d/%y", StringComparison.Ordinal)
            .Replace("%F", "%Y-%m-%d", StringComparison.Ordinal).Replace("%R", "%H:%M", StringComparison.Ordinal)
            .Replace("%n", " ", StringComparison.Ordinal).Replace("%t", " ", StringComparison.Ordinal);
        var hasFraction = false;
        for (var i = 0; i < expanded.Length; i++)
        {
            if (expanded[i] != '%')
            {
                continue;
            }

            i++;
            if (i == expanded.Length || expanded[i] != '%' && !Directives.Contains(expanded[i], StringComparison.Ordinal))
            {
                problem = $"%{(i == expanded.Length ? "" : expanded[i].ToString())} is not a letter of a date format.";
                return false;
            }

            hasFraction |= expanded[i] == 'f';
        }

        format = new DateFormat(bare, expanded, hasFraction);
        return true;
    }

    /// <summary>
    /// Reads a time. After the format's end a fraction of a second is read (digits beyond the sixth are dropped);
    /// anything else there is ignored.
    /// </summary>
    /// <returns>True with microseconds since 1970 UTC; false when the text does not fit.</returns>
    public bool TryRead(ReadOnlySpan<byte> text, out long microseconds)
    {
        microseconds = 0;
        var fields = new DateFields();
        var at = 0;
        long fraction = 0;
        for (var i = 0; i < _format.Length; i++)
        {
            var c = _format[i];
            if (c == ' ')
            {
                while (at < text.Length && text[at] == ' ')
                {
                    at++;
                }
            }
            else if (c == '%' && _format[++i] != '%')
            {
                if (_format[i] == 'z')
                {
                    // 2020-01-01T10:00:00.5Z: a fraction stands before its zone.
                    at += ReadFraction(text[at..], ref fraction);
                }

                if (_format[i] == 'f')
                {
                    var digits = ReadDigits(text[at..], ref fraction);
                    at += digits;
                    if (digits == 0)
                    {
                        return false;
                    }
                }
                else if (!fields.TryRead(_format[i], text, ref at))
                {
                    return false;
                }
            }
            else if (at >= text.Length || text[at++] != _format[i])
            {
                return false;
            }
        }

        if (!fields.TryGetMicroseconds(out microseconds))
        {
            return false;
        }

        ReadFraction(text[at..], ref fraction);
        microseconds += fraction;
        return true;
    }

    /// <summary>Writes a time, with six digits of fraction when <paramref name="withFraction"/>.</summary>
    /// <returns>The number of bytes; 0 when the time is outside the years 1 to 9999 or the span too short.</returns>
    public int Write(long microseconds, bool withFraction, Span<byte> output)
    {
        const long least = -62_135_596_800_000_000;
        const long most = 253_402_300_799_999_999;
        if (microseconds is < least or > most || output.Length < MaxLength)
        {
            return 0;
        }

        var time = DateTime.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
        var at = 0;
        for (var i = 0; i < _format.Length; i++)
        {
            if (_format[i] == '%' && _format[++i] != '%')
            {
                at += WriteDirective(_format[i], time, microseconds, output[at..]);
            }
            else
            {
                output[at++] = (byte)_format[i];
            }
        }

        if (withFraction && !_hasFraction)
        {
            output[at++] = (byte)'.';
            at += WriteDirective('f', time, microseconds, output[at..]);
        }

        return at;
    }

    private static int WriteDirective(char directive, DateTime time, long microseconds, Span<byte> output)
    {
        var names = CultureInfo.InvariantCulture.DateTimeFormat;
        switch (directive)
        {
            case 'Y': return WriteDigits(time.Year, 4, '0', output);
            case 'y': return WriteDigits(time.Year % 100, 2, '0', output);
            case 'm': return WriteDigits(time.Month, 2, '0', output);
            case 'd': return WriteDigits(time.Day, 2, '0', output);
            case 'e': return WriteDigits(time.Day, 2, ' ', output);
            case 'H': return WriteDigits(time.Hour, 2, '0', output);
            case 'k': return WriteDigits(time.Hour, 2, ' ', output);
            case 'I': return WriteDigits((time.Hour + 11) % 12 + 1, 2, '0', output);
            case 'l': return WriteDigits((time.Hour + 11) % 12 + 1, 2, ' ', output);
            case 'M': return WriteDigits(time.Minute, 2, '0', output);
            case 'S': return WriteDigits(time.Second, 2, '0', output);
            case 'j': return WriteDigits(time.DayOfYear, 3, '0', output);
            case 'p': return Encoding.ASCII.GetBytes(time.Hour < 12 ? "AM" : "PM", output);
            case 'b' or 'h': return Encoding.ASCII.GetBytes(names.AbbreviatedMonthNames[time.Month - 1], output);
            case 'B': return Encoding.ASCII.GetBytes(names.MonthNames[time.Month - 1], output);
            case 'a': return Encoding.ASCII.GetBytes(names.AbbreviatedDayNames[(int)time.DayOfWeek], output);
            case 'A': return Encoding.ASCII.GetBytes(names.DayNames[(int)time.DayOfWeek], output);
            case 'f':
                return WriteDigits((int)(time.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond), 6, '0', output);
            case 'z': return Encoding.ASCII.GetBytes("+0000", output);
            default:
                Math.DivRem(microseconds, 1_000_000L).Quotient.TryFormat(output, out var written, default, CultureInfo.InvariantCulture);
                return written;
        }
    }

    private static int WriteDigits(int value, int width, char fill, Span<byte> output)
    {
        for (var i = width - 1; i >= 0; i--)
        {
            output[i] = value == 0 && i < width - 1 ? (byte)fill : (byte)('0' + value % 10);
            value /= 10;
        }

        return width;
    }

    /// <summary>Reads a point and digits, if they are there; gives how many bytes that are.</summary>
    private static int ReadFraction(ReadOnlySpan<byte> rest, ref long microseconds)
    {
        if (rest.Length < 2 || rest[0] != '.')
        {
            return 0;
        }

        return 1 + ReadDigits(rest[1..], ref microseconds);
    }

    /// <summary>Reads digits behind the point of a second; gives how many.</summary>
    private static int ReadDigits(ReadOnlySpan<byte> rest, ref long microseconds)
    {
        var scale = 100_000;
        var at = 0;
        for (; at < rest.Length && rest[at] is >= (byte)'0' and <= (byte)'9'; at++)
        {
            microseconds += (rest[at] - '0') * scale;
            scale /= 10;
        }

        return at;
    }
}
