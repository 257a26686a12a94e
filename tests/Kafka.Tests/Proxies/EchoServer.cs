using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Lockstep.Kafka.Tests.Proxies;

/// <summary>Sends back every byte; remembers what it got and how its connections ended.</summary>
internal sealed class EchoServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _serving = [];
    private readonly Task _accepting;
    private int _ended;
    private int _accepted;

    public EchoServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public ConcurrentQueue<byte> Got { get; } = new();

    public int Accepted => Volatile.Read(ref _accepted);

    public int Ended => Volatile.Read(ref _ended);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        await Task.WhenAll(_serving);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                Interlocked.Increment(ref _accepted);
                _serving.Add(ServeAsync(socket));
            }
        }
        catch (OperationCanceledException)
        {
            // The test ends.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                var buffer = new byte[1024];
                while (await socket.ReceiveAsync(buffer, _stop.Token) is > 0 and var read)
                {
                    for (var i = 0; i < read; i++)
                    {
                        Got.Enqueue(buffer[i]);
                    }

                    await socket.SendAsync(buffer.AsMemory(0, read), _stop.Token);
                }
            }
            catch (Exception over) when (over is SocketException or OperationCanceledException)
            {
                // Reset, or the test ends.
            }

            Interlocked.Increment(ref _ended);
        }
    }
}
