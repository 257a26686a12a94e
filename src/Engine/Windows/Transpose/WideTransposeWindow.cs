using Lockstep.Contracts.Events;
using Lockstep.Engine.Indexes;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Transpose;

/// <summary>Which fields of the input and of the cells a wide transpose window takes.</summary>
/// <param name="Tag">The input's tag field.</param>
/// <param name="Tags">The tags in the order of their columns.</param>
/// <param name="Values">The input's value fields; a tag has a cell for each, in this order.</param>
/// <param name="GroupBy">The input's fields that tell whose cells an event fills.</param>
/// <param name="Sources">By output field: an input field, or a cell as <c>~(its index)</c>.</param>
/// <param name="ClearTimeout">Microseconds after which cells without events are dropped; null for never.</param>
internal sealed record WideModel(
    int Tag, string[] Tags, int[] Values, int[] GroupBy, int[] Sources, long? ClearTimeout);

/// <summary>
/// window-transpose, wide: an event with a tag of the list fills its tag's cells of its group, and leaves as an Insert with all
/// cells of the group; cells that no event filled are null. Events with other tags, and deletes, give nothing. What came
/// as an update is one more observation.
/// </summary>
internal sealed class WideTransposeWindow : Window
{
    private readonly WideModel _model;
    private readonly Dictionary<string, int> _tags;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _tagsBySpan;

    // The fields of the group as keys, then the cells: tag by tag, value by value.
    private readonly RowStore _cells;
    private readonly EventBlock _row;

    public WideTransposeWindow(string name, Schema schema, Schema input, WideModel model)
        : base(name, schema)
    {
        _model = model;
        _tags = model.Tags.Distinct(StringComparer.Ordinal)
            .ToDictionary(t => t, t => Array.IndexOf(model.Tags, t), StringComparer.Ordinal);
        _tagsBySpan = _tags.GetAlternateLookup<ReadOnlySpan<char>>();
        var cells = new Schema(
        [
            .. model.GroupBy.Select((f, i) => new Field($"group{i}", input.Fields[f].Type, IsKey: true)),
            .. model.Tags.SelectMany((_, t) => model.Values.Select((f, v) => new Field($"cell{t}.{v}", input.Fields[f].Type))),
        ]);
        _cells = new RowStore(cells);
        _row = new EventBlock(cells, 1);
    }

    /// <inheritdoc/>
    public override WindowState State => WindowState.Running;

    /// <inheritdoc/>
    public override void Process(EventBlock input, int inputIndex, StepScope step)
    {
        for (var row = 0; row < input.Count; row++)
        {
            if (input.Opcodes[row] is not (Opcode.Delete or Opcode.SafeDelete) && TagOf(input.Columns[_model.Tag], row) is >= 0 and var tag)
            {
                Fill(input, row, tag, step.Now);
                Write(input, row);
            }
        }
    }

    /// <inheritdoc/>
    public override void Tick(StepScope step)
    {
        while (NextExpiry(step) <= step.Now)
        {
            _cells.Remove(_cells.Oldest);
        }
    }

    /// <inheritdoc/>
    public override long? NextExpiry(StepScope step) =>
        _cells.Oldest < 0 ? null : _cells.ChangedAt(_cells.Oldest) + _model.ClearTimeout;

    /// <inheritdoc/>
    public override ulong Digest() => _cells.Hash;

    /// <inheritdoc/>
    public override void WriteState(SnapshotWriter writer) => _cells.Write(writer);

    /// <inheritdoc/>
    public override void ReadState(SnapshotReader reader) => _cells.Read(reader);

    private int TagOf(Column column, int row)
    {
        if (column.IsNull(row))
        {
            return -1;
        }

        if (column is Column<string> texts)
        {
            return _tags.GetValueOrDefault(texts[row], -1);
        }

        Span<char> digits = stackalloc char[20];
        return ((Column<long>)column)[row].TryFormat(digits, out var length, provider: System.Globalization.CultureInfo.InvariantCulture)
            && _tagsBySpan.TryGetValue(digits[..length], out var tag) ? tag : -1;
    }

    private void Fill(EventBlock input, int row, int tag, long now)
    {
        _row.Clear();
        var columns = _row.Columns;
        var groupFields = _model.GroupBy.Length;
        for (var i = 0; i < groupFields; i++)
        {
            columns[i].AppendFrom(input.Columns[_model.GroupBy[i]], row);
        }

        var slot = _cells.Find(_row, 0);
        var first = groupFields + (tag * _model.Values.Length);
        for (var i = groupFields; i < columns.Length; i++)
        {
            if (i >= first && i < first + _model.Values.Length)
            {
                columns[i].AppendFrom(input.Columns[_model.Values[i - first]], row);
            }
            else if (slot >= 0)
            {
                _cells.Column(i).AppendTo(slot, columns[i]);
            }
            else
            {
                columns[i].AppendNull();
            }
        }

        if (slot >= 0)
        {
            _cells.Update(slot, _row, 0, now, keepNulls: false);
        }
        else
        {
            _cells.Insert(_row, 0, now);
        }
    }

    private void Write(EventBlock input, int row)
    {
        for (var i = 0; i < _model.Sources.Length; i++)
        {
            var source = _model.Sources[i];
            if (source >= 0)
            {
                Output.Columns[i].AppendFrom(input.Columns[source], row);
            }
            else
            {
                Output.Columns[i].AppendFrom(_row.Columns[_model.GroupBy.Length + ~source], 0);
            }
        }

        Output.Append(Opcode.Insert);
    }
}
