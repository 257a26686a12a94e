using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Deployments;

namespace Lockstep.Manager.Web.Supervision;

/// <summary>Runs the supervision socket for as long as the manager runs.</summary>
internal sealed class SupervisionHost(
    MemberStarter starter, GroupSupervisor supervisor, SessionEnd sessions, DeathNotes deaths, BusAddress bus,
    ILogger<SupervisionServer> logger)
    : BackgroundService
{
    private volatile SupervisionServer? _server;

    /// <summary>True: the death of that member would be noticed at once.</summary>
    public bool IsSupervised(string group, string member) => _server?.IsSupervised(group, member) == true;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var server = new SupervisionServer(
            starter.SupervisorSocket, SupervisionServer.DefaultBeatLimit, sessions.CloseAsync, Note, logger);
        _server = server;
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
