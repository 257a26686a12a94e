using System.Collections.Concurrent;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Hubs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Lockstep.Faults.Tests.Harness;

/// <summary>
/// The manager's workers' hub, without the rest of the manager: lets a row tell a member what a person tells it in the console.
/// Start the members with <see cref="ArgumentsFor"/>.
/// </summary>
internal sealed class Commands : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Connections _connections;

    private Commands(WebApplication app, Connections connections)
    {
        _app = app;
        _connections = connections;
    }

    /// <summary>Where it listens.</summary>
    public string Address => _app.Urls.Single();

    public static async Task<Commands> StartAsync()
    {
        var connections = new Connections();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(connections);
        builder.Services.AddSignalR(options => options.MaximumReceiveMessageSize = 1024 * 1024)
            .AddJsonProtocol(json => json.PayloadSerializerOptions.Converters.Add(
                new System.Text.Json.Serialization.JsonStringEnumConverter(System.Text.Json.JsonNamingPolicy.CamelCase)));
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapHub<Hub>("/hubs/workers");
        await app.StartAsync();
        return new Commands(app, connections);
    }

    /// <summary>What members are started with.</summary>
    public FaultMemberOptions ArgumentsFor(FaultMemberOptions options) =>
        options with { Arguments = [.. options.Arguments, "--manager", Address] };

    /// <summary>Gives a command to the connection of a member's process now; false when it has none.</summary>
    public async Task<bool> TellAsync(FaultMember member, Func<IWorkerClient, Task> command)
    {
        if (!_connections.OfMembers.TryGetValue(member.Name, out var connection))
        {
            return false;
        }

        await command(_app.Services.GetRequiredService<IHubContext<Hub, IWorkerClient>>().Clients.Client(connection));
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private sealed class Connections
    {
        public ConcurrentDictionary<string, string> OfMembers { get; } = new();
    }

    private sealed class Hub(Connections connections) : Hub<IWorkerClient>, IWorkerHub
    {
        public Task JoinAsync(WorkerStatus status)
        {
            connections.OfMembers[status.Member] = Context.ConnectionId;
            return Task.CompletedTask;
        }

        public Task ReportAsync(WorkerStatus status) => Task.CompletedTask;

        public Task LogAsync(IReadOnlyList<WorkerLogLine> lines) => Task.CompletedTask;

        public override Task OnDisconnectedAsync(Exception? exception)
        {
            foreach (var (member, connection) in connections.OfMembers)
            {
                if (connection == Context.ConnectionId)
                {
                    connections.OfMembers.TryRemove(KeyValuePair.Create(member, connection));
                }
            }

            return base.OnDisconnectedAsync(exception);
        }
    }
}
