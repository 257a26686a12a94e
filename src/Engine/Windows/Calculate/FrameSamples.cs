using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>
/// Cuts a series into frames: one is complete with its last sample, the next begins a hop later. A frame is transformed as a
/// whole, once a hop: a transform that slides from sample to sample would cost each sample every bin, and let rounding build up.
/// </summary>
internal sealed class FrameSamples
{
    private readonly ValueRing _ring;
    private readonly int _length;
    private readonly int _hop;

    public FrameSamples(AlgorithmSetup setup, int length)
    {
        (_length, _hop) = (length, setup.Hop(length));
        _ring = new ValueRing(1, length);
    }

    /// <summary>Adds a sample.</summary>
    /// <returns>True when it completes a frame.</returns>
    public bool Push(double sample)
    {
        _ring.Push(sample);
        return _ring.Seen >= _length && (_ring.Seen - _length) % _hop == 0;
    }

    /// <summary>Copies the frame, oldest sample first.</summary>
    public void CopyTo(Span<double> target) => _ring.CopyTo(target);

    public ulong Digest() => (ulong)_ring.Seen;

    public void WriteState(SnapshotWriter writer) => _ring.WriteState(writer);

    public void ReadState(SnapshotReader reader) => _ring.ReadState(reader);
}
