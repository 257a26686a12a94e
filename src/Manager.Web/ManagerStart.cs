using System.Net.Sockets;
using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Demo;
using Lockstep.Manager.Web.Deployments;
using Lockstep.Manager.Web.Drills;
using Lockstep.Manager.Web.Operations;
using Lockstep.Manager.Web.Options;
using Lockstep.Manager.Web.Security;
using Lockstep.Manager.Web.Storage;

namespace Lockstep.Manager.Web;

/// <summary>What happens before requests are served, in order, and what is said when they are.</summary>
internal static class ManagerStart
{
    /// <summary>Exit code when the address is taken.</summary>
    public const int AddressTaken = 3;

    /// <summary>Brings the database up to date and reads what an earlier manager left.</summary>
    /// <returns>The admin token.</returns>
    public static async Task<string> LoadAsync(this WebApplication app, CancellationToken cancellation)
    {
        var services = app.Services;
        await services.MigrateStorageAsync(cancellation);
        await services.GetRequiredService<AccessStorage>().FreeUnansweredAsync(cancellation);
        var token = await services.GetRequiredService<AccessKeys>().LoadAsync(cancellation);
        await services.GetRequiredService<DeploymentStore>().LoadAsync(cancellation);
        await services.GetRequiredService<HistoryKeeper>().LoadAsync(cancellation);
        await services.GetRequiredService<DrillStore>().LoadAsync(cancellation);
        await services.GetRequiredService<GroupSupervisor>().LoadAsync(cancellation);
        await services.GetRequiredService<ClusterObserver>().LoadAsync(cancellation);
        if (services.GetRequiredService<ManagerOptions>().IsDemo)
        {
            await services.GetRequiredService<DemoDeployment>().RunAsync(cancellation);
        }

        return token;
    }

    /// <summary>Serves until told to end. The link with the token goes to standard output, never to the log.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> ServeAsync(this WebApplication app, string token)
    {
        try
        {
            await app.StartAsync();
        }
        catch (IOException taken) when (taken.InnerException is SocketException or Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            var urls = app.Services.GetRequiredService<ManagerOptions>().Urls;
            await Console.Error.WriteLineAsync(
                $"{urls} can't be listened on: {taken.Message} Another manager may be running; choose another address with --urls.");
            return AddressTaken;
        }

        var address = app.Services.GetRequiredService<OwnAddress>().Address;
        await Console.Out.WriteLineAsync($"Lockstep console: {address}/login?token={Uri.EscapeDataString(token)}");
        await Console.Out.FlushAsync();
        await app.WaitForShutdownAsync();
        return 0;
    }
}
