using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Failovers;
using Lockstep.Manager.Web.Operations;
using Lockstep.Manager.Web.Ui;

namespace Lockstep.Manager.Web;

/// <summary>The console as a whole: its frame, and what the features bring to it.</summary>
internal static class ConsoleServices
{
    /// <summary>Adds the console to the application services.</summary>
    public static IServiceCollection AddConsole(this IServiceCollection services) => services
        .AddConsoleUi()
        .AddDock<OperationDock>()
        .AddDock<FailoverToast>()
        .AddSingleton<RateHistory>()
        .AddHostedService(provider => provider.GetRequiredService<RateHistory>());
}
