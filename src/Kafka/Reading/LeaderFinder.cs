using Lockstep.Kafka.Protocol;

namespace Lockstep.Kafka.Reading;

/// <summary>Finds out who leads which topic, and connects to it. Blocks its thread, for <see cref="ConnectLimit"/> a step at most.</summary>
internal sealed class LeaderFinder(KafkaBusOptions options)
{
    /// <summary>Longest time for a connection or the answer to a small request.</summary>
    public static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(1);

    private Dictionary<int, (string Host, int Port)> _brokers = [];
    private byte[] _buffer = new byte[4096];
    private int _nextServer;

    /// <summary>Leaders by topic; -1 for none. Asks any broker that answers: known ones when none of the bootstrap list does.</summary>
    public Dictionary<string, int> Find(IReadOnlyCollection<string> topics)
    {
        var connection = OpenAny();
        try
        {
            var (leaders, brokers) = FetchRequests.Leaders(connection, topics, ref _buffer);
            _brokers = brokers;
            return leaders;
        }
        finally
        {
            connection.Close();
        }
    }

    public ProtocolConnection Open(int broker, int timeoutMs)
    {
        var (host, port) = _brokers.TryGetValue(broker, out var address)
            ? address
            : throw new IOException($"Broker {broker} is not known.");
        var connection = Open(host, port);
        connection.Socket.ReceiveTimeout = timeoutMs;
        return connection;
    }

    private ProtocolConnection OpenAny()
    {
        var servers = Bootstrap.Parse(options.BootstrapServers);
        _nextServer = (_nextServer + 1) % ushort.MaxValue;
        Exception? cause = null;
        foreach (var (host, port) in servers.Select((_, i) => servers[(_nextServer + i) % servers.Count]).Concat(_brokers.Values))
        {
            try
            {
                return Open(host, port);
            }
            catch (Exception away) when (Bootstrap.IsNetwork(away, CancellationToken.None))
            {
                cause = away;
            }
        }

        throw new IOException($"None of {options.BootstrapServers} answers: {cause?.Message}", cause);
    }

    private ProtocolConnection Open(string host, int port)
    {
        using var limit = new CancellationTokenSource(ConnectLimit);
#pragma warning disable VSTHRD002 // The reader's own thread, without a context to lock up with.
        var connection = ProtocolConnection.OpenAsync(options, host, port, limit.Token).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
        connection.Socket.ReceiveTimeout = connection.Socket.SendTimeout = (int)ConnectLimit.TotalMilliseconds;
        return connection;
    }
}
