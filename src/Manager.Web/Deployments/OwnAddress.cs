using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Lockstep.Manager.Web.Deployments;

/// <summary>The address under which this machine's workers reach this manager.</summary>
internal sealed class OwnAddress(IServer server, IHostApplicationLifetime lifetime)
{
    /// <summary>Ends when the server listens.</summary>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(() => listening.TrySetResult());
        await listening.Task.WaitAsync(cancellation);
    }

    /// <summary>Base address; known once the server listens.</summary>
    public string Address
    {
        get
        {
            var first = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://127.0.0.1:8080";
            return first.Replace("://[::]", "://127.0.0.1", StringComparison.Ordinal)
                .Replace("://0.0.0.0", "://127.0.0.1", StringComparison.Ordinal)
                .Replace("://*", "://127.0.0.1", StringComparison.Ordinal)
                .Replace("://+", "://127.0.0.1", StringComparison.Ordinal)
                .TrimEnd('/');
        }
    }
}
