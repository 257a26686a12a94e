using System.Runtime.InteropServices;
using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>
/// Correlation of each part of a segment with the part at the same place of the segment before. Sums run while the part comes, so a
/// part is never gone through again.
/// </summary>
internal sealed class SegmentedCorrelationAlgorithm : CalculateAlgorithm
{
    private const int SamplesMax = 1_000_000;
    private readonly InputPlace _x;
    private readonly InputPlace? _indicator;
    private readonly OutputPlaces? _output;
    private readonly int _partSize;
    private readonly int _least;
    private readonly int _most;
    private readonly PairSums _sums = new();
    private List<double> _before = [];
    private List<double> _segment = [];
    private long _beforeLength;
    private long _length;
    private long _inPart;
    private bool _hasBefore;

    public SegmentedCorrelationAlgorithm(AlgorithmSetup setup)
    {
        (_x, _indicator, _output) = (setup.Input("x"), setup.InputOrNone("indicator"), setup.Output("corOut"));
        _partSize = setup.Count("sampleSize");
        _least = setup.Count("minSize");
        _most = setup.Count("maxSize");
        if (_partSize == 0 && _indicator is null)
        {
            throw new AlgorithmException("Parameter sampleSize must be above 0, or the input-map must have an indicator.");
        }
    }

    public override void Observe(EventBlock block, int row, ResultRows rows)
    {
        var x = _x.Number(block, row);
        var begins = _indicator?.Number(block, row) == 1;
        Note(x);
        Note(begins ? 1.0 : 0.0);
        if (begins && _length > 0)
        {
            if (_inPart > 0)
            {
                EndPart(rows);
            }

            NextSegment();
        }

        Take(x);
        if (_inPart == _partSize)
        {
            EndPart(rows);
            if (_indicator is null)
            {
                NextSegment();
            }
        }
    }

    protected override ulong DigestOfResults() => StateHash.Combine(_sums.Digest(), (ulong)_length);

    protected override void Write(SnapshotWriter writer)
    {
        writer.Write(_hasBefore);
        writer.Write(_beforeLength);
        writer.Write(_length);
        writer.Write(_inPart);
        _sums.WriteState(writer);
        NumberLists.WriteNumbers(writer, CollectionsMarshal.AsSpan(_before));
        NumberLists.WriteNumbers(writer, CollectionsMarshal.AsSpan(_segment));
    }

    protected override void Read(SnapshotReader reader)
    {
        _hasBefore = reader.ReadBool();
        _beforeLength = reader.ReadInt64();
        _length = reader.ReadInt64();
        _inPart = reader.ReadInt64();
        _sums.ReadState(reader);
        _before = NumberLists.ReadNumbers(reader, reader.ReadCount());
        _segment = NumberLists.ReadNumbers(reader, reader.ReadCount());
    }

    // Samples from maxSize on of a part are left out, and those of a segment that never ends.
    private void Take(double x)
    {
        if (_inPart < _most && _segment.Count < SamplesMax)
        {
            var at = _segment.Count;
            _segment.Add(x);
            if (_hasBefore && at < _before.Count && double.IsFinite(x) && double.IsFinite(_before[at]))
            {
                _sums.Enter(_before[at], x);
            }
        }

        _length++;
        _inPart++;
    }

    private void EndPart(ResultRows rows)
    {
        // The part at this place of the segment before may be shorter, or not there at all.
        var before = Math.Max(0, _beforeLength - (_length - _inPart));
        var common = Math.Min(_inPart, _partSize > 0 ? Math.Min(before, _partSize) : before);
        if (_hasBefore && common >= Math.Max(2, _least))
        {
            rows.Set(_output, _sums.Correlation());
            rows.Emit();
        }

        _sums.Clear();
        _inPart = 0;
    }

    private void NextSegment()
    {
        (_before, _segment) = (_segment, _before);
        _segment.Clear();
        (_beforeLength, _length, _hasBefore) = (_length, 0, true);
        _sums.Clear();
    }
}
