using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>Correlation of two variables over a sliding window, constant work an event.</summary>
internal sealed class CorrelationAlgorithm : CalculateAlgorithm
{
    private readonly InputPlace _x;
    private readonly InputPlace _y;
    private readonly OutputPlaces? _output;
    private readonly ValueRing? _ring;
    private readonly PairSums _sums = new();

    public CorrelationAlgorithm(AlgorithmSetup setup)
    {
        (_x, _y, _output) = (setup.Input("x"), setup.Input("y"), setup.Output("corOut"));
        var length = setup.Count("windowLength");
        _ring = length > 0 ? new ValueRing(2, length) : null;
    }

    public override void Observe(EventBlock block, int row, ResultRows rows)
    {
        var (x, y) = (_x.Number(block, row), _y.Number(block, row));
        Note(x);
        Note(y);
        if (_ring is { IsFull: true } && _ring[0] is [var oldX, var oldY] && IsPair(oldX, oldY))
        {
            _sums.Leave(oldX, oldY);
        }

        if (IsPair(x, y))
        {
            _sums.Enter(x, y);
        }

        if (_ring is not null && (_ring.Push(x, y) | _sums.IsCoarse))
        {
            SumAnew();
        }

        rows.Set(_output, _sums.Correlation());
        rows.Emit();
    }

    protected override ulong DigestOfResults() => _sums.Digest();

    protected override void Write(SnapshotWriter writer)
    {
        _sums.WriteState(writer);
        _ring?.WriteState(writer);
    }

    protected override void Read(SnapshotReader reader)
    {
        _sums.ReadState(reader);
        _ring?.ReadState(reader);
    }

    private static bool IsPair(double x, double y) => double.IsFinite(x) && double.IsFinite(y);

    private void SumAnew()
    {
        _sums.BeginAnew();
        for (var i = 0; i < _ring!.Count; i++)
        {
            var (x, y) = (_ring[i][0], _ring[i][1]);
            if (IsPair(x, y))
            {
                _sums.Again(x, y);
            }
        }
    }
}
