using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>MRR: range of the newest values, and the mean of the newest ranges; constant work an event.</summary>
internal sealed class RangeAlgorithm : CalculateAlgorithm
{
    private readonly InputPlace _input;
    private readonly OutputPlaces? _range;
    private readonly OutputPlaces? _expected;
    private readonly int _length;
    private readonly ValueRing _values;
    private readonly ValueRing _ranges;
    private ExtremeQueue _smallest;
    private ExtremeQueue _largest;
    private CompensatedSum _sum;

    public RangeAlgorithm(AlgorithmSetup setup)
    {
        (_input, _range, _expected) = (setup.Input("input"), setup.Output("rangeOut"), setup.Output("erangeOut"));
        _length = setup.Count("rangeWindowLength");
        _values = new ValueRing(1, _length);
        _ranges = new ValueRing(1, setup.Count("expRangeWindowLength"));
        (_smallest, _largest) = (new ExtremeQueue(1, _length), new ExtremeQueue(-1, _length));
    }

    public override void Observe(EventBlock block, int row, ResultRows rows)
    {
        var value = _input.Number(block, row);
        if (double.IsFinite(value))
        {
            Note(value);
            Take(value);
        }

        rows.Set(_range, _values.IsFull ? Range : double.NaN);
        rows.Set(_expected, _ranges.IsFull ? _sum.Value / _ranges.Count : double.NaN);
        rows.Emit();
    }

    protected override ulong DigestOfResults() => _sum.Digest();

    protected override void Write(SnapshotWriter writer)
    {
        _values.WriteState(writer);
        _ranges.WriteState(writer);
        _sum.WriteState(writer);
    }

    protected override void Read(SnapshotReader reader)
    {
        _values.ReadState(reader);
        _ranges.ReadState(reader);
        _sum.ReadState(reader);
        (_smallest, _largest) = (new ExtremeQueue(1, _length), new ExtremeQueue(-1, _length));
        for (var i = 0; i < _values.Count; i++)
        {
            _smallest.Add(_values.Seen - _values.Count + i, _values[i][0]);
            _largest.Add(_values.Seen - _values.Count + i, _values[i][0]);
        }
    }

    private double Range => _largest.Value!.Value - _smallest.Value!.Value;

    private void Take(double value)
    {
        var at = _values.Seen;
        _smallest.DropBefore(at - _length + 1);
        _largest.DropBefore(at - _length + 1);
        _smallest.Add(at, value);
        _largest.Add(at, value);
        _values.Push(value);
        if (!_values.IsFull)
        {
            return;
        }

        if (_ranges.IsFull)
        {
            _sum.Add(-_ranges[0][0]);
        }

        _sum.Add(Range);
        if (_ranges.Push(Range))
        {
            _sum.Clear();
            for (var i = 0; i < _ranges.Count; i++)
            {
                _sum.Add(_ranges[i][0]);
            }
        }
    }
}
