using Lockstep.Contracts.Events;

namespace Lockstep.Engine.Benchmarks;

/// <summary>
/// What the aggregate's graph computes, as a plain loop: a ring of the last events, and by key a number, a sum, and queues of values
/// that no later one outdoes for minimum and maximum. One row of results an event; no update blocks, nothing is kept by key of events.
/// </summary>
/// <param name="window">Events of the ring.</param>
/// <param name="keys">Most keys there are.</param>
internal sealed class AggregateLoop(int window, int keys)
{
    // Events of one key in the ring, at most; a power of two.
    private const int Room = 256;
    private readonly Dictionary<string, int> _groups = new(StringComparer.Ordinal);
    private readonly int[] _ringGroups = new int[window];
    private readonly double[] _ringValues = new double[window];
    private readonly long[] _counts = new long[keys];
    private readonly double[] _sums = new double[keys];
    private readonly Extremes _least = new(keys, 1);
    private readonly Extremes _most = new(keys, -1);
    private readonly (long Count, double Sum, double Mean, double Min, double Max)[] _results = new (long, double, double, double, double)[512];
    private long _seen;

    /// <summary>Takes the events of blocks with a key in field 1 and a value in field 2; gives the last minimum.</summary>
    public double Run(EventBlock[] blocks)
    {
        foreach (var block in blocks)
        {
            var names = block.ColumnOf<string>(1).Values;
            var values = block.ColumnOf<double>(2).Values;
            for (var i = 0; i < names.Length; i++)
            {
                _results[i] = Take(names[i], values[i]);
            }
        }

        return _results[0].Min;
    }

    private (long Count, double Sum, double Mean, double Min, double Max) Take(string name, double value)
    {
        if (!_groups.TryGetValue(name, out var group))
        {
            group = _groups.Count;
            _groups.Add(name, group);
        }

        var at = (int)(_seen % window);
        if (_seen >= window)
        {
            var old = _ringGroups[at];
            _counts[old]--;
            _sums[old] -= _ringValues[at];
            _least.Leave(old, _seen - window);
            _most.Leave(old, _seen - window);
        }

        (_ringGroups[at], _ringValues[at]) = (group, value);
        _least.Enter(group, _seen, value);
        _most.Enter(group, _seen, value);
        _seen++;
        var (count, sum) = (++_counts[group], _sums[group] += value);
        return (count, sum, sum / count, _least.Best(group), _most.Best(group));
    }

    private sealed class Extremes(int keys, int sign)
    {
        private readonly (double Value, long At)[] _queue = new (double, long)[keys * Room];
        private readonly int[] _first = new int[keys];
        private readonly int[] _end = new int[keys];

        public double Best(int group) => _queue[(group * Room) + (_first[group] & (Room - 1))].Value * sign;

        public void Enter(int group, long at, double value)
        {
            var (start, end) = (group * Room, _end[group]);
            while (end != _first[group] && _queue[start + ((end - 1) & (Room - 1))].Value >= value * sign)
            {
                end--;
            }

            _queue[start + (end & (Room - 1))] = (value * sign, at);
            _end[group] = end + 1;
        }

        public void Leave(int group, long at)
        {
            if (_first[group] != _end[group] && _queue[(group * Room) + (_first[group] & (Room - 1))].At == at)
            {
                _first[group]++;
            }
        }
    }
}
