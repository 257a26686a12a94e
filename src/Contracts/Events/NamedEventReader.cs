using System.Text;

namespace Lockstep.Contracts.Events;

/// <summary>
/// Reads events whose values come by name, as XML and JSON have them (docs/formats/csv.md): <see cref="Set"/> each value, then
/// <see cref="Append"/>. Names of no field are ignored, fields without a value are null. Not thread safe.
/// </summary>
public sealed class NamedEventReader
{
    /// <summary>Name of the opcode among the values: a letter of csv, or a word such as insert.</summary>
    public const string OpcodeName = "opcode";

    /// <summary>Name of the flags among the values: letters of csv.</summary>
    public const string FlagsName = "flags";

    private readonly Schema _schema;
    private readonly CsvFormat _format;
    private readonly int _autogenIndex;
    private readonly string?[] _values;
    private string _opcode = "";
    private string _flags = "";

    /// <summary>Makes a reader.</summary>
    /// <param name="schema">Schema of the events.</param>
    /// <param name="format">Date format, and the opcode of events that name none.</param>
    /// <param name="autogenKey">True when the source window makes the key: a value of the key field is ignored.</param>
    public NamedEventReader(Schema schema, CsvFormat format, bool autogenKey = false)
    {
        _schema = schema;
        _format = format;
        _autogenIndex = autogenKey && schema.KeyIndexes.Length > 0 ? schema.KeyIndexes[0] : -1;
        _values = new string?[schema.Fields.Length];
    }

    /// <summary>Gives a value of the next event; an empty one is null. Of two of one name the last counts.</summary>
    public void Set(string name, string? value)
    {
        if (_schema.IndexOf(name) is >= 0 and var index)
        {
            _values[index] = value;
        }
        else if (name == OpcodeName)
        {
            _opcode = value ?? "";
        }
        else if (name == FlagsName)
        {
            _flags = value ?? "";
        }
    }

    /// <summary>Appends the event of the values that were set, and forgets them.</summary>
    /// <returns>What is wrong with it, a sentence, with nothing appended; null for nothing.</returns>
    public string? Append(EventBlock target)
    {
        var problem = AppendFields(target, out var opcode, out var flags);
        if (problem is null)
        {
            target.Append(opcode, flags);
        }
        else
        {
            target.DropUnfinished();
        }

        Array.Clear(_values);
        (_opcode, _flags) = ("", "");
        return problem;
    }

    private string? AppendFields(EventBlock target, out Opcode opcode, out EventFlags flags)
    {
        flags = EventFlags.None;
        opcode = _format.PublishWithUpsert ? Opcode.Upsert : Opcode.Insert;
        if (_opcode.Length > 0 && !TryOpcode(_opcode.Trim(), out opcode))
        {
            return $"'{_opcode}' is not an opcode; it must be insert, update, upsert, delete or safedelete, or their letter.";
        }

        if (!CsvOpcodes.TryParse(Encoding.UTF8.GetBytes(_flags.Trim()), out flags))
        {
            return $"'{_flags}' is not a flag; it must be n, p or r.";
        }

        for (var i = 0; i < _values.Length; i++)
        {
            var column = target.Columns[i];
            if (i == _autogenIndex || string.IsNullOrEmpty(_values[i]))
            {
                column.AppendNull();
                continue;
            }

            var text = TextFor(column.Type, _values[i]!);
            if (!CsvValues.TryAppend(Encoding.UTF8.GetBytes(text), column, _format.DateFormat))
            {
                return CsvValues.Describe(_schema.Fields[i], Encoding.UTF8.GetBytes(text), _format);
            }
        }

        return null;
    }

    /// <summary>JSON has words for true and false, of which numbers are 1 and 0.</summary>
    private static string TextFor(FieldType type, string value) =>
        type == FieldType.String ? value
        : value == "true" ? "1"
        : value == "false" ? "0"
        : value.Trim();

    private static bool TryOpcode(string text, out Opcode opcode)
    {
        opcode = text.ToUpperInvariant() switch
        {
            "INSERT" => Opcode.Insert,
            "UPDATE" => Opcode.Update,
            "UPSERT" => Opcode.Upsert,
            "DELETE" => Opcode.Delete,
            "SAFEDELETE" => Opcode.SafeDelete,
            _ => default,
        };
        return opcode != default || CsvOpcodes.TryParse(Encoding.UTF8.GetBytes(text), out opcode);
    }
}
