using Lockstep.Contracts.Events;
using Lockstep.Engine.Execution;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Functions;

/// <summary>
/// What the functions of one functional window run on: the event at hand and counters that are window state.
/// </summary>
internal sealed class FunctionFrame(int functions)
{
    /// <summary>
    /// What eventCounter() gives for a window's first event. No published result shows it; change it here.
    /// </summary>
    public const long EventCounterStart = 1;

    private readonly Variant[] _results = new Variant[functions];
    private EventBlock? _block;
    private int _row;
    private long _counted;
    private long _eventNumber;
    private ulong _draws;
    private StepTime _time;

    /// <summary>Name of the window the event came from.</summary>
    public string InputName { get; private set; } = "";

    /// <summary>The step's stream time in microseconds.</summary>
    public long Now => _time.StreamTime;

    /// <summary>Number of the event among those counted; deletes are not.</summary>
    public long EventCounter => EventCounterStart + _counted - 1;

    public void Bind(EventBlock block, string inputName, StepTime time)
    {
        _block = block;
        InputName = inputName;
        _time = time;
    }

    /// <summary>Moves to an event; deletes are not counted.</summary>
    public void MoveTo(int row, bool counts)
    {
        _row = row;
        _eventNumber = 0;
        if (counts)
        {
            _counted++;
        }
    }

    /// <summary>Counts events that nothing looks at one by one; gives the number of the first.</summary>
    public long Count(int events)
    {
        _counted += events;
        return EventCounter - events + 1;
    }

    /// <summary>Numbers the calls within one input event, from 0.</summary>
    public long NextEventNumber() => _eventNumber++;

    /// <summary>A number that the step and the calls before it decide: the same on every member of a group.</summary>
    public ulong Draw() => StateHash.Combine(
        StateHash.Combine((ulong)_time.Epoch, (ulong)_time.Sequence), ++_draws);

    public Variant Result(int function) => _results[function];

    public void SetResult(int function, Variant value) => _results[function] = value;

    public Variant Field(int index) => _block!.Columns[index] switch
    {
        Column<long> c => c.IsNull(_row) ? Variant.Null : Variant.Of(c[_row]),
        Column<double> c => c.IsNull(_row) ? Variant.Null : Variant.Of(c[_row]),
        Column<decimal> c => c.IsNull(_row) ? Variant.Null : Variant.Of((double)c[_row]),
        Column<string> c => Variant.Of(c[_row]),
        _ => Variant.Null,
    };

    public ulong Digest() => StateHash.Combine((ulong)_counted, _draws);

    public void WriteState(SnapshotWriter writer)
    {
        writer.Write(_counted);
        writer.Write(_draws);
    }

    public void ReadState(SnapshotReader reader)
    {
        _counted = reader.ReadInt64();
        _draws = reader.ReadUInt64();
    }
}
