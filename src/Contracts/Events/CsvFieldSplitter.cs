namespace Lockstep.Contracts.Events;

/// <summary>Where reading a line has got, and the field just read.</summary>
internal ref struct CsvCursor(ReadOnlySpan<byte> line)
{
    /// <summary>What is left after the last field and its delimiter.</summary>
    public ReadOnlySpan<byte> Rest = line;

    /// <summary>True when the last field had no delimiter after it.</summary>
    public bool AtEnd;

    /// <summary>Number of the last field, from 1.</summary>
    public int Column;

    /// <summary>The last field, blanks, quotes and escapes gone.</summary>
    public ReadOnlySpan<byte> Value;

    /// <summary>True when the last field was empty without quotes, or not there.</summary>
    public bool IsNull;
}

/// <summary>Splits a line: blanks around a field are dropped, quotes keep everything, a backslash keeps a delimiter.</summary>
internal sealed class CsvFieldSplitter(byte delimiter)
{
    /// <summary>What is wrong with a quote that the line does not close.</summary>
    public const string QuoteOpen = "A quote is not closed.";

    private byte[] _unescaped = new byte[256];

    /// <summary>
    /// Reads the next field when it is nothing but a whole number of up to 18 digits; false, with the cursor where it was, for
    /// any other field, which <see cref="Next"/> then reads.
    /// </summary>
    public bool TryNextWhole(ref CsvCursor cursor, out long value)
    {
        const int MostDigits = 18;
        var rest = cursor.Rest;
        var negative = rest.Length > 0 && rest[0] == '-';
        var start = negative ? 1 : 0;
        var at = start;
        value = 0;
        for (; at < rest.Length && (uint)(rest[at] - '0') <= 9 && at - start <= MostDigits; at++)
        {
            value = value * 10 + (rest[at] - '0');
        }

        if (cursor.AtEnd || at == start || at - start > MostDigits || at < rest.Length && rest[at] != delimiter)
        {
            return false;
        }

        value = negative ? -value : value;
        cursor.Column++;
        Step(ref cursor, rest, at);
        return true;
    }

    /// <summary>Reads the next field; a null one past the end. Gives a sentence when quotes are wrong.</summary>
    public string? Next(ref CsvCursor cursor)
    {
        cursor.Column++;
        if (cursor.AtEnd)
        {
            cursor.IsNull = true;
            cursor.Value = default;
            return null;
        }

        var rest = cursor.Rest;
        var start = 0;
        while (start < rest.Length && rest[start] is (byte)' ' or (byte)'\t' && rest[start] != delimiter)
        {
            start++;
        }

        if (start < rest.Length && rest[start] == '"')
        {
            return NextQuoted(ref cursor, rest, start + 1);
        }

        var end = start;
        var escapes = false;
        while (end < rest.Length && rest[end] != delimiter)
        {
            if (rest[end] == '\\' && end + 1 < rest.Length && rest[end + 1] == delimiter)
            {
                escapes = true;
                end++;
            }

            end++;
        }

        Step(ref cursor, rest, end);
        var value = rest[start..end];
        while (value.Length > 0 && value[^1] is (byte)' ' or (byte)'\t')
        {
            value = value[..^1];
        }

        cursor.IsNull = value.IsEmpty;
        cursor.Value = escapes ? Unescape(value) : value;
        return null;
    }

    private string? NextQuoted(ref CsvCursor cursor, ReadOnlySpan<byte> rest, int start)
    {
        var doubled = false;
        var end = start;
        while (true)
        {
            var quote = rest[end..].IndexOf((byte)'"');
            if (quote < 0)
            {
                return QuoteOpen;
            }

            end += quote;
            if (end + 1 >= rest.Length || rest[end + 1] != '"')
            {
                break;
            }

            doubled = true;
            end += 2;
        }

        var after = end + 1;
        while (after < rest.Length && rest[after] != delimiter)
        {
            if (rest[after] is not ((byte)' ' or (byte)'\t'))
            {
                return "Text stands between a closing quote and the delimiter.";
            }

            after++;
        }

        Step(ref cursor, rest, after);
        cursor.IsNull = false;
        cursor.Value = doubled ? Undouble(rest[start..end]) : rest[start..end];
        return null;
    }

    private static void Step(ref CsvCursor cursor, ReadOnlySpan<byte> rest, int end)
    {
        cursor.AtEnd = end >= rest.Length;
        cursor.Rest = cursor.AtEnd ? default : rest[(end + 1)..];
    }

    private ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> value)
    {
        var buffer = Buffer(value.Length);
        var length = 0;
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\' && i + 1 < value.Length && value[i + 1] == delimiter)
            {
                i++;
            }

            buffer[length++] = value[i];
        }

        return buffer.AsSpan(0, length);
    }

    private ReadOnlySpan<byte> Undouble(ReadOnlySpan<byte> value)
    {
        var buffer = Buffer(value.Length);
        var length = 0;
        for (var i = 0; i < value.Length; i++)
        {
            buffer[length++] = value[i];
            if (value[i] == '"')
            {
                i++;
            }
        }

        return buffer.AsSpan(0, length);
    }

    private byte[] Buffer(int length)
    {
        if (_unescaped.Length < length)
        {
            _unescaped = new byte[length];
        }

        return _unescaped;
    }
}
