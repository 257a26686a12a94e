using System.Collections.Immutable;
using Lockstep.Contracts.Projects;

namespace Lockstep.Scripting.Python;

/// <summary>A Python script, run by a child that starts at the first call. Not thread safe.</summary>
public sealed class PythonScript(ScriptSource source, ScriptClock clock, IScriptHost host) : IScript
{
    private readonly ScriptApi _api = new(source, clock, host);
    private PythonProcess? _process;
    private byte[]? _restored;
    private string? _problem;

    /// <inheritdoc/>
    public string? Omitted { get; private set; }

    /// <inheritdoc/>
    public bool Has(string function) => Ask("has", ("name", function)) is true;

    /// <inheritdoc/>
    public object? Call(string function, int results, params object?[] arguments)
    {
        var result = CallEach(function, [arguments])[0];
        return result is ScriptException error ? throw error : results == 1 || result is List<object?> ? result : new List<object?> { result };
    }

    /// <inheritdoc/>
    public object?[] CallEach(string function, IReadOnlyList<object?[]> calls)
    {
        try
        {
            return Results(Ask("call", ("name", function), ("calls", calls.Cast<object?>().ToList())));
        }
        catch (ScriptException error)
        {
            return [.. calls.Select(_ => (object?)error)];
        }
    }

    /// <inheritdoc/>
    public byte[] SaveState()
    {
        if (_process is null || _problem is not null)
        {
            return _restored ?? [];
        }

        var (state, _) = Save(full: true);
        return state;
    }

    /// <inheritdoc/>
    public byte[] StateDigest()
    {
        // A script that was never called has the state of its code; starting it for that would cost each idle window a process.
        // One that does not load has none: each call says why.
        if (_problem is not null || (_process is null && _restored is null))
        {
            return [];
        }

        Start();
        return Save(full: false).Mark;
    }

    /// <inheritdoc/>
    public void LoadState(byte[] state) => _restored = state.Length > 0 ? state : null;

    /// <inheritdoc/>
    public void Dispose() => _process?.Dispose();

    /// <summary>The first message to a child: what it may do.</summary>
    internal static Dictionary<string, object?> StartOf(
        ScriptGrants grants, bool isReal, ImmutableSortedDictionary<string, string> modules) => new(StringComparer.Ordinal)
        {
            ["memory"] = (long)grants.MemoryMb + InterpreterMb,
            ["own"] = (long)grants.MemoryMb + LibrariesMb,
            ["seconds"] = grants.PythonTimeout.TotalSeconds,
            ["files"] = grants.Files,
            ["network"] = grants.Network,
            ["real"] = isReal,
            ["modules"] = modules.ToDictionary(m => m.Key, m => (object?)m.Value, StringComparer.Ordinal),
        };

    private static object?[] Results(object? answer) => [.. ((List<object?>)answer!).Select(ResultOf)];

    private static object? ResultOf(object? item) => item is not List<object?> { Count: 2 } parts ? new ScriptException("It gave no result.")
        : parts[0] is true ? parts[1] : new ScriptException(parts[1] as string ?? "It failed.");

    private (byte[] State, byte[] Mark) Save(bool full)
    {
        try
        {
            if (Ask("save", ("full", full)) is List<object?> { Count: 3 } parts && parts[0] is byte[] state && parts[1] is byte[] mark)
            {
                Omitted = parts[2] as string;
                return (state, mark);
            }
        }
        catch (ScriptException error)
        {
            throw new ScriptProcessException($"The Python process of '{source.Name}' gave no state: {error.Message}", error);
        }

        throw new ScriptProcessException($"The Python process of '{source.Name}' gave no state.");
    }

    private void Start()
    {
        if (_process is not null)
        {
            if (_problem is not null)
            {
                throw new ScriptException(_problem);
            }

            return;
        }

        _process = new PythonProcess(source.Name, source.Grants);
        _process.Send(StartOf(source.Grants, source.IsReal, source.Modules));
        var code = new List<object?>();
        foreach (var name in source.Required)
        {
            code.Add(new object?[] { name, source.ModuleOf(name) ?? throw new ScriptException($"There is no module '{name}'.") });
        }

        code.Add(new object?[] { source.Name, source.Code });
        try
        {
            _api.IsRepeat = _restored is not null;
            Exchange("load", ("code", code), ("init", source.Init), ("seed", source.Seed));
            if (_restored is { } state)
            {
                Exchange("restore", ("state", state));
                _restored = null;
            }

            _api.IsRepeat = false;
        }
        catch (ScriptException error)
        {
            if (_restored is not null)
            {
                throw new ScriptProcessException($"The Python of '{source.Name}' did not take its state back: {error.Message}", error);
            }

            _problem = error.Message;
            throw;
        }
    }

    // What the interpreter maps before any code of a model: counted in address space, most of it never touched.
    private const int InterpreterMb = 1024;

    // What libraries that a model imports take of memory for themselves.
    private const int LibrariesMb = 128;

    private object? Ask(string what, params ReadOnlySpan<(string Key, object? Value)> more)
    {
        Start();
        return Exchange(what, more);
    }

    private object? Exchange(string what, params ReadOnlySpan<(string Key, object? Value)> more)
    {
        var request = new Dictionary<string, object?>(StringComparer.Ordinal) { ["do"] = what, ["now"] = clock.Now };
        foreach (var (key, value) in more)
        {
            request[key] = value;
        }

        _process!.Send(request);
        while (true)
        {
            var answer = _process.Receive() as Dictionary<string, object?>
                ?? throw new ScriptProcessException($"The Python process of '{source.Name}' answered with something else.");
            if (answer.TryGetValue("ask", out var name))
            {
                _process.Send(new Dictionary<string, object?>(StringComparer.Ordinal) { ["answer"] = Answer(name, answer["arguments"]) });
                continue;
            }

            foreach (var line in answer.GetValueOrDefault("log") as List<object?> ?? [])
            {
                var parts = (List<object?>)line!;
                host.Log(parts[0] as string ?? "info", ScriptText.Of(parts[1]));
            }

            return answer.TryGetValue("error", out var error) ? throw new ScriptException(ScriptText.Of(error)) : answer["result"];
        }
    }

    private object?[] Answer(object? name, object? arguments)
    {
        try
        {
            return [true, _api.Invoke(ScriptText.Of(name), [.. (List<object?>)arguments!])];
        }
        catch (ScriptException error)
        {
            return [false, error.Message];
        }
    }
}
