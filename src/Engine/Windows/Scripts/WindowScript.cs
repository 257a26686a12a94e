using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using Lockstep.Engine.State;
using Lockstep.Scripting;

namespace Lockstep.Engine.Windows.Scripts;

/// <summary>
/// The script of a window or snippet with its state. Results are deterministic: time is the step's, random numbers follow from the step and
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
    private readonly ScriptBoard _board;
    private readonly WindowId? _snippet;
    private readonly string _name;
    private readonly SortedSet<string> _listens = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _subscribed = new(StringComparer.Ordinal);
    private readonly Queue<(string Window, string? Query, object? Events)> _early = new();
    private bool _isBeside;
    private bool _saidOmitted;

    /// <summary>Loads the script.</summary>
    /// <param name="language">Its language.</param>
    /// <param name="source">Its code; its name is contquery/window.</param>
    /// <param name="board">What it shares with others.</param>
    /// <param name="snippet">The snippet whose it is; null for a window's.</param>
    /// <exception cref="ScriptException">It has an error.</exception>
    public WindowScript(ScriptLanguage language, ScriptSource source, ScriptBoard board, WindowId? snippet = null)
    {
        _board = board;
        _snippet = snippet;
        _name = source.Name;
        board.Add(this);
        _isLocal = language == ScriptLanguage.Lua;
        _script = ScriptLoader.Load(language, source, _clock, this);
    }

    /// <summary>Takes events that the script injects; null: it can't.</summary>
    public Action<IReadOnlyList<Dictionary<string, object?>>, string?>? Injecting { get; init; }

    /// <inheritdoc/>
    public Schema? InjectSchema { get; init; }

    /// <inheritdoc/>
    public bool IsRunning => _step is not null;

    /// <summary>Names of the properties it listens to.</summary>
    public IReadOnlySet<string> Listens => _listens;

    /// <summary>contquery/window of the windows it subscribes to.</summary>
    public IReadOnlySet<string> Subscribed => _subscribed;

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

    /// <summary>Begins a snippet: one in Python is loaded here, what one in Lua published when it was loaded is published.</summary>
    public void BeginBeside(StepScope step) => Beside(step, () =>
    {
        if (!_isLocal)
        {
            _digest = null;
            _script.Has(ScriptCalls.Changed);
        }

        while (_early.TryDequeue(out var early))
        {
            Publish(early.Window, early.Query, early.Events);
        }
    });

    /// <summary>Calls a function that belongs to no event of a window; an error is reported.</summary>
    public void CallBeside(StepScope step, string function, params object?[] arguments) =>
        Beside(step, () => Call(-1, function, 1, arguments));

    /// <summary>Drops what it published when it was loaded: that was done when the state was made that it has now.</summary>
    public void DropEarly() => _early.Clear();

    /// <summary>Reports what a call for no event of a block came to.</summary>
    public void ReportBadEvent(string message) => _step?.ReportBadEvent(message);

    /// <summary>Ends the script; only for one whose window is not used again.</summary>
    public void Release() => _script.Dispose();

    /// <summary>Hash of its state; taken anew only after calls.</summary>
    public ulong Digest()
    {
        var hash = StateHash.Combine(_clock.Draws, _digest ??= StateHash.Of(SayOmitted(_script.StateDigest())));
        foreach (var name in _listens.Concat(_subscribed))
        {
            hash = StateHash.Combine(hash, StateHash.Of(name));
        }

        return hash;
    }

    public void WriteState(SnapshotWriter writer)
    {
        writer.Write(_clock.Draws);
        WriteNames(writer, _listens);
        WriteNames(writer, _subscribed);
        writer.Write(SayOmitted(_script.SaveState()));
    }

    public void ReadState(SnapshotReader reader)
    {
        _clock.Draws = reader.ReadUInt64();
        ReadNames(reader, _listens);
        ReadNames(reader, _subscribed);
        _board.Resubscribe();
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
        if (Injecting is null || _isBeside)
        {
            throw new ScriptException("Nothing can be injected here; esp_publishAsync reaches source windows.");
        }

        Injecting(ScriptEvents.MapsOf(events), opcode);
        return true;
    }

    /// <inheritdoc/>
    public void Publish(string window, string? query, object? events)
    {
        if (_step is null)
        {
            if (_snippet is null)
            {
                throw new ScriptException("Events can be published once the project runs.");
            }

            _early.Enqueue((window, query, events));
            return;
        }

        _step.Forward(query, window, ScriptEvents.MapsOf(events));
    }

    /// <inheritdoc/>
    public List<object?>? Query(string window, string? query) => _step?.RowsOf(query, window);

    /// <inheritdoc/>
    public object? PropertyOf(string name) => _board.PropertyOf(name);

    /// <inheritdoc/>
    public void SetProperty(string name, object? value) => _board.SetProperty(name, value);

    /// <inheritdoc/>
    public void Listen(string name) => _listens.Add(name);

    /// <inheritdoc/>
    public string Subscribe(string window, string? query, bool? isOn)
    {
        if (_snippet is null)
        {
            throw new ScriptException("Only snippets subscribe: windows get events by their edges.");
        }

        var place = _board.PlaceOf(window, query);
        if (isOn is { } on && (on ? _subscribed.Add(place) : _subscribed.Remove(place)))
        {
            _board.Resubscribe();
        }

        return place;
    }

    private static void WriteNames(SnapshotWriter writer, SortedSet<string> names)
    {
        writer.Write(names.Count);
        foreach (var name in names)
        {
            writer.Write(name);
        }
    }

    private static void ReadNames(SnapshotReader reader, SortedSet<string> names)
    {
        names.Clear();
        var count = reader.ReadCount();
        for (var i = 0; i < count; i++)
        {
            names.Add(reader.ReadText() ?? "");
        }
    }

    private void Beside(StepScope step, Action act)
    {
        step.Current = _snippet ?? step.Plan!.Find(_name);
        Begin(step, null);
        _isBeside = true;
        try
        {
            act();
        }
        catch (ScriptException error)
        {
            step.ReportBadEvent(error.Message);
        }
        finally
        {
            _isBeside = false;
        }
    }

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
