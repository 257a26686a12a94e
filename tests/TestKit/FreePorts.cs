using System.Net;
using System.Net.Sockets;

namespace Lockstep.TestKit;

/// <summary>Hands out TCP ports of the loopback address that are free now and that no other caller of this process was given.</summary>
/// <remarks>
/// They lie below the range from which the kernel takes the ports of outgoing connections, so that a server which is
/// killed finds its port free when it starts again. Each process starts its search elsewhere, from its process id.
/// </remarks>
public static class FreePorts
{
    private const int First = 15000;
    private const int Count = 16000;
    private static int _next = Environment.ProcessId * 61 % Count;

    /// <summary>Takes one port.</summary>
    public static int Next()
    {
        for (int tries = 0; tries < Count; tries++)
        {
            int port = First + ((Interlocked.Increment(ref _next) & int.MaxValue) % Count);
            if (IsFree(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"No free TCP port between {First} and {First + Count - 1} on 127.0.0.1.");
    }

    /// <summary>Takes several distinct ports.</summary>
    /// <param name="count">How many.</param>
    public static IReadOnlyList<int> Next(int count) => [.. Enumerable.Range(0, count).Select(_ => Next())];

    private static bool IsFree(int port)
    {
        using TcpListener listener = new(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false; // Somebody listens there; the caller tries the next.
        }
    }
}
