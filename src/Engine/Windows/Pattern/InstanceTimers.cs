using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Pattern;

/// <summary>
/// The running timers of a pattern's instances: for each timed operator a list in the order in which they were started. The clock
/// never goes back and an operator's limit is one, so a list is in the order of its deadlines.
/// </summary>
internal sealed class InstanceTimers(int timers)
{
    private const int None = -1;
    private readonly int[] _first = All(timers);
    private readonly int[] _last = All(timers);

    // By slot and timer; a deadline of 0 that is not linked means that the timer stands.
    private long[] _deadlines = [];
    private int[] _next = [];
    private int[] _previous = [];
    private bool[] _runs = [];

    public void Resize(int capacity)
    {
        Array.Resize(ref _deadlines, capacity * timers);
        Array.Resize(ref _next, capacity * timers);
        Array.Resize(ref _previous, capacity * timers);
        Array.Resize(ref _runs, capacity * timers);
    }

    /// <summary>The timer whose deadline is nearest, with its slot; of equal ones the first operator's; false: none runs.</summary>
    public bool TryPeek(out int timer, out int slot, out long deadline)
    {
        (timer, slot, deadline) = (None, None, long.MaxValue);
        for (var i = 0; i < timers; i++)
        {
            if (_first[i] != None && (timer == None || _deadlines[At(i, _first[i])] < deadline))
            {
                (timer, slot, deadline) = (i, _first[i], _deadlines[At(i, _first[i])]);
            }
        }

        return timer != None;
    }

    public void Arm(int timer, int slot, long deadline)
    {
        Disarm(timer, slot);
        var at = At(timer, slot);
        var last = _last[timer];
        (_deadlines[at], _runs[at], _previous[at], _next[at]) = (deadline, true, last, None);
        if (last == None)
        {
            _first[timer] = slot;
        }
        else
        {
            _next[At(timer, last)] = slot;
        }

        _last[timer] = slot;
    }

    /// <summary>Stops a timer; false: it did not run.</summary>
    public bool Disarm(int timer, int slot)
    {
        var at = At(timer, slot);
        if (!_runs[at])
        {
            return false;
        }

        var (previous, next) = (_previous[at], _next[at]);
        if (previous == None)
        {
            _first[timer] = next;
        }
        else
        {
            _next[At(timer, previous)] = next;
        }

        if (next == None)
        {
            _last[timer] = previous;
        }
        else
        {
            _previous[At(timer, next)] = previous;
        }

        (_deadlines[at], _runs[at]) = (0, false);
        return true;
    }

    public void DisarmAll(int slot)
    {
        for (var timer = 0; timer < timers; timer++)
        {
            Disarm(timer, slot);
        }
    }

    public ulong Hash(int slot, ulong hash)
    {
        for (var timer = 0; timer < timers; timer++)
        {
            var at = At(timer, slot);
            hash = StateHash.Combine(hash, _runs[at] ? (ulong)_deadlines[at] : StateHash.Null);
        }

        return hash;
    }

    /// <summary>Writes the lists.</summary>
    /// <param name="writer">Takes them.</param>
    /// <param name="numbers">By slot: the number by which the snapshot names it.</param>
    public void Write(SnapshotWriter writer, int[] numbers)
    {
        for (var timer = 0; timer < timers; timer++)
        {
            for (var slot = _first[timer]; slot != None; slot = _next[At(timer, slot)])
            {
                writer.Write(numbers[slot]);
                writer.Write(_deadlines[At(timer, slot)]);
            }

            writer.Write(None);
        }
    }

    /// <summary>Reads the lists of instances that lie in the slots 0 to count - 1, by their numbers.</summary>
    public void Read(SnapshotReader reader, int count)
    {
        for (var timer = 0; timer < timers; timer++)
        {
            for (var slot = reader.ReadInt32(); slot != None; slot = reader.ReadInt32())
            {
                if ((uint)slot >= (uint)count || _runs[At(timer, slot)])
                {
                    throw new SnapshotFormatException("The snapshot is damaged: a timer is of no instance, or twice of one.");
                }

                Arm(timer, slot, reader.ReadInt64());
            }
        }
    }

    private int At(int timer, int slot) => (slot * timers) + timer;

    private static int[] All(int count)
    {
        var slots = new int[count];
        slots.AsSpan().Fill(None);
        return slots;
    }
}
