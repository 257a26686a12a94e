using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Lockstep.LocalCluster.ZooKeeper;

/// <summary>
/// A small ZooKeeper server on loopback that keeps everything in memory: for demos and quick tests. It speaks the
/// protocol of 3.9 without TLS, SASL, quotas and reconfiguration, and answers <c>ruok</c>, <c>srvr</c>, <c>stat</c> and <c>mntr</c>.
/// </summary>
public sealed class InMemoryZooKeeper : IAsyncDisposable
{
    /// <summary>How many clients may be connected at once; further ones are turned away.</summary>
    public const int MaxConnections = 1000;

    private readonly TcpListener _listener;
    private readonly ServerState _state;
    private readonly TimeProvider _time;
    private readonly TimeSpan _tick;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _connections = []; // Owned by the accepting task, then by the one that disposes.
    private Task _running = Task.CompletedTask;

    private InMemoryZooKeeper(TcpListener listener, TimeSpan tick, TimeProvider time)
    {
        _listener = listener;
        _tick = tick;
        _time = time;
        _state = new ServerState(time, tick);
    }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What a client is told: <c>127.0.0.1:port</c>.</summary>
    public string ConnectString => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>Starts a server; it serves when this returns.</summary>
    /// <param name="port">Its port on 127.0.0.1; 0 for a free one.</param>
    /// <param name="tickTime">The unit of time: sessions last at least 2 and at most 20 ticks, and end at a tick.</param>
    /// <param name="time">Measures it; the system's own when null.</param>
    /// <exception cref="SocketException">The port is taken.</exception>
    public static InMemoryZooKeeper Start(int port, TimeSpan tickTime, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(tickTime, TimeSpan.Zero);
        TcpListener listener = new(IPAddress.Loopback, port);
        listener.Start();
        InMemoryZooKeeper server = new(listener, tickTime, time ?? TimeProvider.System);
        server._running = Task.WhenAll(Task.Run(server.AcceptAsync), Task.Run(server.TickAsync));
        return server;
    }

    /// <summary>Disconnects every client and forgets everything.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        _listener.Stop();
        await _running.WaitAsync(CancellationToken.None);
        await Task.WhenAll(_connections);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _connections.RemoveAll(connection => connection.IsCompleted);
                if (_connections.Count >= MaxConnections)
                {
                    client.Dispose();
                    continue;
                }

                ServerConnection connection = new(client, _state);
                _connections.Add(Task.Run(() => connection.RunAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private async Task TickAsync()
    {
        using PeriodicTimer timer = new(_tick, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                _state.Tick();
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }
}
