using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Lockstep.Contracts.Events;

/// <summary>Reads one value of each type from csv.</summary>
internal static class CsvValues
{
    private static readonly double[] PowersOfTen =
        [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    /// <summary>Appends a value; false, with nothing appended, when the text is not one of the column's type.</summary>
    public static bool TryAppend(ReadOnlySpan<byte> text, Column column, DateFormat? dateFormat)
    {
        switch (column.Type)
        {
            case FieldType.String: ((Column<string>)column).Append(Encoding.UTF8.GetString(text)); return true;
            case FieldType.Double: return TryDouble(text, out var real) && Append((Column<double>)column, real);
            case FieldType.Int64: return TryInt64(text, out var whole) && Append((Column<long>)column, whole);
            case FieldType.Int32:
                return TryInt64(text, out var small) && small is >= int.MinValue and <= int.MaxValue && Append((Column<long>)column, small);
            case FieldType.Date:
                return TryTime(text, dateFormat, 1_000_000, out var date) && Append((Column<long>)column, date);
            case FieldType.Stamp:
                return TryTime(text, dateFormat, 1, out var stamp) && Append((Column<long>)column, stamp);
            case FieldType.Money:
                return decimal.TryParse(text, NumberStyles.Number | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var money)
                    && Append((Column<decimal>)column, money);
            case FieldType.Blob: return TryBlob(text, (Column<byte[]>)column);
            case FieldType.ArrayDouble: return TryDoubles(text, (Column<double?[]>)column);
            default: return TryWholes(text, (Column<long?[]>)column);
        }
    }

    /// <summary>Says that a value is not one of its field.</summary>
    public static string Describe(Field field, ReadOnlySpan<byte> value, CsvFormat format)
    {
        const int shown = 64;
        var text = Encoding.UTF8.GetString(value[..Math.Min(value.Length, shown)]);
        var form = field.Type is FieldType.Date or FieldType.Stamp
            ? format.DateFormat is { } dateFormat ? $" with format '{dateFormat.Text}'" : " as a number, since no dateformat is set"
            : "";
        return $"Field '{field.Name}': '{text}' is not of type {FieldTypeNames.NameOf(field.Type)}{form}.";
    }

    /// <summary>Reads a double: digits with point and exponent, nan, inf. Up to 15 digits without exponent take a short way.</summary>
    public static bool TryDouble(ReadOnlySpan<byte> text, out double value)
    {
        var negative = text.Length > 0 && text[0] == '-';
        var mantissa = 0L;
        var digits = 0;
        var fraction = -1;
        for (var i = negative ? 1 : 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is >= (byte)'0' and <= (byte)'9' && digits < 15)
            {
                mantissa = mantissa * 10 + c - '0';
                digits++;
            }
            else if (c == '.' && fraction < 0)
            {
                fraction = digits;
            }
            else
            {
                return TrySlowDouble(text, out value);
            }
        }

        // Mantissa and power of ten are exact doubles, so their quotient is rounded right (Clinger 1990).
        value = fraction < 0 ? mantissa : mantissa / PowersOfTen[digits - fraction];
        value = negative ? -value : value;
        return digits > 0;
    }

    private static bool TrySlowDouble(ReadOnlySpan<byte> text, out double value)
    {
        if (Utf8Parser.TryParse(text, out value, out var consumed) && consumed == text.Length)
        {
            return true;
        }

        value = Ascii.EqualsIgnoreCase(text, "nan"u8) ? double.NaN
            : Ascii.EqualsIgnoreCase(text, "inf"u8) ? double.PositiveInfinity
            : Ascii.EqualsIgnoreCase(text, "-inf"u8) ? double.NegativeInfinity : 0;
        return value != 0;
    }

    private static bool TryInt64(ReadOnlySpan<byte> text, out long value) =>
        Utf8Parser.TryParse(text, out value, out var consumed) && consumed == text.Length || TryWholeReal(text, out value);

    /// <summary>3.0 and 1e3, as programs write whole numbers of a column that may have no value.</summary>
    private static bool TryWholeReal(ReadOnlySpan<byte> text, out long value)
    {
        const double most = 1L << 53;
        value = 0;
        if (text.IndexOfAny(".eE"u8) < 0 || !TryDouble(text, out var real) || real != Math.Floor(real) || Math.Abs(real) > most)
        {
            return false;
        }

        value = (long)real;
        return true;
    }

    private static bool TryTime(ReadOnlySpan<byte> text, DateFormat? format, long unit, out long value)
    {
        if (format is null)
        {
            return TryInt64(text, out value);
        }

        var found = format.TryRead(text, out var microseconds);
        value = unit == 1 ? microseconds : (microseconds - (microseconds % unit + unit) % unit) / unit;
        return found;
    }

    private static bool TryBlob(ReadOnlySpan<byte> text, Column<byte[]> column)
    {
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        if (Base64.DecodeFromUtf8(text, bytes, out _, out var written) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        column.Append(written == bytes.Length ? bytes : bytes[..written]);
        return true;
    }

    private static bool TryDoubles(ReadOnlySpan<byte> text, Column<double?[]> column)
    {
        if (!TryBrackets(text, out var items, out var count))
        {
            return false;
        }

        var array = new double?[count];
        for (var i = 0; i < count; i++)
        {
            var item = NextItem(ref items);
            if (!item.IsEmpty)
            {
                if (!TryDouble(item, out var value))
                {
                    return false;
                }

                array[i] = value;
            }
        }

        return Append(column, array);
    }

    private static bool TryWholes(ReadOnlySpan<byte> text, Column<long?[]> column)
    {
        if (!TryBrackets(text, out var items, out var count))
        {
            return false;
        }

        var array = new long?[count];
        for (var i = 0; i < count; i++)
        {
            var item = NextItem(ref items);
            if (!item.IsEmpty)
            {
                if (!TryInt64(item, out var value) || column.Type == FieldType.ArrayInt32 && value != (int)value)
                {
                    return false;
                }

                array[i] = value;
            }
        }

        return Append(column, array);
    }

    private static bool TryBrackets(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> items, out int count)
    {
        count = 0;
        items = default;
        if (text.Length < 2 || text[0] != '[' || text[^1] != ']')
        {
            return false;
        }

        items = text[1..^1];
        count = items.Trim((byte)' ').IsEmpty ? 0 : items.Count((byte)';') + 1;
        return true;
    }

    private static ReadOnlySpan<byte> NextItem(ref ReadOnlySpan<byte> items)
    {
        var end = items.IndexOf((byte)';');
        var item = end < 0 ? items : items[..end];
        items = end < 0 ? default : items[(end + 1)..];
        return item.Trim((byte)' ');
    }

    private static bool Append<T>(Column<T> column, T value)
    {
        column.Append(value);
        return true;
    }
}
