using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.RemoveState;

/// <summary>
/// window-remove-state: what is not dropped leaves as an Insert with a number of its own, from 1; opcode and flags that it had
/// may stand in fields.
/// </summary>
internal sealed class RemoveStateWindow(string name, Schema schema, RemovedEvents removed, bool addLogFields)
    : Window(name, schema)
{
    private long _number;
    private int[] _passed = [];

    /// <inheritdoc/>
    public override bool MapsInserts => !removed.HasFlag(RemovedEvents.Inserts);

    /// <inheritdoc/>
    public override WindowState State => WindowState.Counters;

    /// <inheritdoc/>
    public override void Process(EventBlock input, int inputIndex, StepScope step)
    {
        if (_passed.Length < input.Count)
        {
            _passed = new int[Math.Max(input.Count, 2 * _passed.Length)];
        }

        var count = 0;
        for (var row = 0; row < input.Count; row++)
        {
            if (!IsRemoved(input, row))
            {
                _passed[count++] = row;
            }
        }

        Write(input, _passed.AsSpan(0, count));
    }

    /// <inheritdoc/>
    public override ulong Digest() => StateHash.Mix((ulong)_number);

    /// <inheritdoc/>
    public override void WriteState(SnapshotWriter writer) => writer.Write(_number);

    /// <inheritdoc/>
    public override void ReadState(SnapshotReader reader) => _number = reader.ReadInt64();

    private void Write(EventBlock input, ReadOnlySpan<int> passed)
    {
        var columns = Output.Columns;
        var own = columns.Length - input.Columns.Length;
        foreach (var row in passed)
        {
            ((Column<long>)columns[0]).Append(++_number);
            if (addLogFields)
            {
                ((Column<string>)columns[1]).Append(EventText.Of(input.Opcodes[row]));
                ((Column<string>)columns[2]).Append(EventText.Of(input.Flags[row]));
            }
        }

        for (var i = own; i < columns.Length; i++)
        {
            columns[i].AppendRows(input.Columns[i - own], passed);
        }

        foreach (var _ in passed)
        {
            Output.Append(Opcode.Insert);
        }
    }

    // An upsert comes only from a window without rows, where it may be either: it passes.
    private bool IsRemoved(EventBlock input, int row)
    {
        var isRetention = (input.Flags[row] & EventFlags.Retention) != 0;
        var isHalf = KeyedRows.IsHalf(input, row);
        return (removed & input.Opcodes[row] switch
        {
            Opcode.Insert => RemovedEvents.Inserts,
            Opcode.Update or Opcode.UpdateBlock => isRetention ? RemovedEvents.RetentionUpdates : RemovedEvents.Updates,
            Opcode.Delete when isHalf => RemovedEvents.Deletes | RemovedEvents.UpdateBlockDeletes,
            Opcode.Delete or Opcode.SafeDelete => isRetention ? RemovedEvents.RetentionDeletes : RemovedEvents.Deletes,
            _ => RemovedEvents.None,
        }) != 0;
    }
}
