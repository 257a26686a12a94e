using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Counter;

/// <summary>What a counter window's model comes to.</summary>
/// <param name="Names">Names of the windows in front of it, each once.</param>
/// <param name="CounterOf">By edge: the index of its window's name.</param>
/// <param name="Interval">Count interval in microseconds.</param>
/// <param name="Clear">Clear interval in microseconds; null for never.</param>
internal sealed record CounterModel(string[] Names, int[] CounterOf, long Interval, long? Clear);

/// <summary>
/// window-counter: counts the events of each window in front of it; an update block with its delete is one. An interval begins
/// with the first event after the last interval; when it is over one row leaves for each window that gave events in it.
/// Times are stream time. With rows a window's row is inserted, then updated; without, each is an Insert.
/// </summary>
internal sealed class CounterWindow(string name, Schema schema, CounterModel model, KeyedRows? rows) : Window(name, schema)
{
    private const long NotBegun = long.MinValue;
    private const double MicrosecondsPerSecond = 1_000_000;
    private readonly Counter[] _counters = new Counter[model.Names.Length];
    private readonly EventBlock _made = new(schema);
    private long _begin = NotBegun;

    /// <inheritdoc/>
    public override WindowState State => WindowState.Running | KeyedRows.StateOf(rows);

    /// <inheritdoc/>
    public override KeyedRows? Kept => rows;

    /// <inheritdoc/>
    public override void Process(EventBlock input, int inputIndex, StepScope step)
    {
        // Events at or after the end of an interval belong to the next one, also when no tick came between.
        Tick(step);
        ref var counter = ref _counters[model.CounterOf[inputIndex]];
        if (counter.Total == 0 || step.Now - counter.Last >= model.Clear)
        {
            counter.Total = 0;
            counter.Since = step.Now;
        }

        var count = Count(input);
        counter.Total += count;
        counter.InInterval += count;
        counter.Last = step.Now;
        _begin = _begin == NotBegun ? step.Now : _begin;
    }

    /// <inheritdoc/>
    public override void Tick(StepScope step)
    {
        if (_begin == NotBegun || step.Now - _begin < model.Interval)
        {
            return;
        }

        _made.Clear();
        for (var i = 0; i < _counters.Length; i++)
        {
            if (_counters[i].InInterval > 0)
            {
                Write(model.Names[i], in _counters[i], rows is null ? Output : _made, step.Now);
                _counters[i].InInterval = 0;
            }
        }

        rows?.Apply(_made, Output, step);
        _begin = NotBegun;
    }

    /// <inheritdoc/>
    public override long? NextExpiry(StepScope step) => _begin == NotBegun ? null : _begin + model.Interval;

    /// <inheritdoc/>
    public override ulong Digest()
    {
        var hash = StateHash.Combine((ulong)_begin, rows?.Digest() ?? 0);
        foreach (ref readonly var counter in _counters.AsSpan())
        {
            hash = StateHash.Combine(StateHash.Combine(hash, (ulong)counter.Total), (ulong)counter.InInterval);
            hash = StateHash.Combine(StateHash.Combine(hash, (ulong)counter.Since), (ulong)counter.Last);
        }

        return hash;
    }

    /// <inheritdoc/>
    public override void WriteState(SnapshotWriter writer)
    {
        writer.Write(_begin);
        foreach (ref readonly var counter in _counters.AsSpan())
        {
            writer.Write(counter.Total);
            writer.Write(counter.InInterval);
            writer.Write(counter.Since);
            writer.Write(counter.Last);
        }

        rows?.WriteState(writer);
    }

    /// <inheritdoc/>
    public override void ReadState(SnapshotReader reader)
    {
        _begin = reader.ReadInt64();
        foreach (ref var counter in _counters.AsSpan())
        {
            counter.Total = reader.ReadInt64();
            counter.InInterval = reader.ReadInt64();
            counter.Since = reader.ReadInt64();
            counter.Last = reader.ReadInt64();
        }

        rows?.ReadState(reader);
    }

    private static int Count(EventBlock input)
    {
        var count = input.Count;
        for (var row = 0; row < input.Count; row++)
        {
            count -= input.Opcodes[row] == Opcode.UpdateBlock && KeyedRows.IsPair(input, row) ? 1 : 0;
        }

        return count;
    }

    private void Write(string input, in Counter counter, EventBlock target, long now)
    {
        ((Column<string>)target.Columns[0]).Append(input);
        Write(target, 1, counter.Total, now - counter.Since);
        Write(target, 4, counter.InInterval, now - _begin);
        target.Append(rows is null ? Opcode.Insert : Opcode.Upsert);
    }

    private static void Write(EventBlock target, int column, long count, long microseconds)
    {
        var seconds = microseconds / MicrosecondsPerSecond;
        target.ColumnOf<long>(column).Append(count);
        target.ColumnOf<double>(column + 1).Append(seconds);
        target.ColumnOf<double>(column + 2).Append(count / seconds);
    }

    private struct Counter
    {
        public long Total;
        public long InInterval;
        public long Since;
        public long Last;
    }
}
