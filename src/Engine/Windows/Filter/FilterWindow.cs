using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Filter;

/// <summary>
/// window-filter: events that pass its test leave. Each half of an update is tested by its own values: when only the new ones pass
/// an Insert leaves, when only the old ones pass a Delete. Rows are kept only when updates can come unresolved (from a window
/// without index).
/// </summary>
internal sealed class FilterWindow(string name, Schema schema, EventTest test, KeyedRows? rows)
    : Window(name, schema)
{
    private readonly EventBlock _passed = new(schema);
    private int[] _selected = [];

    /// <inheritdoc/>
    public override void Process(EventBlock input, int inputIndex, StepScope step)
    {
        test.Bind(input, step);
        if (_selected.Length < input.Count)
        {
            _selected = new int[Math.Max(input.Count, 2 * _selected.Length)];
        }

        if (rows is not null)
        {
            Resolve(input, step);
        }
        else if (input.Opcodes.Contains(Opcode.UpdateBlock))
        {
            SplitPairs(input, step);
        }
        else
        {
            Select(input, step);
        }
    }

    /// <inheritdoc/>
    public override WindowState State => (test.HasState ? WindowState.Variables : WindowState.None) | KeyedRows.StateOf(rows);

    /// <inheritdoc/>
    public override KeyedRows? Kept => rows;

    /// <inheritdoc/>
    public override ulong Digest() => StateHash.Combine(test.Digest(), rows?.Digest() ?? 0);

    /// <inheritdoc/>
    public override void WriteState(SnapshotWriter writer)
    {
        test.WriteState(writer);
        rows?.WriteState(writer);
    }

    /// <inheritdoc/>
    public override void ReadState(SnapshotReader reader)
    {
        test.ReadState(reader);
        rows?.ReadState(reader);
    }

    /// <inheritdoc/>
    public override void Release() => test.Release();

    private void Select(EventBlock input, StepScope step)
    {
        var count = test.Select(input, _selected, step);
        if (count == input.Count)
        {
            Output.AppendAll(input);
        }
        else
        {
            Output.AppendRows(input, _selected.AsSpan(0, count));
        }
    }

    private void SplitPairs(EventBlock input, StepScope step)
    {
        for (var row = 0; row < input.Count; row++)
        {
            var passesNew = test.Passes(input, row, step);
            if (input.Opcodes[row] == Opcode.UpdateBlock && KeyedRows.IsPair(input, row))
            {
                row++;
                var passesOld = test.Passes(input, row, step);
                if (passesNew)
                {
                    Output.AppendFrom(
                        input, row - 1, passesOld ? Opcode.UpdateBlock : Opcode.Insert, input.Flags[row - 1]);
                }

                if (passesOld)
                {
                    Output.AppendFrom(input, row);
                }
            }
            else if (passesNew)
            {
                Output.AppendFrom(input, row);
            }
        }
    }

    private void Resolve(EventBlock input, StepScope step)
    {
        _passed.Clear();
        for (var row = 0; row < input.Count; row++)
        {
            var passes = test.Passes(input, row, step);
            var opcode = input.Opcodes[row] switch
            {
                Opcode.Insert => passes ? Opcode.Insert : (Opcode?)null,
                Opcode.Delete or Opcode.SafeDelete => passes ? Opcode.SafeDelete : null,
                Opcode.UpdateBlock => passes ? Opcode.Upsert : null,
                _ => passes ? Opcode.Upsert : Opcode.SafeDelete,
            };
            if (opcode is { } resolved)
            {
                _passed.AppendFrom(input, row, resolved, input.Flags[row]);
            }

            if (opcode == Opcode.Upsert && input.Opcodes[row] == Opcode.UpdateBlock && KeyedRows.IsPair(input, row))
            {
                row++;
            }
        }

        rows!.Apply(_passed, Output, step);
    }
}
