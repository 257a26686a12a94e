using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Lockstep.TestKit.Proxies;

/// <summary>One connection of a client through a proxy to a server.</summary>
internal sealed class ProxyConnection(FaultProxy proxy, Socket client, int target) : IDisposable
{
    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly CancellationTokenSource _over = CancellationTokenSource.CreateLinkedTokenSource(proxy.Stop);

    /// <summary>Requests whose answers have not come back, by correlation id.</summary>
    public ConcurrentDictionary<int, KafkaApi> Open { get; } = new();

    public int Target => target;

    /// <summary>Runs until both ends have ended, or one was reset.</summary>
    public async Task RunAsync()
    {
        try
        {
            client.NoDelay = true;
            await proxy.UnheldAsync(toServers: true, _over.Token);
            await _server.ConnectAsync(new IPEndPoint(IPAddress.Loopback, target), _over.Token);
            var up = new ProxyPipe(proxy, this, client, _server, toServers: true).RunAsync(_over.Token);
            var down = new ProxyPipe(proxy, this, _server, client, toServers: false).RunAsync(_over.Token);

            // A server that has ended has nothing more to hear; a client that has ended may still have requests on their way.
            await down;
            await _over.CancelAsync();
            await up;
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The server is away, or the connection was reset: the client hears of it below.
        }
        finally
        {
            Dispose();
            _over.Dispose();
        }
    }

    /// <summary>Ends it at the client's end.</summary>
    public void DropClient(bool orderly)
    {
        if (orderly)
        {
            client.Dispose();
        }
        else
        {
            Abort(client);
        }
    }

    /// <summary>Ends it at both ends at once, with a reset where data was lost on the way.</summary>
    public void Dispose()
    {
        try
        {
            _over.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended by itself.
        }

        Abort(client);
        Abort(_server);
    }

    private static void Abort(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // It is closed or was never connected.
        }

        socket.Dispose();
    }
}
