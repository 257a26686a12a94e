using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Scripting;

namespace Lockstep.Engine.Windows.Scripts;

/// <summary>Makes events of what a script gives: a field it set, else the copied field of the input event, else null.</summary>
internal sealed class ScriptEmitter
{
    private readonly Schema _schema;
    private readonly int[][] _copied;

    /// <summary>For a window with some inputs.</summary>
    public ScriptEmitter(Schema schema, CopiedFields copy, ImmutableArray<Schema> inputs)
    {
        _schema = schema;
        _copied = [.. inputs.Select(input => schema.Fields.Select(f => copy.Has(f.Name) ? input.IndexOf(f.Name) : -1).ToArray())];
    }

    /// <summary>Appends an event.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="values">What the script gave.</param>
    /// <param name="opcode">Its opcode.</param>
    /// <param name="input">The event's block; null when it follows from none.</param>
    /// <param name="inputIndex">Which input it came from.</param>
    /// <param name="row">The event's row.</param>
    /// <exception cref="ScriptException">It does not fit the schema; nothing is appended.</exception>
    public void Append(EventBlock target, Dictionary<string, object?> values, Opcode opcode, EventBlock? input, int inputIndex, int row)
    {
        for (var i = 0; i < _schema.Fields.Length; i++)
        {
            var field = _schema.Fields[i];
            var column = target.Columns[i];
            if (!AppendField(column, field, values, input, inputIndex, row, i))
            {
                Undo(target);
                throw new ScriptException(
                    $"Field '{field.Name}' is a {FieldTypeNames.NameOf(field.Type)}; '{ScriptText.Of(values[field.Name])}' can't become one.");
            }

            if (field.IsKey && column.IsNull(target.Count))
            {
                Undo(target);
                throw new ScriptException($"Key field '{field.Name}' is null.");
            }
        }

        target.Append(opcode);
    }

    private bool AppendField(
        Column column, Field field, Dictionary<string, object?> values, EventBlock? input, int inputIndex, int row, int index)
    {
        if (values.TryGetValue(field.Name, out var value))
        {
            return ScriptEvents.TryAppend(column, value);
        }

        if (input is null || _copied[inputIndex][index] is not (>= 0 and var source))
        {
            column.AppendNull();
            return true;
        }

        var from = input.Columns[source];
        if (from.Type == column.Type)
        {
            column.AppendFrom(from, row);
            return true;
        }

        values[field.Name] = ScriptEvents.ValueOf(from, row);
        return ScriptEvents.TryAppend(column, values[field.Name]);
    }

    private static void Undo(EventBlock target)
    {
        foreach (var column in target.Columns)
        {
            column.Truncate(target.Count);
        }
    }
}
