using System.Collections.Concurrent;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Hubs;
using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Output;

namespace Lockstep.Manager.Web.Hubs;

/// <summary>One client of the console hub: what it was told last, and what it follows.</summary>
internal sealed partial class ConsoleConnection : IAsyncDisposable
{
    /// <summary>Shortest time between two pushes of groups.</summary>
    public static readonly TimeSpan Coalesce = TimeSpan.FromMilliseconds(250);

    private readonly IConsoleClient _client;
    private readonly ClusterStateStore _state;
    private readonly OutputTail _tail;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly SemaphoreSlim _changed = new(1, 1);
    private readonly ConcurrentDictionary<string, (OutputViewer Viewer, Task Pump)> _followed = new(StringComparer.Ordinal);
    private readonly IDisposable _subscription;
    private readonly Task _pushing;
    private long _number;

    /// <summary>Starts to push groups.</summary>
    public ConsoleConnection(
        IConsoleClient client, ClusterStateStore state, OutputTail tail, TimeProvider time, ILogger logger)
    {
        _client = client;
        _state = state;
        _tail = tail;
        _time = time;
        _logger = logger;
        _subscription = state.Subscribe(Wake);
        _pushing = Task.Run(() => GuardAsync(PushGroupsAsync));
    }

    /// <summary>Follows a group's output; an earlier one of the same group ends.</summary>
    public async Task FollowAsync(string group, OutputFrom from)
    {
        await UnfollowAsync(group);
        var viewer = _tail.Open(group, from);
        _followed[group] = (viewer, Task.Run(() => GuardAsync(stop => PushOutputAsync(group, viewer, stop))));
    }

    /// <summary>Ends it.</summary>
    public async Task UnfollowAsync(string group)
    {
        if (_followed.TryRemove(group, out var followed))
        {
            await followed.Viewer.DisposeAsync();
#pragma warning disable VSTHRD003 // Started by this object itself.
            await followed.Pump;
#pragma warning restore VSTHRD003
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _subscription.Dispose();
        await _stop.CancelAsync();
        foreach (var group in _followed.Keys)
        {
            await UnfollowAsync(group);
        }

#pragma warning disable VSTHRD003 // Started by this object itself.
        await _pushing;
#pragma warning restore VSTHRD003
        _stop.Dispose();
        _sending.Dispose();
        _changed.Dispose();
    }

    private void Wake()
    {
        lock (_changed)
        {
            if (_changed.CurrentCount == 0)
            {
                _changed.Release();
            }
        }
    }

    private async Task PushGroupsAsync(CancellationToken stop)
    {
        var told = new Dictionary<string, GroupResource>(StringComparer.Ordinal);
        while (true)
        {
            await _changed.WaitAsync(stop);
            var groups = _state.Current.Groups;
            foreach (var group in groups.Where(g => !told.TryGetValue(g.Name, out var last) || !ReferenceEquals(last, g)))
            {
                told[group.Name] = group;
                await SendAsync(number => _client.GroupAsync(number, group), stop);
            }

            foreach (var gone in told.Keys.Where(name => groups.All(g => g.Name != name)).ToList())
            {
                told.Remove(gone);
                await SendAsync(number => _client.GroupGoneAsync(number, gone), stop);
            }

            await Task.Delay(Coalesce, _time, stop);
        }
    }

    private async Task PushOutputAsync(string group, OutputViewer viewer, CancellationToken stop)
    {
        await foreach (var batch in viewer.Reader.ReadAllAsync(stop))
        {
            if (batch.Rows.Count == 0 && batch.Dropped == 0)
            {
                continue;
            }

            await SendAsync(number => _client.OutputAsync(number, group, batch.Rows, batch.Dropped), stop);
        }
    }

    private async Task SendAsync(Func<long, Task> send, CancellationToken stop)
    {
        await _sending.WaitAsync(stop);
        try
        {
            await send(++_number);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task GuardAsync(Func<CancellationToken, Task> run)
    {
        try
        {
            await run(_stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The connection has ended.
        }
#pragma warning disable CA1031 // The outermost edge of a connection's loop: it ends, others go on.
        catch (Exception failed)
#pragma warning restore CA1031
        {
            LogEnded(_logger, failed);
        }
    }

    [LoggerMessage(EventId = 6601, Level = LogLevel.Warning, Message = "A console connection's push ended")]
    private static partial void LogEnded(ILogger logger, Exception exception);
}
