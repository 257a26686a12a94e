using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.State;
using Lockstep.Scripting;

namespace Lockstep.Engine.Windows.Scripts;

/// <summary>
/// The script of a window with its state. Results are deterministic: time is the step's, random numbers follow from the step and
/// their count.
/// </summary>
internal sealed class WindowScript : IScriptHost
{
    private readonly ScriptClock _clock = new();
    private readonly IScript _script;
    private readonly bool _isLocal;
    private StepScope? _step;
    private EventBlock? _block;
    private int _row;
    private ulong? _digest;
    private bool _saidOmitted;

    /// <summary>Loads the script.</summary>
    /// <exception cref="ScriptException">It has an error.</exception>
    public WindowScript(ScriptLanguage language, ScriptSource source)
    {
        _isLocal = language == ScriptLanguage.Lua;
        _script = ScriptLoader.Load(language, source, _clock, this);
    }

    /// <summary>Takes events that the script injects; null: it can't.</summary>
    public Action<IReadOnlyList<Dictionary<string, object?>>, string?>? Injecting { get; init; }

    /// <inheritdoc/>
    public Schema? InjectSchema { get; init; }

    /// <summary>True when it has a function of that name.</summary>
    public bool Has(string function) => _script.Has(function);

    /// <summary>Begins calls within a step.</summary>
    public void Begin(StepScope step, EventBlock? block)
    {
        _step = step;
        _block = block;
        _clock.Set(step.Now, StateHash.Combine((ulong)step.Time.Epoch, (ulong)step.Time.Sequence));
    }

    /// <summary>Calls a function for an event of the block.</summary>
    /// <exception cref="ScriptException">It failed.</exception>
    public object? Call(int row, string function, int results, params object?[] arguments)
    {
        _row = row;
        _digest = null;
        return _script.Call(function, results, arguments);
    }

    /// <summary>Calls a function for each event, by its arguments and its row: at once where each call would be a round trip.</summary>
    /// <returns>A result or a <see cref="ScriptException"/> each.</returns>
    public object?[] CallEach(string function, IReadOnlyList<object?[]> calls, IReadOnlyList<int> rows)
    {
        _digest = null;
        if (!_isLocal)
        {
            _row = -1;
            return _script.CallEach(function, calls);
        }

        var results = new object?[calls.Count];
        for (var i = 0; i < results.Length; i++)
        {
            try
            {
                results[i] = Call(rows[i], function, 1, calls[i]);
            }
            catch (ScriptException error)
            {
                results[i] = error;
            }
        }

        return results;
    }

    /// <summary>Reports what a call for no event of a block came to.</summary>
    public void ReportBadEvent(string message) => _step?.ReportBadEvent(message);

    /// <summary>Ends the script; only for one whose window is not used again.</summary>
    public void Release() => _script.Dispose();

    /// <summary>Hash of its state; taken anew only after calls.</summary>
    public ulong Digest() => StateHash.Combine(_clock.Draws, _digest ??= StateHash.Of(SayOmitted(_script.StateDigest())));

    public void WriteState(SnapshotWriter writer)
    {
        writer.Write(_clock.Draws);
        writer.Write(SayOmitted(_script.SaveState()));
    }

    public void ReadState(SnapshotReader reader)
    {
        _clock.Draws = reader.ReadUInt64();
        var state = reader.ReadBytes() ?? [];
        _digest = null;
        try
        {
            _script.LoadState(state);
        }
        catch (ScriptException error)
        {
            throw new SnapshotFormatException(error.Message, error);
        }
    }

    /// <inheritdoc/>
    public void Log(string level, string message) => _step?.Log(level, message);

    /// <inheritdoc/>
    public object? FieldOf(string name) =>
        _block is { } block && _row >= 0 && block.Schema.IndexOf(name) is >= 0 and var index ? ScriptEvents.ValueOf(block.Columns[index], _row) : null;

    /// <inheritdoc/>
    public bool Inject(object? events, string? opcode)
    {
        if (Injecting is null)
        {
            throw new ScriptException("Nothing can be injected here.");
        }

        Injecting(ScriptEvents.MapsOf(events), opcode);
        return true;
    }

    /// <inheritdoc/>
    public void Publish(string window, string? query, object? events)
    {
        if (_step is null)
        {
            throw new ScriptException("Events can be published once the project runs.");
        }

        _step.Forward(query, window, ScriptEvents.MapsOf(events));
    }

    /// <inheritdoc/>
    public List<object?>? Query(string window, string? query) => _step?.RowsOf(query, window);

    private byte[] SayOmitted(byte[] state)
    {
        if (_script.Omitted is { } omitted && !_saidOmitted)
        {
            _saidOmitted = true;
            _step?.Log("warn", $"The script holds what no snapshot can: {omitted}. After a restore it is nil.");
        }

        return state;
    }
}
