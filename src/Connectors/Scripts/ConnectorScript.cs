using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Lockstep.Contracts.Events;
using Lockstep.Scripting;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Scripts;

/// <summary>
/// The script of a connector: it sees the real clock and true chance, and has properties of its own, since those of the project are
/// the engine's thread's. One thread at a time.
/// </summary>
internal sealed class ConnectorScript : IScriptHost, IDisposable
{
    private readonly ScriptClock _clock = new();
    private readonly ConnectorContext _context;
    private readonly ScriptConnectorOptions _options;
    private readonly Func<object?, string?, bool>? _inject;
    private readonly ILogger _logger;
    private readonly CancellationToken _stop;
    private readonly ulong _seed;
    private readonly Dictionary<string, object?> _properties = new(StringComparer.Ordinal);
    private readonly HashSet<string> _listens = new(StringComparer.Ordinal);
    private readonly Queue<(string Name, object? Value, object? Old)> _changes = new();
    private readonly IScript _script;

    /// <summary>Loads it and calls its function of property init.</summary>
    /// <param name="context">The connector's.</param>
    /// <param name="options">Its options.</param>
    /// <param name="inject">Takes events and an opcode, gives false when no more are taken; null for a subscriber.</param>
    /// <param name="logger">Takes its lines.</param>
    /// <param name="stop">Ends its sleep.</param>
    /// <exception cref="Exception">Of the kinds of <see cref="IsFailure"/>.</exception>
    public ConnectorScript(
        ConnectorContext context, ScriptConnectorOptions options, Func<object?, string?, bool>? inject, ILogger logger, CancellationToken stop)
    {
        _context = context;
        _options = options;
        _inject = inject;
        _logger = logger;
        _stop = stop;
        _seed = BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(context.Worker.Incarnation + context.Path)));
        var source = ScriptLoader.SourceOf(context.Model, context.Definition.Name, options.Definition(context.Definition.Position)) with
        {
            Seed = $"{context.Worker.Incarnation} {context.Path}",
            IsReal = true,
        };
        SetClock();
        _script = ScriptLoader.Load(options.Language, source, _clock, this);
    }

    /// <inheritdoc/>
    public bool IsRunning => true;

    /// <inheritdoc/>
    public Schema? InjectSchema => _inject is null ? null : _context.Schema;

    /// <summary>True for what a script, its file or its process do: the connector has failed.</summary>
    public static bool IsFailure(Exception thrown) =>
        thrown is ScriptException or ScriptProcessException or IOException or UnauthorizedAccessException;

    /// <summary>Calls a function at the time of now, then those that listen to properties it has set; gives its first result.</summary>
    /// <exception cref="ScriptException">It failed.</exception>
    /// <exception cref="ScriptProcessException">The process of a Python script is gone.</exception>
    public object? Call(string function, params object?[] arguments)
    {
        SetClock();
        var result = _script.Call(function, 1, arguments);
        for (var calls = 0; _changes.TryDequeue(out var change); calls++)
        {
            if (calls == ScriptCalls.Max)
            {
                throw new ScriptException($"Properties are set {ScriptCalls.Max} times by those that listen to them: does it ever end?");
            }

            _script.Call(ScriptCalls.Changed, 1, change.Name, change.Value, change.Old);
        }

        return result;
    }

    /// <summary>Calls its function of property destroy.</summary>
    /// <exception cref="ScriptException">It failed.</exception>
    /// <exception cref="ScriptProcessException">The process of a Python script is gone.</exception>
    public void Destroy()
    {
        if (_options.Destroy is { } destroy)
        {
            Call(destroy);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _script.Dispose();

    /// <inheritdoc/>
    public void Log(string level, string message) => _logger.LogScript(_context.Path, level, message);

    /// <inheritdoc/>
    public object? FieldOf(string name) => null;

    /// <inheritdoc/>
    public bool Inject(object? events, string? opcode) => _inject is null
        ? throw new ScriptException("A subscriber has no window to put events into.")
        : _inject(events, opcode);

    /// <inheritdoc/>
    public void Publish(string window, string? query, object? events)
    {
        if (_inject is null)
        {
            throw new ScriptException("A subscriber can't publish: its window is behind the engine.");
        }

        if (window != _context.Window.Name)
        {
            throw new ScriptException($"A connector publishes into its own window '{_context.Window.Name}' only, not into '{window}'.");
        }

        _inject(events, null);
    }

    /// <inheritdoc/>
    public object? PropertyOf(string name) => _properties.GetValueOrDefault(name);

    /// <inheritdoc/>
    public void SetProperty(string name, object? value)
    {
        var old = PropertyOf(name);
        _properties[name] = value;
        if (_listens.Contains(name))
        {
            _changes.Enqueue((name, value, old));
        }
    }

    /// <inheritdoc/>
    public void Listen(string name) => _listens.Add(name);

    /// <inheritdoc/>
    public List<object?>? Query(string window, string? query) =>
        throw new ScriptException("A connector can't query windows: they are the engine's thread's.");

    /// <inheritdoc/>
    public void Sleep(TimeSpan time) => _stop.WaitHandle.WaitOne(time);

    private void SetClock()
    {
        var now = (_context.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        _clock.Set(now, _seed);
    }
}
