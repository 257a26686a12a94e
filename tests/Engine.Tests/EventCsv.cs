using System.Globalization;
using Lockstep.Contracts.Events;

namespace Lockstep.Engine.Tests;

/// <summary>
/// The small tables of these tests: events as lines <c>i,n,1,text,2.5</c>; an empty field is null, - too.
/// </summary>
internal static class EventCsv
{
    public static EventBlock Block(Schema schema, params ReadOnlySpan<string> lines)
    {
        var block = new EventBlock(schema);
        foreach (var line in lines)
        {
            Add(block, line);
        }

        return block;
    }

    public static void Add(EventBlock block, string line)
    {
        var parts = line.Split(',').Select(p => p.Trim()).ToArray();
        for (var i = 0; i < block.Schema.Fields.Length; i++)
        {
            var text = i + 2 < parts.Length ? parts[i + 2] : "";
            Append(block.Columns[i], text is "" or "-" ? null : text);
        }

        block.Append(OpcodeOf(parts[0]), parts[1].ToUpperInvariant() switch
        {
            "P" => EventFlags.PartialUpdate,
            "R" => EventFlags.Retention,
            _ => EventFlags.None,
        });
    }

    public static IEnumerable<string> Lines(EventBlock block)
    {
        for (var row = 0; row < block.Count; row++)
        {
            yield return Line(block, row);
        }
    }

    private static string Line(EventBlock block, int row)
    {
        var opcode = block.Opcodes[row] switch
        {
            Opcode.Insert => "I",
            Opcode.Update => "U",
            Opcode.Upsert => "P",
            Opcode.Delete => "D",
            Opcode.UpdateBlock => "UB",
            _ => "SD",
        };
        var flags = block.Flags[row] switch { EventFlags.None => "N", EventFlags.Retention => "R", _ => "P" };
        var fields = new List<string> { opcode, flags };
        foreach (var column in block.Columns)
        {
            fields.Add(column.IsNull(row) ? "-" : column.GetObject(row) switch
            {
                long?[] items => $"[{string.Join(';', items)}]",
                double?[] items => $"[{string.Join(';', items.Select(i => i?.ToString(CultureInfo.InvariantCulture)))}]",
                var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
            });
        }

        return string.Join(',', fields);
    }

    private static void Append(Column column, string? text)
    {
        var culture = CultureInfo.InvariantCulture;
        switch (column)
        {
            case var _ when text is null: column.AppendNull(); break;
            case Column<string> c: c.Append(text); break;
            case Column<double> c: c.Append(double.Parse(text, culture)); break;
            case Column<double?[]> c:
                c.Append([.. text.Trim('[', ']').Split(';').Select(t => t.Length == 0 ? null : (double?)double.Parse(t, culture))]);
                break;
            case Column<decimal> c: c.Append(decimal.Parse(text, culture)); break;
            case Column<long> c when long.TryParse(text, culture, out var whole): c.Append(whole); break;
            case Column<long> c:
                var time = DateTime.Parse(text, culture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
                c.Append((time - DateTime.UnixEpoch).Ticks / (column.Type == FieldType.Date ? TimeSpan.TicksPerSecond : 10));
                break;
            default: throw new InvalidOperationException($"No text form for {column.Type} in these tests.");
        }
    }

    private static Opcode OpcodeOf(string text) => text.ToUpperInvariant() switch
    {
        "I" => Opcode.Insert,
        "U" => Opcode.Update,
        "P" => Opcode.Upsert,
        "D" => Opcode.Delete,
        "UB" => Opcode.UpdateBlock,
        "SD" => Opcode.SafeDelete,
        _ => throw new ArgumentException($"'{text}' is no opcode.", nameof(text)),
    };
}
