using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Demo;
using Lockstep.Manager.Web.Deployments;
using Lockstep.Manager.Web.Drills;
using Lockstep.Manager.Web.Failovers;
using Lockstep.Manager.Web.Launching;
using Lockstep.Manager.Web.Operations;
using Lockstep.Manager.Web.Output;
using Lockstep.Manager.Web.Projects;
using Lockstep.Manager.Web.Retention;
using Lockstep.Manager.Web.Supervision;

namespace Lockstep.Manager.Web;

/// <summary>The application services that REST, hubs and console pages call.</summary>
internal static class ManagerServices
{
    /// <summary>Adds them, each as a singleton; those that run are started by the host, in this order.</summary>
    public static IServiceCollection AddManagerServices(this IServiceCollection services)
    {
        services
            .AddSingleton(TimeProvider.System)
            .AddSingleton<BusAddress>()
            .AddSingleton<ClusterStateStore>()
            .AddSingleton<FailoverRecorder>()
            .AddSingleton<FailoverDetector>()
            .AddSingleton<MemberLogs>()
            .AddSingleton<WorkerRegistry>()
            .AddSingleton<TopicCatalog>()
            .AddSingleton<OperationStore>()
            .AddSingleton<OutputTail>()
            .AddSingleton<ModelTrial>()
            .AddSingleton<ProjectCatalog>()
            .AddSingleton<DeploymentStore>()
            .AddSingleton<GroupModels>()
            .AddSingleton<GroupForgetter>()
            .AddSingleton<RetentionLook>()
            .AddSingleton<DeployCheck>()
            .AddSingleton<GroupDeployments>()
            .AddSingleton<GroupActions>()
            .AddSingleton<GroupUpgrades>()
            .AddSingleton<MemberFiles>()
            .AddSingleton<MemberStarter>()
            .AddSingleton<OwnAddress>()
            .AddSingleton<ProcessLauncher>()
            .AddSingleton<EmbeddedReset>()
            .AddSingleton<SessionEnd>()
            .AddSingleton<DemoDeployment>()
            .AddSingleton<ZnodeLog>()
            .AddSingleton<DeathNotes>()
            .AddSingleton<FailoverInbox>()
            .AddSingleton<FailoverReports>()
            .AddSingleton<DrillStore>()
            .AddSingleton<SwitchReader>();
        return services
            .AddRunning<HistoryKeeper>()
            .AddRunning<OperationWatch>()
            .AddRunning<EmbeddedCluster>()
            .AddRunning<SupervisionHost>()
            .AddRunning<GroupSupervisor>()
            .AddRunning<SurroundingsLook>()
            .AddRunning<RetentionWatch>()
            .AddRunning<ClusterObserver>()
            .AddRunning<FailoverReporter>()
            .AddRunning<DrillRunner>()
            .AddRunning<StatusPoller>()
            .AddRunning<ZnodeWatcher>()
            .AddRunning<DemoFeed>();
    }

    private static IServiceCollection AddRunning<T>(this IServiceCollection services)
        where T : class, IHostedService =>
        services.AddSingleton<T>().AddHostedService(provider => provider.GetRequiredService<T>());
}
