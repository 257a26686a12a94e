using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>A running mean and covariance of samples.</summary>
internal interface ICovariance
{
    /// <summary>Adds a sample.</summary>
    /// <returns>True when a result is due.</returns>
    bool Push(ReadOnlySpan<double> sample);

    /// <summary>Takes the mean off the newest sample and writes the covariance, row by row.</summary>
    void Get(Span<double> sample, Span<double> matrix);

    ulong Digest();

    void WriteState(SnapshotWriter writer);

    void ReadState(SnapshotReader reader);
}
