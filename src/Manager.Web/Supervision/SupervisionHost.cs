using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Deployments;

namespace Lockstep.Manager.Web.Supervision;

/// <summary>Runs the supervision socket for as long as the manager runs.</summary>
internal sealed class SupervisionHost(
    MemberStarter starter, GroupSupervisor supervisor, SessionEnd sessions, DeathNotes deaths, BusAddress bus,
    ILogger<SupervisionServer> logger)
    : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var server = new SupervisionServer(
            starter.SupervisorSocket, SupervisionServer.DefaultBeatLimit, sessions.CloseAsync, Note, logger);
        await bus.WaitAsync(stoppingToken);
        await sessions.WarmUpAsync(stoppingToken);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stoppingToken);

        void Note(Death death)
        {
            deaths.Add(death);
            supervisor.Wake();
        }
    }
}
