using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Lockstep.TestKit.Proxies;

/// <summary>
/// Stands on loopback between clients and servers and gives the network between them faults, switched while it runs: delay,
/// jitter, loss, one-way and full cuts, resets, and, for Kafka, single requests and answers that are held or doubled
/// (<see cref="KafkaTraps"/>). One proxy is the whole network of one member towards one cluster.
/// </summary>
/// <remarks>
/// While the way to the servers is cut a new connection is taken, as the kernel takes it for us, but leads nowhere until the
/// cut is over; a client sees a connection on which nothing is answered.
/// </remarks>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly List<(TcpListener Listener, int Target)> _routes = [];
    private readonly ConcurrentDictionary<ProxyConnection, Task> _connections = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _accepting = [];
    private readonly Random _random = new(20);
    private volatile TaskCompletionSource _changed = NewSignal();
    private volatile DirectionFaults _toServers = DirectionFaults.None;
    private volatile DirectionFaults _toClients = DirectionFaults.None;
    private long _refused;
    private long _late;

    private FaultProxy(KafkaTraps? kafka) => KafkaOrNull = kafka;

    /// <summary>Where clients connect: <c>127.0.0.1:port</c> of each server in turn, separated by commas.</summary>
    public string Addresses => string.Join(',', _routes.Select(r => r.Listener.LocalEndpoint));

    /// <summary>What happens to bytes on their way to the servers; set at any time.</summary>
    public DirectionFaults ToServers
    {
        get => _toServers;
        set
        {
            _toServers = value;
            Changed();
        }
    }

    /// <summary>What happens to bytes on their way to the clients; set at any time.</summary>
    public DirectionFaults ToClients
    {
        get => _toClients;
        set
        {
            _toClients = value;
            Changed();
        }
    }

    /// <summary>True: new connections are reset at once.</summary>
    public bool Refuses { get; set; }

    /// <summary>Connections that are open now.</summary>
    public int Connections => _connections.Count;

    /// <summary>Connections that were reset at once so far.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Pieces that were delayed, lost, held or thrown away so far: a test asks it to know that its fault has struck.</summary>
    public long Struck => Interlocked.Read(ref _late);

    /// <summary>Requests and answers of Kafka.</summary>
    /// <exception cref="InvalidOperationException">The proxy does not look into what it carries.</exception>
    public KafkaTraps Kafka => KafkaOrNull ?? throw new InvalidOperationException("This proxy carries bytes, not Kafka requests.");

    internal KafkaTraps? KafkaOrNull { get; }

    internal CancellationToken Stop => _stop.Token;

    /// <summary>Starts a proxy that carries bytes, on free ports.</summary>
    /// <param name="targets">Ports of the servers on loopback.</param>
    public static FaultProxy Start(params IReadOnlyList<int> targets) =>
        new FaultProxy(null).Listen([.. targets.Select(t => (FreePorts.Next(), t))]);

    /// <summary>Starts a proxy that knows Kafka's requests. The brokers must advertise the proxy's ports: <see cref="KafkaClusterOptions.Networks"/>.</summary>
    /// <param name="routes">Port to listen on, and port of the broker.</param>
    public static FaultProxy StartKafka(IReadOnlyList<(int Port, int Target)> routes) => new FaultProxy(new KafkaTraps()).Listen(routes);

    /// <summary>Cuts both directions.</summary>
    /// <param name="cut">How.</param>
    public void CutOff(Cut cut = Cut.Held)
    {
        ToServers = ToServers with { Cut = cut };
        ToClients = ToClients with { Cut = cut };
    }

    /// <summary>Ends every fault of the network; traps stay.</summary>
    public void Heal()
    {
        Refuses = false;
        ToServers = DirectionFaults.None;
        ToClients = DirectionFaults.None;
    }

    /// <summary>Resets every open connection, at both ends.</summary>
    public void ResetAll()
    {
        foreach (var connection in _connections.Keys)
        {
            connection.Dispose();
        }
    }

    /// <summary>
    /// Ends every open connection at the client's end alone: what is on its way to the servers, or caught, still arrives.
    /// </summary>
    /// <param name="orderly">True: closed, as by a server that ends; false: reset.</param>
    public void DropClients(bool orderly = false)
    {
        foreach (var connection in _connections.Keys)
        {
            connection.DropClient(orderly);
        }
    }

    /// <summary>Ends the proxy and resets its connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var (listener, _) in _routes)
        {
            listener.Dispose();
        }

        await Task.WhenAll(_accepting);
        ResetAll();
        await Task.WhenAll(_connections.Values);
        if (KafkaOrNull is { } kafka)
        {
            await kafka.DisposeAsync();
        }

        _stop.Dispose();
    }

    /// <summary>Waits while a direction is held; gives what is to be done then.</summary>
    internal async Task<DirectionFaults> UnheldAsync(bool toServers, CancellationToken cancellation)
    {
        while (true)
        {
            var changed = _changed;
            var faults = toServers ? _toServers : _toClients;
            if (faults.Cut != Cut.Held)
            {
                return faults;
            }

            await changed.Task.WaitAsync(cancellation);
        }
    }

    /// <summary>How long a piece is on its way.</summary>
    internal TimeSpan TimeOnTheWay(DirectionFaults faults)
    {
        if (faults is { Loss: 0, Jitter.Ticks: 0 })
        {
            return faults.Delay;
        }

        lock (_random)
        {
            var time = faults.Delay + (faults.Jitter * _random.NextDouble());
            for (var wait = faults.Retransmission; _random.NextDouble() < faults.Loss; wait *= 2)
            {
                time += wait;
            }

            return time;
        }
    }

    internal void CountStruck() => Interlocked.Increment(ref _late);

    private FaultProxy Listen(IReadOnlyList<(int Port, int Target)> routes)
    {
        foreach (var (port, target) in routes)
        {
            var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            _routes.Add((listener, target));
            _accepting.Add(AcceptAsync(listener, target));
        }

        return this;
    }

    private async Task AcceptAsync(TcpListener listener, int target)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptSocketAsync(Stop);
                if (Refuses)
                {
                    Interlocked.Increment(ref _refused);
                    client.LingerState = new LingerOption(true, 0);
                    client.Dispose();
                    continue;
                }

                var connection = new ProxyConnection(this, client, target);
                var listed = NewSignal();
                _connections[connection] = RunAsync(connection, listed.Task);
                listed.SetResult();
            }
        }
        catch (OperationCanceledException)
        {
            // The proxy ends.
        }
    }

    private async Task RunAsync(ProxyConnection connection, Task listed)
    {
        await listed;
        await connection.RunAsync();
        _connections.TryRemove(connection, out _);
    }

    private void Changed() => Interlocked.Exchange(ref _changed, NewSignal()).TrySetResult();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
