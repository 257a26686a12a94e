using System.Globalization;

namespace Lockstep.Contracts.Events;

/// <summary>The parts of a date as they are read, one directive after the other.</summary>
internal struct DateFields
{
    private int? _year;
    private int? _month;
    private int? _day;
    private int? _dayOfYear;
    private int? _hour;
    private int? _minute;
    private int? _second;
    private int? _afternoon;
    private long? _seconds;
    private int _zoneMinutes;

    public DateFields()
    {
    }

    /// <summary>Reads one part and steps over it.</summary>
    public bool TryRead(char directive, ReadOnlySpan<byte> text, ref int at)
    {
        var names = CultureInfo.InvariantCulture.DateTimeFormat;
        switch (directive)
        {
            case 'Y': return TryNumber(text, ref at, 4, 0, 9999, out _year);
            case 'm': return TryNumber(text, ref at, 2, 1, 12, out _month);
            case 'd' or 'e': return TryNumber(text, ref at, 2, 1, 31, out _day);
            case 'H' or 'k': return TryNumber(text, ref at, 2, 0, 23, out _hour);
            case 'I' or 'l': return TryNumber(text, ref at, 2, 1, 12, out _hour);
            case 'M': return TryNumber(text, ref at, 2, 0, 59, out _minute);
            // 60 is a leap second; it counts as the first second of the next minute.
            case 'S': return TryNumber(text, ref at, 2, 0, 60, out _second);
            case 'j': return TryNumber(text, ref at, 3, 1, 366, out _dayOfYear);
            case 'y':
                var found = TryNumber(text, ref at, 2, 0, 99, out _year);
                _year += _year < 69 ? 2000 : 1900;
                return found;
            case 'b' or 'B' or 'h':
                return TryName(names.MonthNames, names.AbbreviatedMonthNames, text, ref at, out _month) && ++_month > 0;
            case 'a' or 'A': return TryName(names.DayNames, names.AbbreviatedDayNames, text, ref at, out _);
            case 'p': return TryName(["AM", "PM"], ["am", "pm"], text, ref at, out _afternoon);
            case 'z': return TryZone(text, ref at, out _zoneMinutes);
            default:
                if (!System.Buffers.Text.Utf8Parser.TryParse(text[at..], out long seconds, out var consumed))
                {
                    return false;
                }

                at += consumed;
                _seconds = seconds;
                return true;
        }
    }

    /// <summary>Microseconds since 1970; false for a day that does not exist.</summary>
    public readonly bool TryGetMicroseconds(out long microseconds)
    {
        microseconds = 0;
        if (_seconds is { } seconds)
        {
            microseconds = seconds * 1_000_000;
            return Math.Abs(seconds) < long.MaxValue / 1_000_000;
        }

        var year = _year ?? 1970;
        var month = _month ?? 1;
        var day = _day ?? 1;
        if (year is < 1 or > 9999 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        var hour = _hour ?? 0;
        if (_afternoon is { } afternoon)
        {
            hour = hour % 12 + 12 * afternoon;
        }

        var date = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc);
        var days = (date - DateTime.UnixEpoch).Days;
        if (_dayOfYear is { } dayOfYear)
        {
            days = (new DateTime(year, 1, 1, 0, 0, 0, DateTimeKind.Utc) - DateTime.UnixEpoch).Days + dayOfYear - 1;
        }

        microseconds = (days * 86400L + hour * 3600 + ((_minute ?? 0) - _zoneMinutes) * 60 + (_second ?? 0)) * 1_000_000;
        return true;
    }

    /// <summary>A number of at most so many digits, blanks before it allowed as strptime does.</summary>
    private static bool TryNumber(ReadOnlySpan<byte> text, ref int at, int digits, int least, int most, out int? number)
    {
        number = null;
        while (at < text.Length && text[at] == ' ')
        {
            at++;
        }

        var value = 0;
        var start = at;
        while (at < text.Length && at - start < digits && text[at] is >= (byte)'0' and <= (byte)'9')
        {
            value = value * 10 + text[at++] - '0';
        }

        number = value;
        return at > start && value >= least && value <= most;
    }

    /// <summary>Z, or a sign, two digits of hours and perhaps two of minutes with or without a colon.</summary>
    private static bool TryZone(ReadOnlySpan<byte> text, ref int at, out int minutes)
    {
        minutes = 0;
        while (at < text.Length && text[at] == ' ')
        {
            at++;
        }

        if (at < text.Length && text[at] is (byte)'Z' or (byte)'z')
        {
            at++;
            return true;
        }

        if (at >= text.Length || text[at] is not ((byte)'+' or (byte)'-'))
        {
            return false;
        }

        var sign = text[at++] == '-' ? -1 : 1;
        if (!IsTwoDigits(text, at) || !TryNumber(text, ref at, 2, 0, 14, out var hours))
        {
            return false;
        }

        var next = at < text.Length && text[at] == ':' ? at + 1 : at;
        int? rest = 0;
        if (IsTwoDigits(text, next))
        {
            at = next;
            if (!TryNumber(text, ref at, 2, 0, 59, out rest))
            {
                return false;
            }
        }

        minutes = sign * ((hours ?? 0) * 60 + (rest ?? 0));
        return true;
    }

    private static bool IsTwoDigits(ReadOnlySpan<byte> text, int at) =>
        at + 1 < text.Length && text[at] is >= (byte)'0' and <= (byte)'9' && text[at + 1] is >= (byte)'0' and <= (byte)'9';

    /// <summary>A name in long or short form, case ignored; gives its index.</summary>
    private static bool TryName(string[] names, string[] shortNames, ReadOnlySpan<byte> text, ref int at, out int? index)
    {
        for (var i = 0; i < names.Length; i++)
        {
            foreach (var name in (ReadOnlySpan<string>)[names[i], shortNames[i]])
            {
                if (name.Length > 0 && StartsWith(text[at..], name))
                {
                    at += name.Length;
                    index = i;
                    return true;
                }
            }
        }

        index = null;
        return false;
    }

    private static bool StartsWith(ReadOnlySpan<byte> text, string name) =>
        text.Length >= name.Length && System.Text.Ascii.EqualsIgnoreCase(text[..name.Length], name);
}
