using Lockstep.Contracts.Api;
using Lockstep.Contracts.Hubs;
using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Deployments;
using Lockstep.Manager.Web.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;

namespace Lockstep.Manager.Web.Hubs;

/// <summary>/hubs/workers: workers report here and take commands.</summary>
[Authorize(SecuritySetup.WorkersOnly)]
internal sealed class WorkersHub(WorkerRegistry registry, GroupSupervisor supervisor, MemberLogs logs)
    : Hub<IWorkerClient>, IWorkerHub
{
    /// <inheritdoc/>
    public Task JoinAsync(WorkerStatus status)
    {
        if (!supervisor.Adopt(status))
        {
            // A group that is gone, or a second process of a member: it ends in good order.
            return Clients.Caller.StopAsync();
        }

        registry.Take(status, Context.ConnectionId);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task ReportAsync(WorkerStatus status)
    {
        if (registry.MemberOf(Context.ConnectionId) == (status.Group, status.Member))
        {
            registry.Take(status, Context.ConnectionId);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task LogAsync(IReadOnlyList<WorkerLogLine> lines)
    {
        if (registry.MemberOf(Context.ConnectionId) is var (group, member))
        {
            logs.Add(group, member, lines);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnDisconnectedAsync(Exception? exception)
    {
        registry.Leave(Context.ConnectionId);
        return base.OnDisconnectedAsync(exception);
    }
}
