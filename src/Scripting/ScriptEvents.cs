using System.Globalization;
using System.Text;
using Lockstep.Contracts.Events;

namespace Lockstep.Scripting;

/// <summary>Events as values of scripts, and back.</summary>
public static class ScriptEvents
{
    /// <summary>The key under which a map carries its opcode.</summary>
    public const string OpcodeKey = "_opcode";

    /// <summary>A field's value; null for null. Money is a double, arrays are lists.</summary>
    public static object? ValueOf(Column column, int row) => column.IsNull(row) ? null : column switch
    {
        Column<long> c => c[row],
        Column<double> c => c[row],
        Column<string> c => c[row],
        Column<decimal> c => (double)c[row],
        Column<byte[]> c => c[row],
        Column<long?[]> c => new List<object?>(c[row].Select(v => (object?)v)),
        Column<double?[]> c => new List<object?>(c[row].Select(v => (object?)v)),
        _ => throw new ArgumentException($"No value for a {column.Type} column.", nameof(column)),
    };

    /// <summary>Some fields of an event as a map; nulls are left out.</summary>
    public static Dictionary<string, object?> ToMap(EventBlock block, int row, IReadOnlyList<int> fields)
    {
        var map = new Dictionary<string, object?>(fields.Count, StringComparer.Ordinal);
        foreach (var field in fields)
        {
            if (ValueOf(block.Columns[field], row) is { } value)
            {
                map[block.Schema.Fields[field].Name] = value;
            }
        }

        return map;
    }

    /// <summary>
    /// The events of a block as a list of maps of all their fields, with their opcodes: an update is one event with its new values.
    /// </summary>
    public static List<object?> ListOf(EventBlock block)
    {
        var fields = Enumerable.Range(0, block.Schema.Fields.Length).ToArray();
        List<object?> events = new(block.Count);
        for (var row = 0; row < block.Count; row++)
        {
            var values = ToMap(block, row, fields);
            values[OpcodeKey] = WordOf(block.Opcodes[row]);
            events.Add(values);
            if (block.Opcodes[row] == Opcode.UpdateBlock)
            {
                row++; // The delete with the old values always stands right behind.
            }
        }

        return events;
    }

    /// <summary>Appends a value; false, with nothing appended, when it can't become one of the column's type.</summary>
    public static bool TryAppend(Column column, object? value)
    {
        switch (column)
        {
            case var _ when value is null: column.AppendNull(); return true;
            case Column<string> c:
                c.Append(value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : ScriptText.Of(value));
                return true;
            case Column<long> c when WholeOf(value) is { } whole && (c.Type != FieldType.Int32 || whole == (int)whole):
                c.Append(whole);
                return true;
            case Column<double> c when RealOf(value) is { } real: c.Append(real); return true;
            case Column<decimal> c when RealOf(value) is { } real && Math.Abs(real) < 1e15:
                c.Append(value is string text && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact)
                    ? exact : (decimal)real);
                return true;
            case Column<byte[]> c when value is byte[] or string:
                c.Append(value as byte[] ?? Encoding.UTF8.GetBytes((string)value));
                return true;
            case Column<long?[]> c when ListOf(value) is { } list: return TryAppendAll(c, list, WholeOf);
            case Column<double?[]> c when ListOf(value) is { } list: return TryAppendAll(c, list, RealOf);
            default: return false;
        }
    }

    /// <summary>Appends an event that is to be published into a source window.</summary>
    /// <param name="block">A block of the window's schema.</param>
    /// <param name="values">Its fields; others are null.</param>
    /// <param name="makesKey">True: the window makes the key.</param>
    /// <param name="opcode">Its opcode, unless it carries one.</param>
    /// <exception cref="ScriptException">It does not fit; nothing is appended.</exception>
    public static void Append(EventBlock block, Dictionary<string, object?> values, bool makesKey, Opcode opcode)
    {
        for (var i = 0; i < block.Schema.Fields.Length; i++)
        {
            var field = block.Schema.Fields[i];
            if (!TryAppend(block.Columns[i], makesKey && field.IsKey ? null : values.GetValueOrDefault(field.Name)))
            {
                foreach (var column in block.Columns)
                {
                    column.Truncate(block.Count);
                }

                throw new ScriptException($"Field '{field.Name}' can't become a {FieldTypeNames.NameOf(field.Type)}.");
            }
        }

        block.Append(values.GetValueOrDefault(OpcodeKey) is { } named ? OpcodeOf(ScriptText.Of(named)) : opcode);
    }

    /// <summary>The maps of a result: nothing, one map, or a list of maps.</summary>
    /// <exception cref="ScriptException">It is something else.</exception>
    public static IReadOnlyList<Dictionary<string, object?>> MapsOf(object? result)
    {
        switch (result)
        {
            case null or false or true: return [];
            case Dictionary<string, object?> map: return [map];
            case List<object?> list:
                return list.ConvertAll(item => item as Dictionary<string, object?>
                    ?? throw new ScriptException("Events must be tables of fields; one of the list is none."));
            default: throw new ScriptException("An event must be a table of fields, or a list of them.");
        }
    }

    /// <summary>An opcode by the words and letters that scripts use.</summary>
    /// <exception cref="ScriptException">It is none.</exception>
    public static Opcode OpcodeOf(string text) => text.Trim().ToUpperInvariant() switch
    {
        "INSERT" or "I" => Opcode.Insert,
        "UPDATE" or "U" => Opcode.Update,
        "UPSERT" or "P" => Opcode.Upsert,
        "DELETE" or "D" => Opcode.Delete,
        "SAFEDELETE" or "SD" => Opcode.SafeDelete,
        _ => throw new ScriptException($"'{text}' is no opcode."),
    };

    /// <summary>The word by which scripts see an opcode.</summary>
    public static string WordOf(Opcode opcode) => opcode switch
    {
        Opcode.Insert => "insert",
        Opcode.Update or Opcode.UpdateBlock => "update",
        Opcode.Upsert => "upsert",
        Opcode.Delete => "delete",
        Opcode.SafeDelete => "safedelete",
        _ => throw new ArgumentOutOfRangeException(nameof(opcode), opcode, "Scripts know no such opcode."),
    };

    private static long? WholeOf(object? value) => value switch
    {
        long whole => whole,
        bool flag => flag ? 1 : 0,
        double real when Math.Abs(real) < 9.2e18 => (long)real,
        string text when long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var whole) => whole,
        string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real)
            && Math.Abs(real) < 9.2e18 => (long)real,
        _ => null,
    };

    private static double? RealOf(object? value) => value switch
    {
        double real => real,
        long whole => whole,
        bool flag => flag ? 1 : 0,
        string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) => real,
        _ => null,
    };

    private static List<object?>? ListOf(object? value) => value switch
    {
        List<object?> list => list,
        Dictionary<string, object?> { Count: 0 } => [],
        _ => null,
    };

    private static bool TryAppendAll<T>(Column<T?[]> column, List<object?> list, Func<object?, T?> convert)
        where T : struct
    {
        var items = new T?[list.Count];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = convert(list[i]);
            if (items[i] is null && list[i] is not null)
            {
                return false;
            }
        }

        column.Append(items);
        return true;
    }
}
