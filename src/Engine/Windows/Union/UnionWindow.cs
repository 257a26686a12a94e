using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Union;

/// <summary>
/// window-union: the rows of several streams by key. Strict: an insert of a key that exists, and an update or delete of one
/// that does not, are bad events, halves of updates included. Not strict: an insert is an upsert, a delete need not find its
/// row. Without rows all events pass.
/// </summary>
internal sealed class UnionWindow(string name, Schema schema, KeyedRows? rows, bool isStrict) : Window(name, schema)
{
    private readonly EventBlock _loose = new(schema);

    /// <inheritdoc/>
    public override bool MapsInserts => rows is null;

    /// <inheritdoc/>
    public override WindowState State => KeyedRows.StateOf(rows);

    /// <inheritdoc/>
    public override KeyedRows? Kept => rows;

    /// <inheritdoc/>
    public override void Process(EventBlock input, int inputIndex, StepScope step)
    {
        if (rows is null)
        {
            Output.AppendAll(input);
        }
        else if (isStrict)
        {
            ApplyStrict(rows, input, step);
        }
        else
        {
            Loosen(input);
            rows.Apply(_loose, Output, step);
        }
    }

    /// <inheritdoc/>
    public override ulong Digest() => rows?.Digest() ?? 0;

    /// <inheritdoc/>
    public override void WriteState(SnapshotWriter writer) => rows?.WriteState(writer);

    /// <inheritdoc/>
    public override void ReadState(SnapshotReader reader) => rows?.ReadState(reader);

    private void ApplyStrict(KeyedRows rows, EventBlock input, StepScope step)
    {
        for (var row = 0; row < input.Count; row++)
        {
            if (input.Opcodes[row] == Opcode.UpdateBlock && rows.Rows.Find(input, row) < 0)
            {
                step.ReportBadEvent($"Update of a key that does not exist: {EventText.Key(input, row)}.");
                row += KeyedRows.IsPair(input, row) ? 1 : 0;
            }
            else
            {
                row += rows.Apply(input, row, Output, step);
            }
        }
    }

    private void Loosen(EventBlock input)
    {
        _loose.Clear();
        for (var row = 0; row < input.Count; row++)
        {
            var opcode = input.Opcodes[row] switch
            {
                Opcode.Insert or Opcode.Update => Opcode.Upsert,
                Opcode.Delete when !KeyedRows.IsHalf(input, row) => Opcode.SafeDelete,
                var other => other,
            };
            _loose.AppendFrom(input, row, opcode, input.Flags[row]);
        }
    }
}
