using System.Collections.Concurrent;
using Lockstep.Contracts.Hubs;
using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Output;
using Microsoft.AspNetCore.SignalR;

namespace Lockstep.Manager.Web.Hubs;

/// <summary>
/// /hubs/console: pushes groups as they change, and the output of groups that a client follows, to clients other than the
/// console's own pages. Each push of a connection has the next number.
/// </summary>
internal sealed class ConsoleHub(ConsoleConnections connections) : Hub<IConsoleClient>
{
    /// <summary>Follows a group's output: from an offset, <c>newest-N</c> or <c>newest</c>. A second call replaces the first.</summary>
    /// <exception cref="HubException">The place to begin is none of these.</exception>
    public Task FollowAsync(string group, string? from) => OutputFrom.Parse(from) is { } start
        ? connections.FollowAsync(Context.ConnectionId, group, start)
        : throw new HubException("from is an offset, newest-N or newest.");

    /// <summary>Ends it.</summary>
    public Task UnfollowAsync(string group) => connections.UnfollowAsync(Context.ConnectionId, group);

    /// <inheritdoc/>
    public override Task OnConnectedAsync()
    {
        connections.Enter(Context.ConnectionId);
        return base.OnConnectedAsync();
    }

    /// <inheritdoc/>
    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        await connections.LeaveAsync(Context.ConnectionId);
        await base.OnDisconnectedAsync(exception);
    }
}

/// <summary>The connections of the console hub.</summary>
internal sealed class ConsoleConnections(
    IHubContext<ConsoleHub, IConsoleClient> hub, ClusterStateStore state, OutputTail tail, TimeProvider time,
    ILogger<ConsoleConnections> logger)
{
    private readonly ConcurrentDictionary<string, ConsoleConnection> _connections = new(StringComparer.Ordinal);

    /// <summary>A connection begins: all groups are pushed, then changes.</summary>
    public void Enter(string id) =>
        _connections[id] = new ConsoleConnection(hub.Clients.Client(id), state, tail, time, logger);

    /// <summary>A connection has ended.</summary>
    public async Task LeaveAsync(string id)
    {
        if (_connections.TryRemove(id, out var connection))
        {
            await connection.DisposeAsync();
        }
    }

    /// <summary>Follows a group's output.</summary>
    public Task FollowAsync(string id, string group, OutputFrom from) =>
        _connections.TryGetValue(id, out var connection) ? connection.FollowAsync(group, from) : Task.CompletedTask;

    /// <summary>Ends it.</summary>
    public Task UnfollowAsync(string id, string group) =>
        _connections.TryGetValue(id, out var connection) ? connection.UnfollowAsync(group) : Task.CompletedTask;
}
