using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Lockstep.Contracts.Events;

/// <summary>
/// Writes events as lines of csv (docs/formats/csv.md): <c>I,N, 63,0,1.788529</c> and a line feed. A text with delimiter,
/// quote, line end or blanks at its ends stands in quotes. Does not allocate. Thread safe for different outputs.
/// </summary>
public sealed class CsvEventWriter(Schema schema, CsvFormat format)
{
    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\"\r\n");

    /// <summary>Most bytes of an event when all its fields are plain numbers; 0 when they are not.</summary>
    private readonly int _mostNumberBytes = MostNumberBytes(schema);

    /// <summary>The header line that the format asks for; empty for none.</summary>
    public string Header
    {
        get
        {
            var delimiter = format.Delimiter;
            var names = string.Join(delimiter, schema.Fields.Select(f => f.Name));
            return format.Header switch
            {
                CsvHeader.Fields => names,
                CsvHeader.Full => $"opcode{delimiter}flags{delimiter}{names}",
                _ => "",
            };
        }
    }

    /// <summary>Writes the header line, or nothing when the format asks for none.</summary>
    public void WriteHeader(IBufferWriter<byte> output)
    {
        if (Header is { Length: > 0 } header)
        {
            Put(output, Encoding.UTF8.GetBytes(header));
            Put(output, "\n"u8);
        }
    }

    /// <summary>Writes all events of a block of the schema.</summary>
    public void Write(EventBlock block, IBufferWriter<byte> output)
    {
        for (var row = 0; row < block.Count; row++)
        {
            Write(block, row, output);
        }
    }

    /// <summary>Writes one event of a block of the schema.</summary>
    public void Write(EventBlock block, int row, IBufferWriter<byte> output)
    {
        var delimiter = (byte)format.Delimiter;
        if (_mostNumberBytes > 0)
        {
            output.Advance(WriteNumbers(block, row, delimiter, output.GetSpan(_mostNumberBytes)));
            return;
        }

        Put(output, CsvOpcodes.TextOf(block.Opcodes[row]));
        Put(output, [delimiter]);
        Put(output, CsvOpcodes.TextOf(block.Flags[row]));
        Put(output, [delimiter, (byte)' ']);
        for (var i = 0; i < block.Columns.Length; i++)
        {
            if (i > 0)
            {
                Put(output, [delimiter]);
            }

            if (!block.Columns[i].IsNull(row))
            {
                WriteValue(block.Columns[i], row, output);
            }
        }

        Put(output, "\n"u8);
    }

    /// <summary>Writes one value of an event as it stands in a line, quotes included; nothing for null.</summary>
    public void WriteField(EventBlock block, int row, int field, IBufferWriter<byte> output)
    {
        if (!block.Columns[field].IsNull(row))
        {
            WriteValue(block.Columns[field], row, output);
        }
    }

    /// <summary>An event of numbers alone, without asking for room at each.</summary>
    private static int WriteNumbers(EventBlock block, int row, byte delimiter, Span<byte> to)
    {
        var opcode = CsvOpcodes.TextOf(block.Opcodes[row]);
        opcode.CopyTo(to);
        var at = opcode.Length;
        to[at++] = delimiter;
        var flags = CsvOpcodes.TextOf(block.Flags[row]);
        flags.CopyTo(to[at..]);
        at += flags.Length;
        to[at++] = delimiter;
        to[at++] = (byte)' ';
        var columns = block.Columns;
        for (var i = 0; i < columns.Length; i++)
        {
            if (i > 0)
            {
                to[at++] = delimiter;
            }

            if (columns[i].IsNull(row))
            {
                continue;
            }

            if (columns[i] is Column<long> whole)
            {
                Utf8Formatter.TryFormat(whole[row], to[at..], out var written);
                at += written;
            }
            else
            {
                at += CsvDouble.Write(((Column<double>)columns[i])[row], to[at..]);
            }
        }

        to[at++] = (byte)'\n';
        return at;
    }

    private static int MostNumberBytes(Schema schema)
    {
        const int OfOthers = 16;
        const int OfWhole = 21;
        var bytes = OfOthers;
        foreach (var field in schema.Fields)
        {
            switch (field.Type)
            {
                case FieldType.Int32 or FieldType.Int64: bytes += OfWhole; break;
                case FieldType.Double: bytes += CsvDouble.MaxLength + 1; break;
                default: return 0;
            }
        }

        return bytes;
    }

    private void WriteValue(Column column, int row, IBufferWriter<byte> output)
    {
        switch (column)
        {
            case Column<long> c when c.Type is FieldType.Date or FieldType.Stamp: WriteTime(c[row], c.Type, output); break;
            case Column<long> c: WriteLong(c[row], output); break;
            case Column<double> c: WriteDouble(c[row], output); break;
            case Column<string> c: WriteText(c[row], output); break;
            case Column<decimal> c: WriteMoney(c[row], output); break;
            case Column<byte[]> c: WriteBlob(c[row], output); break;
            case Column<long?[]> c: WriteArray(c[row], static (item, to) => WriteLong(item, to), output); break;
            default: WriteArray(((Column<double?[]>)column)[row], static (item, to) => WriteItem(item, to), output); break;
        }
    }

    private void WriteTime(long value, FieldType type, IBufferWriter<byte> output)
    {
        if (format.DateFormat is { } dateFormat)
        {
            var microseconds = type == FieldType.Stamp ? value : value * 1_000_000;
            var inRange = type == FieldType.Stamp || Math.Abs((double)value) < 1e12;
            var written = inRange ? dateFormat.Write(microseconds, type == FieldType.Stamp, output.GetSpan(DateFormat.MaxLength * 2)) : 0;
            if (written > 0)
            {
                output.Advance(written);
                return;
            }
        }

        WriteLong(value, output);
    }

    private static void WriteLong(long value, IBufferWriter<byte> output)
    {
        Utf8Formatter.TryFormat(value, output.GetSpan(20), out var written);
        output.Advance(written);
    }

    private static void WriteDouble(double value, IBufferWriter<byte> output) =>
        output.Advance(CsvDouble.Write(value, output.GetSpan(CsvDouble.MaxLength)));

    // Unlike fields, items of arrays are written as short as they read back the same: [97.34;40].
    private static void WriteItem(double value, IBufferWriter<byte> output)
    {
        if (!double.IsFinite(value))
        {
            WriteDouble(value, output);
            return;
        }

        var text = output.GetSpan(CsvDouble.MaxLength);
        value.TryFormat(text, out var written, default, CultureInfo.InvariantCulture);
        text[..written].Replace((byte)'E', (byte)'e');
        output.Advance(written);
    }

    private static void WriteMoney(decimal value, IBufferWriter<byte> output)
    {
        decimal.Round(value, 2, MidpointRounding.ToEven).TryFormat(output.GetSpan(40), out var written, "F2", CultureInfo.InvariantCulture);
        output.Advance(written);
    }

    private static void WriteBlob(byte[] value, IBufferWriter<byte> output)
    {
        Base64.EncodeToUtf8(value, output.GetSpan(Base64.GetMaxEncodedToUtf8Length(value.Length)), out _, out var written);
        output.Advance(written);
    }

    private static void WriteArray<T>(T?[] items, Action<T, IBufferWriter<byte>> write, IBufferWriter<byte> output)
        where T : struct
    {
        Put(output, "["u8);
        for (var i = 0; i < items.Length; i++)
        {
            if (i > 0)
            {
                Put(output, ";"u8);
            }

            if (items[i] is { } item)
            {
                write(item, output);
            }
        }

        Put(output, "]"u8);
    }

    private void WriteText(string text, IBufferWriter<byte> output)
    {
        var quoted = text.AsSpan().ContainsAny(LineEnds) || text.Contains(format.Delimiter, StringComparison.Ordinal)
            || text.Length > 0 && (text[0] is ' ' or '\t' || text[^1] is ' ' or '\t');
        if (!quoted)
        {
            output.Advance(Encoding.UTF8.GetBytes(text, output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));
            return;
        }

        Put(output, "\""u8);
        var rest = text.AsSpan();
        for (var quote = rest.IndexOf('"'); quote >= 0; quote = rest.IndexOf('"'))
        {
            Encoding.UTF8.GetBytes(rest[..quote], output);
            Put(output, "\"\""u8);
            rest = rest[(quote + 1)..];
        }

        Encoding.UTF8.GetBytes(rest, output);
        Put(output, "\""u8);
    }

    private static void Put(IBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(output.GetSpan(bytes.Length));
        output.Advance(bytes.Length);
    }
}
