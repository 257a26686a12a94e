using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>
/// An algorithm of a calculate window with what it remembers. Its digest is a running hash of all values it took, and of the few
/// numbers that came of them: constant work an event, however long its window.
/// </summary>
internal abstract class CalculateAlgorithm
{
    private ulong _history;

    /// <summary>True: what later events give takes the place of what earlier ones gave, where the output's key does not tell them apart.</summary>
    public virtual bool RepeatsKeys => false;

    /// <summary>Takes an event and makes the results that follow.</summary>
    /// <param name="block">The block.</param>
    /// <param name="row">The event in it.</param>
    /// <param name="rows">Takes the results.</param>
    public abstract void Observe(EventBlock block, int row, ResultRows rows);

    /// <summary>Hash of all state.</summary>
    public ulong Digest() => StateHash.Combine(_history, DigestOfResults());

    public void WriteState(SnapshotWriter writer)
    {
        writer.Write(_history);
        Write(writer);
    }

    public void ReadState(SnapshotReader reader)
    {
        _history = reader.ReadUInt64();
        Read(reader);
    }

    /// <summary>Hash of numbers that were computed from the values taken; few of them.</summary>
    protected abstract ulong DigestOfResults();

    protected abstract void Write(SnapshotWriter writer);

    protected abstract void Read(SnapshotReader reader);

    /// <summary>Folds a value that was taken into the digest.</summary>
    protected void Note(double value) => _history = StateHash.Combine(_history, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>Folds the hash of a value that was taken into the digest.</summary>
    protected void Note(ulong hash) => _history = StateHash.Combine(_history, hash);
}
