using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Lockstep.Scripting;

namespace Lockstep.Connectors.Scripts;

/// <summary>The script of a connector: it sees the real clock and true chance. One thread at a time.</summary>
internal sealed class ConnectorScript : IDisposable
{
    private readonly ScriptClock _clock = new();
    private readonly ConnectorContext _context;
    private readonly ScriptConnectorOptions _options;
    private readonly ulong _seed;
    private readonly IScript _script;

    private ConnectorScript(ConnectorContext context, ScriptConnectorOptions options, IScriptHost host)
    {
        _context = context;
        _options = options;
        _seed = BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(context.Worker.Incarnation + context.Path)));
        var source = ScriptLoader.SourceOf(context.Model, context.Definition.Name, options.Definition(context.Definition.Position)) with
        {
            Seed = $"{context.Worker.Incarnation} {context.Path}",
            IsReal = true,
        };
        SetClock();
        _script = ScriptLoader.Load(options.Language, source, _clock, host);
    }

    /// <summary>Loads it and calls its function of property init.</summary>
    /// <exception cref="Exception">Of the kinds of <see cref="IsFailure"/>.</exception>
    public static ConnectorScript Load(ConnectorContext context, ScriptConnectorOptions options, IScriptHost host) =>
        new(context, options, host);

    /// <summary>True for what a script, its file or its process do: the connector has failed.</summary>
    public static bool IsFailure(Exception thrown) =>
        thrown is ScriptException or ScriptProcessException or IOException or UnauthorizedAccessException;

    /// <summary>Why a connector's script gets no rows of windows.</summary>
    public static ScriptException NoQueries() => new("A connector can't query windows: they are the engine's thread's.");

    /// <summary>Calls a function at the time of now; gives its first result.</summary>
    /// <exception cref="ScriptException">It failed.</exception>
    /// <exception cref="ScriptProcessException">The process of a Python script is gone.</exception>
    public object? Call(string function, params object?[] arguments)
    {
        SetClock();
        return _script.Call(function, 1, arguments);
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

    private void SetClock()
    {
        var now = (_context.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        _clock.Set(now, _seed);
    }
}
