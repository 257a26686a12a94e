using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Scripting;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Scripts;

/// <summary>
/// Connector classes lua and python, type pub: a function is called again and again, and publishes what it injects or gives. It ends
/// when the function says so (true, or <c>done</c> in what it gives), at maxevents, or, without an interval, when nothing
/// comes of a call. What it publishes is recorded like any input, so it sees the real clock and true chance. A thread of its
/// own runs the script.
/// </summary>
internal sealed class ScriptPublisher : IConnector
{
    private readonly ConnectorContext _context;
    private readonly ScriptConnectorOptions _options;
    private readonly StatusHolder _status;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationToken _stop;
    private long _events;

    public ScriptPublisher(ConnectorContext context)
    {
        _context = context;
        _options = ScriptConnectorOptions.Of(context);
        _logger = context.Loggers.CreateLogger<ScriptPublisher>();
        _status = new StatusHolder(context, _logger);
    }

    /// <inheritdoc/>
    public ConnectorStatus Status => _status.Now;

    /// <inheritdoc/>
    public bool IsEndless => _options.IsEndless;

    /// <inheritdoc/>
    public Task Begun => _begun.Task;

    private bool IsDone => _stop.IsCancellationRequested || (_options.MaxEvents > 0 && _events >= _options.MaxEvents);

    /// <inheritdoc/>
    public Task RunAsync(CancellationToken stop)
    {
        _stop = stop;
        _status.Running();
        return Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Run()
    {
        ConnectorScript? script = null;
        try
        {
            script = new ConnectorScript(_context, _options, Inject, _logger, _stop);
            Loop(script);
            script.Destroy();
            _status.Change(s => s with { State = _stop.IsCancellationRequested ? ConnectorState.Stopped : ConnectorState.Finished });
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            _status.Change(s => s with { State = ConnectorState.Stopped });
        }
        catch (Exception failed) when (ConnectorScript.IsFailure(failed))
        {
            _status.Failed(failed.Message);
        }
        finally
        {
            _begun.TrySetResult();
            script?.Dispose();
        }
    }

    private void Loop(ConnectorScript script)
    {
        while (!IsDone)
        {
            var before = _events;
            var result = script.Call(_options.Publish);
            var isDone = result is true;
            if (result is Dictionary<string, object?> answer)
            {
                isDone = answer.GetValueOrDefault("done") is true or 1L;
                result = answer.TryGetValue("events", out var events) ? events : answer.ContainsKey("done") ? null : answer;
            }

            if (result is Dictionary<string, object?> or List<object?> { Count: > 0 })
            {
                Inject(result, null);
            }

            if (isDone || (_options.Interval == TimeSpan.Zero && _events == before))
            {
                return;
            }

            _begun.TrySetResult();
            _stop.WaitHandle.WaitOne(_options.Interval);
        }
    }

    private bool Inject(object? events, string? opcode)
    {
        var block = _context.Feed.Rent(_context.WindowId, _context.Schema);
        foreach (var values in ScriptEvents.MapsOf(events))
        {
            if (IsDone || (_options.MaxEvents > 0 && _events + block.Count >= _options.MaxEvents))
            {
                break;
            }

            if (opcode is not null)
            {
                values.TryAdd(ScriptEvents.OpcodeKey, opcode);
            }

            Append(block, values);
        }

        Publish(block);
        return !IsDone;
    }

    private void Append(EventBlock block, Dictionary<string, object?> values)
    {
        var source = _context.Window as SourceWindowDefinition;
        var opcode = source is { InsertOnly: true } or { Index: IndexKind.Empty } ? Opcode.Insert : Opcode.Upsert;
        ScriptEvents.Append(block, values, _context.AutogenKey, opcode);
    }

    private void Publish(EventBlock block)
    {
        _events += block.Count;
        _context.Feed.Publish(_context.WindowId, block, _stop);
        var events = _events;
        _status.Change(s => s with { EventsIn = events, EventsOut = events });
    }
}
