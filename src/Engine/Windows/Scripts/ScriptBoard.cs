using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.State;
using Lockstep.Scripting;

namespace Lockstep.Engine.Windows.Scripts;

/// <summary>
/// What the scripts of a project share: properties, and who is told of what. Who listens or subscribes is called once the evaluation
/// at hand has ended, in the order of causes and then of scripts in the model.
/// </summary>
internal sealed class ScriptBoard
{
    private readonly SortedDictionary<string, object?> _properties = new(StringComparer.Ordinal);
    private readonly List<WindowScript> _scripts = [];
    private readonly Queue<(WindowScript Script, string Function, object?[] Arguments)> _calls = new();
    private readonly ImmutableArray<string> _windows;
    private Dictionary<string, WindowScript[]>? _subscribers;
    private bool _hasBegun;

    public ScriptBoard(ProjectDefinition project) =>
        _windows = [.. project.ContinuousQueries.SelectMany(q => q.Windows.Select(w => $"{q.Name}/{w.Name}"))];

    /// <summary>The snippets that run beside the windows, in the order of the model.</summary>
    public ImmutableArray<Snippet> Snippets { get; set; } = [];

    /// <summary>Called at the begin of each evaluation: the first one begins the snippets.</summary>
    public void Begin(StepScope step)
    {
        _hasBegun = true;
        foreach (var snippet in Snippets)
        {
            snippet.Begin(step);
        }
    }

    /// <summary>Joins a script that is being loaded.</summary>
    public void Add(WindowScript script) => _scripts.Add(script);

    public object? PropertyOf(string name) => _properties.GetValueOrDefault(name);

    public void SetProperty(string name, object? value)
    {
        var old = PropertyOf(name);
        if (value is null)
        {
            _properties.Remove(name);
        }
        else
        {
            _properties[name] = value;
        }

        if (ScriptValues.AreEqual(old, value))
        {
            return;
        }

        foreach (var script in _scripts.Where(s => s.Listens.Contains(name)))
        {
            _calls.Enqueue((script, ScriptCalls.Changed, [name, value, old]));
        }
    }

    /// <summary>contquery/window of a window.</summary>
    /// <exception cref="ScriptException">There is none.</exception>
    public string PlaceOf(string window, string? query) =>
        _windows.FirstOrDefault(w => query is null ? w.AsSpan(w.IndexOf('/', StringComparison.Ordinal) + 1).SequenceEqual(window) : w == $"{query}/{window}")
            ?? throw new ScriptException($"There is no window '{(query is null ? window : $"{query}/{window}")}' to subscribe to.");

    /// <summary>Who subscribes to what has changed.</summary>
    public void Resubscribe() => _subscribers = null;

    /// <summary>A window has put events out: those that subscribe to it are called later.</summary>
    public void Emitted(string window, EventBlock events)
    {
        _subscribers ??= _scripts.SelectMany(s => s.Subscribed.Select(w => (Window: w, Script: s)))
            .GroupBy(s => s.Window).ToDictionary(g => g.Key, g => g.Select(s => s.Script).ToArray(), StringComparer.Ordinal);
        if (_subscribers.Count == 0 || !_subscribers.TryGetValue(window, out var scripts))
        {
            return;
        }

        foreach (var script in scripts)
        {
            var parts = window.Split('/');
            var context = new Dictionary<string, object?>(StringComparer.Ordinal) { ["query"] = parts[0], ["window"] = parts[1] };
            _calls.Enqueue((script, ScriptCalls.Deliver, [window, ScriptEvents.ListOf(events), context]));
        }
    }

    /// <summary>Calls that wait.</summary>
    public int CallCount => _calls.Count;

    /// <summary>Makes the next call that waits; false: none does.</summary>
    public bool CallNext(StepScope step)
    {
        if (!_calls.TryDequeue(out var call))
        {
            return false;
        }

        call.Script.CallBeside(step, call.Function, call.Arguments);
        return true;
    }

    /// <summary>Drops the calls that wait; gives how many.</summary>
    public int DropCalls()
    {
        var count = _calls.Count;
        _calls.Clear();
        return count;
    }

    /// <summary>Hash of properties and snippets, joined to one of what the project holds beside; that itself when there are none.</summary>
    public ulong Digest(ulong others)
    {
        var hash = others;
        foreach (var (name, value) in _properties)
        {
            hash = StateHash.Combine(StateHash.Combine(hash, StateHash.Of(name)), StateHash.Of(ScriptValues.ToBytes(value)));
        }

        foreach (var snippet in Snippets)
        {
            hash = StateHash.Combine(hash, snippet.Digest());
        }

        return hash;
    }

    public void WriteState(SnapshotWriter writer)
    {
        writer.Write(_hasBegun);
        writer.Write(_properties.Count);
        foreach (var (name, value) in _properties)
        {
            writer.Write(name);
            writer.Write(ScriptValues.ToBytes(value));
        }

        writer.Write(Snippets.Length);
        foreach (var snippet in Snippets)
        {
            writer.Write(snippet.Name);
            snippet.WriteState(writer);
        }
    }

    /// <summary>Reads state; what scripts did to others when they were loaded here was done when the state was made.</summary>
    public void ReadState(SnapshotReader reader)
    {
        _hasBegun = reader.ReadBool();
        ReadProperties(reader);
        var count = reader.ReadCount();
        if (count != Snippets.Length)
        {
            throw new SnapshotFormatException($"The snapshot is of another model: it holds {count} snippets, the model {Snippets.Length}.");
        }

        foreach (var snippet in Snippets)
        {
            if (reader.ReadText() is var name && name != snippet.Name)
            {
                throw new SnapshotFormatException($"The snapshot is of another model: it holds '{name}' where the model has '{snippet.Name}'.");
            }

            snippet.ReadState(reader);
        }

        if (_hasBegun)
        {
            DropCalls();
        }

        Resubscribe();
    }

    /// <summary>Takes over the properties of a former version, and the state of snippets whose code is the same.</summary>
    public void TakeOver(ScriptBoard former)
    {
        _properties.Clear();
        foreach (var (name, value) in former._properties)
        {
            _properties[name] = value;
        }

        foreach (var snippet in Snippets)
        {
            if (former.Snippets.FirstOrDefault(f => f.IsSameAs(snippet)) is { } old)
            {
                StateCopy.Of(old.WriteState, snippet.ReadState);
            }
        }

        DropCalls();
        Resubscribe();
    }

    private void ReadProperties(SnapshotReader reader)
    {
        _properties.Clear();
        var count = reader.ReadCount();
        for (var i = 0; i < count; i++)
        {
            var name = reader.ReadText() ?? "";
            try
            {
                _properties[name] = ScriptValues.FromBytes(reader.ReadBytes() ?? []);
            }
            catch (InvalidDataException damaged)
            {
                throw new SnapshotFormatException($"Property '{name}' of scripts can't be read: {damaged.Message}", damaged);
            }
        }
    }
}
