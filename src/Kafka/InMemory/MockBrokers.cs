using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Lockstep.Kafka.InMemory;

/// <summary>
/// librdkafka's mock cluster as a set of brokers on loopback, for demos and smoke tests. What it does not do, measured with
/// librdkafka 2.16 (docs/adr/0007-embedded-cluster.md): nothing is kept on disk; a second producer with the same
/// transactional id is not fenced; records of open and aborted transactions are read as if committed; of each topic only
/// the newest 5 MiB or 100,000 batches are kept, older ones vanish without a word (a reader behind them gets
/// <see cref="OffsetGoneException"/>). Topics are created, trimmed and deleted through <see cref="TopicAdmin"/>, which finds
/// a line server of this class by the brokers' rack.
/// </summary>
public sealed class MockBrokers : IAsyncDisposable
{
    private const int ErrorTextBytes = 512;
    private const int LineLimit = 1024;
    private const int UnknownTopic = 3;
    private const int AlreadyExists = 36;
    private const int InvalidRequest = 42;
    private static readonly TimeSpan LineTimeout = TimeSpan.FromSeconds(5);

    private readonly nint _client;
    private readonly nint _cluster;
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private int _disposed;

    private MockBrokers(nint client, nint cluster, TcpListener listener)
    {
        _client = client;
        _cluster = cluster;
        _listener = listener;
        BootstrapServers = Marshal.PtrToStringUTF8(NativeMock.ClusterBootstraps(cluster)) ?? "";
        _serving = ServeAsync(_stop.Token);
    }

    /// <summary><c>host:port</c> of each broker, separated by commas; librdkafka chooses the ports.</summary>
    public string BootstrapServers { get; }

    /// <summary>Starts the brokers in this process.</summary>
    /// <param name="brokers">How many.</param>
    /// <exception cref="KafkaFaultException">librdkafka can't.</exception>
    public static MockBrokers Start(int brokers = 3)
    {
        var client = NewClient();
        var cluster = NativeMock.ClusterNew(client, brokers);
        if (cluster == 0)
        {
            NativeMock.Destroy(client);
            throw Failed("The mock cluster could not be created.");
        }

        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var rack = InMemoryTopics.RackPrefix + listener.LocalEndpoint;
        for (var id = 1; id <= brokers; id++)
        {
            _ = NativeMock.BrokerSetRack(cluster, id, rack);
        }

        // The client's DescribeTopics waits for a controller before it asks.
        NativeMock.SetControllerId(cluster, 1);
        return new MockBrokers(client, cluster, listener);
    }

    /// <summary>Creates a topic with one partition; one that is there already stays as it is.</summary>
    /// <param name="topic">Its name.</param>
    /// <exception cref="KafkaFaultException">The name is refused.</exception>
    public void CreateTopic(string topic)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        if (NativeMock.TopicCreate(_cluster, topic, 1, 3) is var code and not (0 or AlreadyExists))
        {
            throw Failed($"Topic '{topic}' could not be created: {Text(code)}");
        }
    }

    /// <summary>Lets every answer of a broker wait for so long, as on a busy machine.</summary>
    /// <param name="broker">Its number, from 1.</param>
    /// <param name="wait">In whole ms.</param>
    internal void Slow(int broker, TimeSpan wait) => _ = NativeMock.BrokerSetRtt(_cluster, broker, (int)wait.TotalMilliseconds);

    /// <summary>Stops the brokers; everything they held is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
#pragma warning disable VSTHRD003 // Started by this object's constructor, and there is no context to lock up with.
        await _serving.ConfigureAwait(false);
#pragma warning restore VSTHRD003
        _listener.Dispose();
        _stop.Dispose();
        NativeMock.ClusterDestroy(_cluster);
        NativeMock.Destroy(_client);
    }

    private static nint NewClient()
    {
        var conf = NativeMock.ConfNew();
        var error = Marshal.AllocHGlobal(ErrorTextBytes);
        try
        {
            // The instance only carries the cluster; its own log would repeat each refused request.
            if (NativeMock.ConfSet(conf, "log_level", "2", error, ErrorTextBytes) != NativeMock.ConfOk)
            {
                throw Failed(Marshal.PtrToStringUTF8(error) ?? "");
            }

            var client = NativeMock.New(NativeMock.ProducerType, conf, error, ErrorTextBytes);
            return client != 0 ? client : throw Failed(Marshal.PtrToStringUTF8(error) ?? "");
        }
        finally
        {
            Marshal.FreeHGlobal(error);
        }
    }

    private static string Text(int code) => Marshal.PtrToStringUTF8(NativeMock.ErrorText(code)) ?? "";

    private static KafkaFaultException Failed(string reason) =>
        new("in-memory brokers", new KafkaFault(KafkaFaultKind.Fatal, "InMemoryBrokers", reason));

    /// <summary>One caller after the other, one line each: a topic is created a few times in a cluster's life.</summary>
    private async Task ServeAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var caller = await _listener.AcceptTcpClientAsync(stop).ConfigureAwait(false);
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
                limit.CancelAfter(LineTimeout);
                await AnswerAsync(caller.GetStream(), limit.Token).ConfigureAwait(false);
            }
            catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException)
            {
                // A caller that went away or stood still; the next one is served.
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream, CancellationToken limit)
    {
        var line = new byte[LineLimit];
        var count = 0;
        while (count < line.Length && !line.AsSpan(0, count).Contains((byte)'\n'))
        {
            var read = await stream.ReadAsync(line.AsMemory(count), limit).ConfigureAwait(false);
            if (read == 0)
            {
                return;
            }

            count += read;
        }

        var words = System.Text.Encoding.UTF8.GetString(line, 0, count).Trim().Split(' ');
        var code = Run(words);
        var answer = code is 0 or AlreadyExists ? "ok\n" : $"error {Text(code)}\n";
        await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(answer), limit).ConfigureAwait(false);
    }

    private int Run(string[] words) => words switch
    {
        ["create", var topic] => NativeMock.TopicCreate(_cluster, topic, 1, 3),
        ["delete", var topic] => UnknownIsFine(NativeMock.TopicDelete(_cluster, topic)),
        ["trim", var topic, var before] when long.TryParse(before, CultureInfo.InvariantCulture, out var offset) =>
            NativeMock.DeleteRecords(_cluster, topic, 0, offset),
        _ => InvalidRequest,
    };

    private static int UnknownIsFine(int code) => code == UnknownTopic ? 0 : code;
}
