using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using Lockstep.Engine.State;
using Lockstep.Scripting;

namespace Lockstep.Engine.Windows.Scripts;

/// <summary>
/// lua-snippet and python-snippet: code beside the windows. Its threads are functions that are called as stream time goes, counted
/// from the project's first step, once however many intervals have passed: so every member calls them in the same steps.
/// </summary>
internal sealed class Snippet
{
    private readonly ScriptModuleDefinition _definition;
    private readonly WindowScript _script;
    private readonly string _code;
    private readonly long[] _calls;
    private bool _hasBegun;

    /// <summary>Loads the script.</summary>
    /// <exception cref="ScriptException">It has an error.</exception>
    /// <exception cref="IOException">Its file can't be read, or is not granted.</exception>
    /// <exception cref="UnauthorizedAccessException">Its file may not be read.</exception>
    public Snippet(ProjectDefinition project, ScriptModuleDefinition definition, int index, ScriptBoard board)
    {
        _definition = definition;
        _calls = new long[definition.Threads.Length];
        Name = NameOf(definition);
        Id = WindowId.OfSnippet(index);
        var script = new ScriptDefinition(definition.Language, definition.Code) { Init = definition.Init, File = definition.File };
        var source = ScriptLoader.SourceOf(project, Name, script);
        _code = source.Code;
        _script = new WindowScript(definition.Language, source, board, Id);
    }

    /// <summary><c>lua-snippet NAME</c>, as reports name it.</summary>
    public string Name { get; }

    /// <summary>How reports name it without text.</summary>
    public WindowId Id { get; }

    public static string NameOf(ScriptModuleDefinition definition) =>
        $"{(definition.Language == ScriptLanguage.Lua ? "lua" : "python")}-snippet {definition.Name}";

    /// <summary>True when the script has a function of that name.</summary>
    public bool Has(string function) => _script.Has(function);

    /// <summary>Called at the begin of each evaluation: the first one begins it.</summary>
    public void Begin(StepScope step)
    {
        if (!_hasBegun)
        {
            _hasBegun = true;
            _script.BeginBeside(step);
        }
    }

    /// <summary>Calls the functions that are due.</summary>
    public void Tick(StepScope step)
    {
        for (var i = 0; i < _calls.Length; i++)
        {
            var thread = _definition.Threads[i];
            var due = DueCalls(thread, step);
            if (due > _calls[i])
            {
                _calls[i] = due;
                _script.CallBeside(step, thread.Function);
            }
        }
    }

    /// <summary>When <see cref="Tick"/> next has something to do; null for never.</summary>
    public long? NextExpiry(StepScope step)
    {
        if (step.StartedAt is not { } start)
        {
            return null;
        }

        long? next = _hasBegun ? null : start;
        for (var i = 0; i < _calls.Length; i++)
        {
            long? due = _definition.Threads[i].Interval is { } interval ? start + ((_calls[i] + 1) * MicrosecondsOf(interval))
                : _calls[i] == 0 ? start : null;
            next = due is { } at && !(at >= next) ? at : next;
        }

        return next;
    }

    /// <summary>The project ends.</summary>
    public void End(StepScope step)
    {
        if (_hasBegun && _definition.Destroy is { } destroy)
        {
            _script.CallBeside(step, destroy);
        }
    }

    /// <summary>True when it has the code and the functions of another one, so that the state of one fits the other.</summary>
    public bool IsSameAs(Snippet other) => Name == other.Name && _code == other._code
        && _definition.Init == other._definition.Init && _definition.Threads.SequenceEqual(other._definition.Threads);

    public ulong Digest()
    {
        var hash = StateHash.Combine(_script.Digest(), _hasBegun ? 1UL : 0);
        foreach (var calls in _calls)
        {
            hash = StateHash.Combine(hash, (ulong)calls);
        }

        return hash;
    }

    public void WriteState(SnapshotWriter writer)
    {
        writer.Write(_hasBegun);
        foreach (var calls in _calls)
        {
            writer.Write(calls);
        }

        _script.WriteState(writer);
    }

    public void ReadState(SnapshotReader reader)
    {
        _hasBegun = reader.ReadBool();
        for (var i = 0; i < _calls.Length; i++)
        {
            _calls[i] = reader.ReadInt64();
        }

        _script.ReadState(reader);
        if (_hasBegun)
        {
            _script.DropEarly();
        }
    }

    public void Release() => _script.Release();

    private static long DueCalls(SnippetThreadDefinition thread, StepScope step) =>
        thread.Interval is { } interval ? (step.Now - step.StartedAt!.Value) / MicrosecondsOf(interval) : 1;

    private static long MicrosecondsOf(TimeSpan interval) => Math.Max(interval.Ticks / TimeSpan.TicksPerMicrosecond, 1);
}
