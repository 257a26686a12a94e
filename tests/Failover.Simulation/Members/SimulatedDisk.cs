namespace Lockstep.Failover.Simulation.Members;

/// <summary>A snapshot in a file. Whether it is damaged shows only when it is read whole.</summary>
internal sealed record Snapshot(JournalCursor Cursor, long JournalOffset, SimulatedEngine Engine, long WrittenAt)
{
    public bool IsDamaged { get; init; }

    public long Sequence => Cursor.Sequence;
}

/// <summary>A member's snapshot folder: outlives its processes.</summary>
internal sealed class SimulatedDisk
{
    public const int Kept = 3;
    private const long SyncTime = 5 * Schedule.Millisecond;
    private readonly List<Snapshot> _snapshots = [];

    public bool IsFull { get; set; }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<Snapshot> Snapshots => _snapshots;

    /// <summary>False: the disk is full, and nothing changed.</summary>
    public bool Write(Snapshot snapshot)
    {
        if (IsFull)
        {
            return false;
        }

        _snapshots.RemoveAll(s => s.Sequence == snapshot.Sequence);
        _snapshots.Add(snapshot);
        _snapshots.Sort((a, b) => b.Sequence.CompareTo(a.Sequence));
        if (_snapshots.Count > Kept)
        {
            _snapshots.RemoveRange(Kept, _snapshots.Count - Kept);
        }

        return true;
    }

    public void Drop(Snapshot snapshot) => _snapshots.Remove(snapshot);

    public void Lose() => _snapshots.Clear();

    public void DamageNewest()
    {
        if (_snapshots.Count > 0)
        {
            _snapshots[0] = _snapshots[0] with { IsDamaged = true };
        }
    }

    /// <summary>The machine's cache is lost with a kill in the middle of a write: the file is torn.</summary>
    public void Crash(long now)
    {
        for (var i = 0; i < _snapshots.Count; i++)
        {
            if (now - _snapshots[i].WrittenAt < SyncTime)
            {
                _snapshots[i] = _snapshots[i] with { IsDamaged = true };
            }
        }
    }
}
