using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>Mean and covariance that keep a share of themselves at each sample.</summary>
internal sealed class FadingCovariance(int size, double meanKept, double covarianceKept) : ICovariance
{
    private readonly double[] _mean = new double[size];
    private readonly double[] _matrix = new double[size * size];
    private bool _isStarted;

    public bool Push(ReadOnlySpan<double> sample)
    {
        for (var i = 0; i < size; i++)
        {
            // The first sample is the mean: there is nothing to keep yet.
            _mean[i] = _isStarted ? (meanKept * _mean[i]) + ((1 - meanKept) * sample[i]) : sample[i];
        }

        _isStarted = true;
        for (var i = 0; i < size; i++)
        {
            var distance = (1 - covarianceKept) * (sample[i] - _mean[i]);
            for (var j = 0; j < size; j++)
            {
                _matrix[(i * size) + j] = (covarianceKept * _matrix[(i * size) + j]) + (distance * (sample[j] - _mean[j]));
            }
        }

        return true;
    }

    public void Get(Span<double> sample, Span<double> matrix)
    {
        for (var i = 0; i < size; i++)
        {
            sample[i] -= _mean[i];
        }

        _matrix.CopyTo(matrix);
    }

    public ulong Digest() => StateHash.Combine(BitConverter.DoubleToUInt64Bits(_mean[0]), BitConverter.DoubleToUInt64Bits(_matrix[0]));

    public void WriteState(SnapshotWriter writer)
    {
        writer.Write(_isStarted);
        NumberLists.WriteNumbers(writer, _mean);
        NumberLists.WriteNumbers(writer, _matrix);
    }

    public void ReadState(SnapshotReader reader)
    {
        _isStarted = reader.ReadBool();
        NumberLists.ReadNumbers(reader, _mean);
        NumberLists.ReadNumbers(reader, _matrix);
    }
}
