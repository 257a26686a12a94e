using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Deployments;
using Lockstep.Manager.Web.Operations;
using Lockstep.Manager.Web.Output;
using Lockstep.Manager.Web.Projects;

namespace Lockstep.Manager.Web;

/// <summary>The application services that REST, hubs and console pages call.</summary>
internal static class ManagerServices
{
    /// <summary>Adds them, each as a singleton.</summary>
    public static IServiceCollection AddManagerServices(this IServiceCollection services) => services
        .AddSingleton(TimeProvider.System)
        .AddSingleton<ClusterStateStore>()
        .AddSingleton<ZnodeWatcher>()
        .AddSingleton<FailoverRecorder>()
        .AddSingleton<MemberLogs>()
        .AddSingleton<OperationStore>()
        .AddSingleton<OutputTail>()
        .AddSingleton<ProjectCatalog>()
        .AddSingleton<DeploymentStore>()
        .AddSingleton<GroupDeployments>()
        .AddSingleton<GroupActions>();
}
