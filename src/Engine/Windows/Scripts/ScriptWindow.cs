using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.State;
using Lockstep.Scripting;

namespace Lockstep.Engine.Windows.Scripts;

/// <summary>What the model says of a script window, resolved.</summary>
/// <param name="Events">Function for each event, or block.</param>
/// <param name="Heartbeat">Function called each <paramref name="Interval"/>; null for none.</param>
/// <param name="Interval">The project's heartbeat in microseconds.</param>
/// <param name="ByBlock">True: called once a block.</param>
/// <param name="InsertsOnly">True: the code never names an opcode and the window keeps no rows, so all that leaves is Insert.</param>
/// <param name="InputNames">Names of the inputs.</param>
/// <param name="Used">By input, indexes of the fields that functions are given.</param>
/// <param name="Forwarding">Source windows that take its events too.</param>
internal sealed record ScriptWindowModel(
    string Events, string? Heartbeat, long Interval, bool ByBlock, bool InsertsOnly, ImmutableArray<string> InputNames,
    ImmutableArray<int[]> Used, ImmutableArray<ForwardingDefinition> Forwarding);

/// <summary>
/// window-lua and window-python: a function gives no event, one or several for each input event. Without rows they are inserts
/// unless the script says otherwise; with rows they go by the input's opcode. The old half of an update is not given to
/// the function: rows know it.
/// </summary>
internal sealed class ScriptWindow : Window
{
    private readonly ScriptWindowModel _model;
    private readonly WindowScript _script;
    private readonly ScriptEmitter _emitter;
    private readonly KeyedRows? _rows;
    private readonly EventBlock _computed;
    private readonly List<(IReadOnlyList<Dictionary<string, object?>> Events, string? Opcode)> _injected = [];
    private long _beats;

    /// <summary>Loads the script.</summary>
    /// <exception cref="ScriptException">It has an error.</exception>
    public ScriptWindow(
        string name, Schema schema, ScriptWindowModel model, ScriptLanguage language, ScriptSource source, ScriptBoard board,
        ScriptEmitter emitter, KeyedRows? rows)
        : base(name, schema)
    {
        _model = model;
        _emitter = emitter;
        _rows = rows;
        _computed = new EventBlock(schema);
        _script = new WindowScript(language, source, board)
        {
            Injecting = (events, opcode) => _injected.Add((events, opcode)),
            InjectSchema = schema,
        };
    }

    /// <summary>True when the script has a function of that name.</summary>
    public bool Has(string function) => _script.Has(function);

    /// <inheritdoc/>
    public override void Process(EventBlock input, int inputIndex, StepScope step)
    {
        _script.Begin(step, input);
        var target = Begin();
        if (_model.ByBlock)
        {
            ProcessBlock(input, inputIndex, target, step);
        }
        else
        {
            ProcessEvents(input, inputIndex, target, step);
        }

        End(step);
    }

    /// <inheritdoc/>
    public override void Tick(StepScope step)
    {
        if (_model.Heartbeat is { } heartbeat && step.StartedAt is { } start && (step.Now - start) / _model.Interval is var due && due > _beats)
        {
            _beats = due;
            _script.Begin(step, null);
            var target = Begin();
            Try(step, "heartbeat", () => Emit(_script.Call(-1, heartbeat, 1, Context("")), target, Opcode.Upsert, null, 0, -1));
            Drain(target, step);
            End(step);
        }

        _rows?.Tick(Output, step);
    }

    /// <inheritdoc/>
    public override long? NextExpiry(StepScope step)
    {
        var rows = _rows?.NextExpiry(step);
        return _model.Heartbeat is null || step.StartedAt is not { } start
            ? rows
            : Math.Min(rows ?? long.MaxValue, start + ((_beats + 1) * _model.Interval));
    }

    /// <inheritdoc/>
    public override WindowState State => WindowState.Variables | KeyedRows.StateOf(_rows);

    /// <inheritdoc/>
    public override KeyedRows? Kept => _rows;

    /// <inheritdoc/>
    public override ulong Digest() =>
        StateHash.Combine(StateHash.Combine(_script.Digest(), (ulong)_beats), _rows?.Digest() ?? 0);

    /// <inheritdoc/>
    public override void WriteState(SnapshotWriter writer)
    {
        writer.Write(_beats);
        _script.WriteState(writer);
        _rows?.WriteState(writer);
    }

    /// <inheritdoc/>
    public override void ReadState(SnapshotReader reader)
    {
        _beats = reader.ReadInt64();
        _script.ReadState(reader);
        _rows?.ReadState(reader);
    }

    /// <inheritdoc/>
    public override void Release() => _script.Release();

    private EventBlock Begin()
    {
        _computed.Clear();
        return _computed;
    }

    private void End(StepScope step)
    {
        if (_computed.Count == 0)
        {
            return;
        }

        if (_rows is null)
        {
            Output.AppendAll(_computed);
        }
        else
        {
            _rows.Apply(_computed, Output, step);
        }

        foreach (var destination in _model.Forwarding)
        {
            step.Forward(destination, _computed);
        }
    }

    private void ProcessEvents(EventBlock input, int inputIndex, EventBlock target, StepScope step)
    {
        var rows = new List<int>(input.Count);
        var calls = new List<object?[]>(input.Count);
        for (var row = 0; row < input.Count; row++)
        {
            if (input.Opcodes[row] != Opcode.Delete || !KeyedRows.IsHalf(input, row))
            {
                rows.Add(row);
                calls.Add([ScriptEvents.ToMap(input, row, _model.Used[inputIndex]), Context(_model.InputNames[inputIndex], input.Opcodes[row])]);
            }
        }

        var results = _script.CallEach(_model.Events, calls, rows);
        for (var i = 0; i < results.Length; i++)
        {
            var (row, result) = (rows[i], results[i]);
            Try(step, EventText.Key(input, row), () => Emit(
                result is ScriptException error ? throw error : result, target, OpcodeOf(input.Opcodes[row]), input, inputIndex, row));
        }

        Drain(target, step);
    }

    private void ProcessBlock(EventBlock input, int inputIndex, EventBlock target, StepScope step)
    {
        var events = new List<object?>(input.Count);
        for (var row = 0; row < input.Count; row++)
        {
            if (input.Opcodes[row] != Opcode.Delete || !KeyedRows.IsHalf(input, row))
            {
                events.Add(ScriptEvents.ToMap(input, row, _model.Used[inputIndex]));
            }
        }

        Try(step, "block", () => Emit(
            _script.Call(-1, _model.Events, 1, events, Context(_model.InputNames[inputIndex])), target, Opcode.Insert, null, 0, -1));
        Drain(target, step);
    }

    private void Emit(object? result, EventBlock target, Opcode opcode, EventBlock? input, int inputIndex, int row)
    {
        foreach (var values in ScriptEvents.MapsOf(result))
        {
            var own = values.TryGetValue(ScriptEvents.OpcodeKey, out var named) && named is not null
                ? ScriptEvents.OpcodeOf(ScriptText.Of(named)) : _rows is null ? Opcode.Insert : opcode;
            if (own != Opcode.Insert && _model.InsertsOnly)
            {
                throw new ScriptException($"The opcode {own} is set by code that does not name '{ScriptEvents.OpcodeKey}'.");
            }

            _emitter.Append(target, values, own, input, inputIndex, row);
        }
    }

    private void Drain(EventBlock target, StepScope step)
    {
        foreach (var (events, opcode) in _injected)
        {
            foreach (var values in events)
            {
                if (opcode is not null)
                {
                    values.TryAdd(ScriptEvents.OpcodeKey, opcode);
                }

                Try(step, "injected event", () => Emit(values, target, Opcode.Upsert, null, 0, -1));
            }
        }

        _injected.Clear();
    }

    private static void Try(StepScope step, string what, Action act)
    {
        try
        {
            act();
        }
        catch (ScriptException error)
        {
            step.ReportBadEvent($"{error.Message} Dropped: {what}.");
        }
    }

    // A delete need not find its row: the function may have given nothing for its insert.
    private static Opcode OpcodeOf(Opcode input) => input switch
    {
        Opcode.UpdateBlock => Opcode.Upsert,
        Opcode.Delete => Opcode.SafeDelete,
        _ => input,
    };

    private Dictionary<string, object?> Context(string input, Opcode? opcode = null)
    {
        var context = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["input"] = input,
            ["window"] = Name[(Name.IndexOf('/', StringComparison.Ordinal) + 1)..],
            ["query"] = Name[..Math.Max(Name.IndexOf('/', StringComparison.Ordinal), 0)],
        };
        if (opcode is { } known)
        {
            context["opcode"] = ScriptEvents.WordOf(known);
        }

        return context;
    }
}
