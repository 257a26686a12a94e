using Lockstep.Contracts.Events;
using Lockstep.Engine.Indexes;
using Lockstep.Engine.Windows;

namespace Lockstep.Engine.Execution;

/// <summary>
/// collapse-updates: of each key only the net change of the block leaves, at the place of the key's first event.
/// Keys are told apart by their 64-bit hash within the block.
/// </summary>
internal sealed class CollapseShaper(Schema schema) : OutputShaper
{
    private readonly EventBlock _collapsed = new(schema);
    private readonly Dictionary<ulong, int> _places = [];
    private readonly List<Change> _changes = [];

    /// <inheritdoc/>
    public override EventBlock Shape(EventBlock output)
    {
        if (!output.Opcodes.ContainsAnyExcept(Opcode.Insert) || schema.KeyIndexes.Length == 0)
        {
            return output;
        }

        _places.Clear();
        _changes.Clear();
        for (var row = 0; row < output.Count; row++)
        {
            Add(output, row);
        }

        _collapsed.Clear();
        foreach (var change in _changes)
        {
            change.AppendTo(_collapsed, output);
        }

        return _collapsed;
    }

    private void Add(EventBlock output, int row)
    {
        var key = ColumnHash.OfRow(output.Columns, schema.KeyIndexes.AsSpan(), row);
        var opcode = output.Opcodes[row];
        if (!_places.TryGetValue(key, out var place))
        {
            place = _changes.Count;
            _places.Add(key, place);
            _changes.Add(new Change(opcode is Opcode.UpdateBlock or Opcode.Delete, Old: -1, New: -1));
        }

        var change = _changes[place];
        var deletesPair = opcode == Opcode.Delete && KeyedRows.IsHalf(output, row);
        if (opcode == Opcode.Delete && change.Existed && change.Old < 0)
        {
            change = change with { Old = row };
        }

        if (!deletesPair)
        {
            change = change with { New = opcode is Opcode.Delete or Opcode.SafeDelete ? -1 : row };
        }

        _changes[place] = change;
    }

    private readonly record struct Change(bool Existed, int Old, int New)
    {
        public void AppendTo(EventBlock target, EventBlock source)
        {
            if (New >= 0)
            {
                var opcode = !Existed && source.Opcodes[New] == Opcode.UpdateBlock ? Opcode.Insert
                    : Existed && source.Opcodes[New] == Opcode.Insert ? Opcode.UpdateBlock : source.Opcodes[New];
                target.AppendFrom(source, New, opcode, source.Flags[New]);
            }

            if (Existed && Old >= 0)
            {
                var flags = New >= 0 ? EventFlags.None : source.Flags[Old];
                target.AppendFrom(source, Old, Opcode.Delete, flags);
            }
        }
    }
}
