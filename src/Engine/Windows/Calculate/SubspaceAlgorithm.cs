using Lockstep.Contracts.Events;
using Lockstep.Engine.Numerics;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>
/// SST: eigenvectors of the covariance. Mean and covariance run: d squared work an event. The eigenvectors are computed from it, d cubed
/// work a result; trackers that step from vector to vector are cheaper, and only near the vectors.
/// </summary>
internal sealed class SubspaceAlgorithm : CalculateAlgorithm
{
    private const double Tiny = 1e-12;
    private readonly InputPlace[] _inputs;
    private readonly SubspaceOutputs _outputs;
    private readonly SymmetricEigen _eigen;
    private readonly ICovariance _covariance;
    private readonly double[] _sample;
    private readonly double[] _matrix;
    private readonly double[] _first;
    private readonly double[] _former;
    private readonly int _principal;
    private readonly double _tolerance;
    private int _rank;
    private bool _hasFirst;

    public SubspaceAlgorithm(AlgorithmSetup setup)
    {
        _inputs = setup.Inputs["inputs"];
        var size = _inputs.Length;
        _principal = setup.Count("maxPrincipal");
        if (size is 0 or > 128 || _principal > size)
        {
            throw new AlgorithmException($"There are {size} inputs; 1 to 128 are allowed, and maxPrincipal ({_principal}) of them at most.");
        }

        _tolerance = setup.Real("eigvalTolCumulative");
        _outputs = new SubspaceOutputs(setup);
        _eigen = new SymmetricEigen(size);
        var length = setup.Count("windowLength");
        _covariance = length > 0
            ? new WindowCovariance(size, length, setup.Hop(length))
            : new FadingCovariance(size, setup.Real("meanForgetFactor"), setup.Real("covForgetFactor"));
        (_sample, _matrix) = (new double[size], new double[size * size]);
        (_first, _former) = (new double[size], new double[size * _principal]);
    }

    public override void Observe(EventBlock block, int row, ResultRows rows)
    {
        for (var i = 0; i < _sample.Length; i++)
        {
            _sample[i] = _inputs[i].Number(block, row);
            if (!double.IsFinite(_sample[i]))
            {
                return;
            }
        }

        foreach (var value in _sample)
        {
            Note(value);
        }

        if (!_covariance.Push(_sample))
        {
            return;
        }

        // From here on the sample is less the mean.
        _covariance.Get(_sample, _matrix);
        var (inside, whole) = Projection();
        _eigen.Compute(_matrix);
        var vectors = _eigen.Vectors.AsSpan();
        var angles = (Change: double.NaN, Absolute: double.NaN);
        if (_hasFirst)
        {
            angles = (Angle(vectors[.._sample.Length], _former), Angle(vectors[.._sample.Length], _first));
        }

        var isKnown = _rank > 0 && whole > 0;
        var outside = Math.Sqrt(Math.Max(0, (whole * whole) - (inside * inside)));
        var projection = isKnown ? Math.Atan2(outside, inside) : double.NaN;
        _rank = Rank();
        if (!_hasFirst && _rank > 0)
        {
            vectors[.._sample.Length].CopyTo(_first);
            _hasFirst = true;
        }

        vectors[.._former.Length].CopyTo(_former);
        _outputs.Write(rows, projection, isKnown ? outside / whole : double.NaN, _rank, vectors[..(_rank * _sample.Length)], angles);
        rows.Emit();
    }

    protected override ulong DigestOfResults() => StateHash.Combine(_covariance.Digest(), (ulong)_rank);

    protected override void Write(SnapshotWriter writer)
    {
        writer.Write(_rank);
        writer.Write(_hasFirst);
        NumberLists.WriteNumbers(writer, _first);
        NumberLists.WriteNumbers(writer, _former);
        _covariance.WriteState(writer);
    }

    protected override void Read(SnapshotReader reader)
    {
        _rank = reader.ReadInt32();
        _hasFirst = reader.ReadBool();
        NumberLists.ReadNumbers(reader, _first);
        NumberLists.ReadNumbers(reader, _former);
        _covariance.ReadState(reader);
        if (_rank < 0 || _rank > _principal)
        {
            throw new SnapshotFormatException("The snapshot is damaged: the rank of a subspace is out of range.");
        }
    }

    private static double Angle(ReadOnlySpan<double> one, ReadOnlySpan<double> other)
    {
        var dot = 0.0;
        for (var i = 0; i < one.Length; i++)
        {
            dot += one[i] * other[i];
        }

        return Math.Acos(Math.Min(1, Math.Abs(dot)));
    }

    // Length of the sample's part in the former subspace, and of the sample.
    private (double Inside, double Whole) Projection()
    {
        var (inside, whole) = (0.0, 0.0);
        foreach (var value in _sample)
        {
            whole += value * value;
        }

        for (var v = 0; v < _rank; v++)
        {
            var dot = 0.0;
            for (var i = 0; i < _sample.Length; i++)
            {
                dot += _former[(v * _sample.Length) + i] * _sample[i];
            }

            inside += dot * dot;
        }

        return (Math.Sqrt(inside), Math.Sqrt(whole));
    }

    private int Rank()
    {
        var values = _eigen.Values;
        var (all, sum) = (0.0, 0.0);
        foreach (var value in values)
        {
            all += Math.Max(0, value);
        }

        var rank = 0;
        while (rank < _principal && values[rank] > all * Tiny && (rank == 0 || sum < _tolerance * all * (1 - Tiny)))
        {
            sum += values[rank++];
        }

        return rank;
    }
}
