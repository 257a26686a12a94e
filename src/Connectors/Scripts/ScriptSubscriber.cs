using System.Collections.Concurrent;
using System.Globalization;
using Lockstep.Contracts.Events;
using Lockstep.Scripting;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Scripts;

/// <summary>
/// Connector classes lua and python, type sub: a function is called with the events of each block that its window puts out, in
/// order, on a thread of its own. In a failover group the script is loaded at the first block, which only an active gets, and
/// sees what that one has committed.
/// </summary>
internal sealed class ScriptSubscriber : ISubscriber
{
    /// <summary>Blocks that may wait for the script; beyond, the engine waits.</summary>
    public const int QueueLimit = 1024;

    private static readonly TimeSpan IdleWait = TimeSpan.FromMilliseconds(50);

    private readonly ConnectorContext _context;
    private readonly ScriptConnectorOptions _options;
    private readonly BlockFilter _filter;
    private readonly ILogger _logger;
    private readonly StatusHolder _status;
    private readonly BlockingCollection<List<object?>> _queue = new(QueueLimit);
    private volatile bool _runs;
    private CancellationToken _stop;

    public ScriptSubscriber(ConnectorContext context)
    {
        _context = context;
        _options = ScriptConnectorOptions.Of(context);
        _filter = new BlockFilter(context.Schema, collapse: false, _options.DropRetentionDeletes);
        _logger = context.Loggers.CreateLogger<ScriptSubscriber>();
        _status = new StatusHolder(context, _logger);
    }

    /// <inheritdoc/>
    public ConnectorStatus Status => _status.Now;

    /// <inheritdoc/>
    public Task RunAsync(CancellationToken stop)
    {
        _runs = true;
        _stop = stop;
        _status.Running();
        return Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <inheritdoc/>
    public void Take(EventBlock block)
    {
        if (!_runs)
        {
            return;
        }

        var events = ScriptEvents.ListOf(_filter.Apply(block));
        while (events.Count > 0 && _runs && !_queue.TryAdd(events, IdleWait))
        {
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        // Events are on their way.
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _queue.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Run()
    {
        ConnectorScript? script = null;
        var given = 0;
        try
        {
            script = _context.IsShared ? null : Load();
            while (!_stop.IsCancellationRequested || _queue.Count > 0)
            {
                if (_queue.TryTake(out var events, _stop.IsCancellationRequested ? TimeSpan.Zero : IdleWait))
                {
                    given = events.Count;
                    script ??= Load();
                    script.Call(_options.Subscribe, events, Context());
                    _status.Change(s => s with { EventsIn = s.EventsIn + given, EventsOut = s.EventsOut + given, Behind = _queue.Count });
                    given = 0;
                }
            }

            script?.Destroy();
            _status.Change(s => s with { State = ConnectorState.Stopped });
        }
        catch (Exception failed) when (ConnectorScript.IsFailure(failed))
        {
            _runs = false;
            var lost = given + _queue.Sum(e => e.Count);
            _status.Failed(lost == 0 ? failed.Message
                : string.Create(CultureInfo.InvariantCulture, $"{failed.Message} {lost} events from there on are not handled."));
        }
        finally
        {
            _runs = false;
            script?.Dispose();
        }
    }

    private ConnectorScript Load() => new(_context, _options, inject: null, _logger, _stop);

    private Dictionary<string, object?> Context() => new(StringComparer.Ordinal)
    {
        ["window"] = _context.Window.Name,
        ["query"] = _context.Query,
    };
}
