using Lockstep.Contracts.Api;
using Lockstep.Contracts.Hubs;
using Lockstep.Engine.Worker.Logging;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace Lockstep.Engine.Worker.Links;

/// <summary>
/// Reports to the manager's hub and takes its commands. A manager that is gone is tried again for ever, each
/// <see cref="RetryMax"/> at most, since it must find its workers again when it returns; the worker does not need it.
/// </summary>
internal sealed partial class ManagerLink : IAsyncDisposable
{
    /// <summary>Time between two reports.</summary>
    public static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest wait between two attempts to connect.</summary>
    public static readonly TimeSpan RetryMax = TimeSpan.FromSeconds(1);

    /// <summary>Lines a call, as <see cref="IWorkerHub.LogAsync"/> says.</summary>
    public const int LogBatchLimit = 200;

    /// <summary>Header that carries the worker key.</summary>
    public const string KeyHeader = "X-Lockstep-Worker-Key";

    private static readonly TimeSpan RetryFirst = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(1);

    private readonly HubConnection _connection;
    private readonly Func<WorkerStatus> _status;
    private readonly LogBuffer _log;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _changed = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private long _lastLine;

    /// <summary>Starts to connect.</summary>
    /// <param name="manager">Base address of the manager.</param>
    /// <param name="key">The worker key; null for none.</param>
    /// <param name="status">Gives the status of now.</param>
    /// <param name="commands">Carries out what the manager asks for.</param>
    /// <param name="log">Lines to send.</param>
    /// <param name="time">For the waits.</param>
    /// <param name="logger">Told when the manager is found and lost.</param>
    public ManagerLink(
        Uri manager, string? key, Func<WorkerStatus> status, IWorkerClient commands, LogBuffer log, TimeProvider time, ILogger logger)
    {
        _status = status;
        _log = log;
        _time = time;
        _logger = logger;
        _connection = new HubConnectionBuilder()
            .WithUrl(new Uri(manager, "hubs/workers"), options =>
            {
                if (!string.IsNullOrEmpty(key))
                {
                    options.Headers[KeyHeader] = key;
                    options.AccessTokenProvider = () => Task.FromResult<string?>(key);
                }
            })
            .Build();
        _connection.On(nameof(IWorkerClient.SwitchoverAsync), commands.SwitchoverAsync);
        _connection.On<string, string>(nameof(IWorkerClient.HandOverAsync), commands.HandOverAsync);
        _connection.On(nameof(IWorkerClient.TakeBackAsync), commands.TakeBackAsync);
        _connection.On(nameof(IWorkerClient.StopAsync), commands.StopAsync);
        _running = Task.Run(() => RunAsync(manager));
    }

    /// <summary>Reports soon, not only at the next interval.</summary>
    public void Changed()
    {
        try
        {
            _changed.Release();
        }
        catch (SemaphoreFullException)
        {
            // A report is due already.
        }
    }

    /// <summary>Sends the last status and lines if the manager is there, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        if (_connection.State == HubConnectionState.Connected)
        {
            using var limit = new CancellationTokenSource(EndLimit, _time);
            try
            {
                await SendAsync(limit.Token);
            }
            catch (Exception gone) when (IsGone(gone))
            {
                LogLost(_logger, gone.Message);
            }
        }

        await _connection.DisposeAsync();
        _stop.Dispose();
        _changed.Dispose();
    }

    private async Task RunAsync(Uri manager)
    {
        var wait = RetryFirst;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _connection.StartAsync(_stop.Token);
                wait = RetryFirst;
                LogFound(_logger, manager);
                await _connection.InvokeAsync(nameof(IWorkerHub.JoinAsync), _status(), _stop.Token);
                while (_connection.State == HubConnectionState.Connected)
                {
                    await SendAsync(_stop.Token);
                    await _changed.WaitAsync(ReportInterval, _stop.Token);
                }

                LogLost(_logger, "the connection has ended");
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception gone) when (IsGone(gone))
            {
                LogLost(_logger, gone.Message);
            }

            await RestAsync(wait);
            wait = wait * 2 < RetryMax ? wait * 2 : RetryMax;
        }
    }

    private async Task RestAsync(TimeSpan wait)
    {
        try
        {
            if (_connection.State != HubConnectionState.Disconnected)
            {
                await _connection.StopAsync(_stop.Token);
            }

            await Task.Delay(wait, _time, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The worker ends.
        }
    }

    private async Task SendAsync(CancellationToken cancellation)
    {
        await _connection.InvokeAsync(nameof(IWorkerHub.ReportAsync), _status(), cancellation);
        while (true)
        {
            var (lines, last, missed) = _log.After(_lastLine, LogBatchLimit);
            if (lines.Count == 0)
            {
                return;
            }

            if (missed > 0 && _lastLine > 0)
            {
                LogMissed(_logger, missed);
            }

            await _connection.InvokeAsync(nameof(IWorkerHub.LogAsync), lines, cancellation);
            _lastLine = last;
        }
    }

    private static bool IsGone(Exception exception) => exception is HttpRequestException or IOException or HubException
        or InvalidOperationException or OperationCanceledException or TimeoutException or System.Net.WebSockets.WebSocketException;

    [LoggerMessage(EventId = 7111, Level = LogLevel.Information, Message = "Joined the manager at {Manager}")]
    private static partial void LogFound(ILogger logger, Uri manager);

    [LoggerMessage(EventId = 7112, Level = LogLevel.Debug, Message = "The manager is out of reach: {Reason}")]
    private static partial void LogLost(ILogger logger, string reason);

    [LoggerMessage(EventId = 7113, Level = LogLevel.Warning, Message = "{Lines} log lines were dropped before the manager had them")]
    private static partial void LogMissed(ILogger logger, long lines);
}
