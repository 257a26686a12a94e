using System.Text;

namespace Lockstep.Contracts.Events;

/// <summary>
/// Reads events from lines of csv (docs/formats/csv.md): <c>opcode,flags,field1,field2,...</c>. A line that fails leaves
/// the block as it was. Allocates only strings that do not come again, blobs and
/// arrays that it reads. Not thread safe.
/// </summary>
public sealed class CsvEventReader
{
    /// <summary>Bytes a line may have.</summary>
    public const int MaxLineBytes = 16 * 1024 * 1024;

    private readonly Schema _schema;
    private readonly CsvFormat _format;
    private readonly CsvFieldSplitter _splitter;
    private readonly int _autogenIndex;
    private readonly TextCache _texts = new();
    private byte[] _transcoded = [];

    /// <summary>Makes a reader.</summary>
    /// <param name="schema">Schema of the events.</param>
    /// <param name="format">How they are written.</param>
    /// <param name="autogenKey">
    /// True when the source window makes the key: the key field stays null; its column is skipped, or is not there with
    /// <see cref="CsvFormat.NoAutogenField"/>.
    /// </param>
    public CsvEventReader(Schema schema, CsvFormat format, bool autogenKey = false)
    {
        _schema = schema;
        _format = format;
        _splitter = new CsvFieldSplitter((byte)format.Delimiter);
        _autogenIndex = autogenKey && schema.KeyIndexes.Length > 0 ? schema.KeyIndexes[0] : -1;
    }

    /// <summary>True for what may stand as opcode of a line.</summary>
    public static bool IsOpcode(string text) => CsvOpcodes.TryParse(Encoding.UTF8.GetBytes(text), out Opcode _);

    /// <summary>Reads one line, without or with its line end, and appends its event to a block of the schema.</summary>
    public CsvLineResult Read(ReadOnlySpan<char> line, EventBlock target)
    {
        if (line.Length > MaxLineBytes / 3)
        {
            return new CsvLineResult(CsvLineKind.Error, 1, $"The line is longer than {MaxLineBytes} bytes.");
        }

        var bytes = Encoding.UTF8.GetMaxByteCount(line.Length);
        if (_transcoded.Length < bytes)
        {
            _transcoded = new byte[bytes];
        }

        return Read(_transcoded.AsSpan(0, Encoding.UTF8.GetBytes(line, _transcoded)), target);
    }

    /// <summary>
    /// Reads one line of UTF-8, without or with its line end (and with others where quotes keep them), and appends its event to a
    /// block of the schema.
    /// </summary>
    public CsvLineResult Read(ReadOnlySpan<byte> line, EventBlock target)
    {
        if (line.StartsWith("\uFEFF"u8))
        {
            line = line[3..];
        }

        line = line.TrimEnd("\r\n"u8);
        if (line.Trim(" \t"u8).IsEmpty)
        {
            return new CsvLineResult(CsvLineKind.Blank);
        }

        if (line.Length > MaxLineBytes)
        {
            return new CsvLineResult(CsvLineKind.Error, 1, $"The line is longer than {MaxLineBytes} bytes.");
        }

        var cursor = new CsvCursor(line);
        var problem = ReadEvent(ref cursor, target);
        if (problem is null)
        {
            return new CsvLineResult(CsvLineKind.Event);
        }

        target.DropUnfinished();
        return new CsvLineResult(CsvLineKind.Error, cursor.Column, problem, ReferenceEquals(problem, CsvFieldSplitter.QuoteOpen));
    }

    private string? ReadEvent(ref CsvCursor cursor, EventBlock target)
    {
        var opcode = _format.PublishWithUpsert ? Opcode.Upsert : Opcode.Insert;
        var flags = _format.AddFlags ?? EventFlags.None;
        if (!_format.AddOpcode)
        {
            if (_splitter.Next(ref cursor) is { } problem)
            {
                return problem;
            }

            if (!CsvOpcodes.TryParse(cursor.Value, out opcode))
            {
                return $"'{Encoding.UTF8.GetString(cursor.Value)}' is not an opcode; it must be i, u, p, d or s.";
            }
        }

        if (_format.AddFlags is null)
        {
            var start = cursor;
            if (_splitter.Next(ref cursor) is { } problem)
            {
                return problem;
            }

            var hasFlags = CsvOpcodes.TryParse(cursor.Value, out flags);
            if (!hasFlags && _format.AddOpcode)
            {
                // Lines without opcode that do not begin with flags have none: addcsvflags was forgotten.
                cursor = start;
                flags = EventFlags.None;
            }
            else if (!hasFlags)
            {
                return $"'{Encoding.UTF8.GetString(cursor.Value)}' is not a flag; it must be n, p or r.";
            }
        }

        var fieldProblem = ReadFields(ref cursor, target);
        if (fieldProblem is null)
        {
            target.Append(opcode, flags);
        }

        return fieldProblem;
    }

    private string? ReadFields(ref CsvCursor cursor, EventBlock target)
    {
        var columns = target.Columns;
        for (var i = 0; i < columns.Length; i++)
        {
            if (i == _autogenIndex)
            {
                if (!_format.NoAutogenField && _splitter.Next(ref cursor) is { } skipped)
                {
                    return skipped;
                }

                columns[i].AppendNull();
                continue;
            }

            if (columns[i].Type == FieldType.Int64 && _splitter.TryNextWhole(ref cursor, out var whole))
            {
                ((Column<long>)columns[i]).Append(whole);
                continue;
            }

            if (_splitter.Next(ref cursor) is { } problem)
            {
                return problem;
            }

            if (cursor.IsNull)
            {
                columns[i].AppendNull();
            }
            else if (columns[i].Type == FieldType.String)
            {
                ((Column<string>)columns[i]).Append(_texts.Get(cursor.Value));
            }
            else if (!CsvValues.TryAppend(cursor.Value, columns[i], _format.DateFormat))
            {
                return CsvValues.Describe(_schema.Fields[i], cursor.Value, _format);
            }
        }

        return null;
    }
}
