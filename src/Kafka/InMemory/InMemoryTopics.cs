using System.Globalization;
using System.Net.Sockets;
using Lockstep.Kafka.Protocol;

namespace Lockstep.Kafka.InMemory;

/// <summary>
/// The client's side of what <see cref="MockBrokers"/> adds to librdkafka's mock cluster, which has no request for creating,
/// trimming or deleting topics: brokers of that kind name, as their rack, the address of a line server.
/// <code>create NAME | trim NAME OFFSET | delete NAME   ->   ok | error TEXT</code>
/// </summary>
internal sealed class InMemoryTopics(KafkaBusOptions options) : IDisposable
{
    /// <summary>What the rack of an in-memory broker begins with; its line server's address follows.</summary>
    internal const string RackPrefix = "lockstep-in-memory/";

    private readonly SemaphoreSlim _one = new(1, 1);
    private bool _asked;
    private string? _server;

    internal async Task<bool> IsInMemoryAsync(CancellationToken cancellation) =>
        await FindAsync(cancellation).ConfigureAwait(false) is not null;

    internal Task<bool> CreateTopicAsync(string topic, CancellationToken cancellation) =>
        SendAsync(topic, $"create {topic}", cancellation);

    internal Task<bool> DeleteTopicAsync(string topic, CancellationToken cancellation) =>
        SendAsync(topic, $"delete {topic}", cancellation);

    internal Task<bool> DeleteRecordsAsync(string topic, long before, CancellationToken cancellation) =>
        SendAsync(topic, string.Create(CultureInfo.InvariantCulture, $"trim {topic} {before}"), cancellation);

    public void Dispose() => _one.Dispose();

    /// <summary>False: these are real brokers, ask them.</summary>
    private async Task<bool> SendAsync(string topic, string line, CancellationToken cancellation)
    {
        if (await FindAsync(cancellation).ConfigureAwait(false) is not { } server)
        {
            return false;
        }

        var (host, port) = Bootstrap.Parse(server)[0];
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host, port, cancellation).ConfigureAwait(false);
            var stream = client.GetStream();
            var writer = new StreamWriter(stream) { NewLine = "\n", AutoFlush = true };
            await using (writer.ConfigureAwait(false))
            {
                using var reader = new StreamReader(stream);
                await writer.WriteLineAsync(line.AsMemory(), cancellation).ConfigureAwait(false);
                var answer = await reader.ReadLineAsync(cancellation).ConfigureAwait(false);
                return answer == "ok"
                    ? true
                    : throw new KafkaFaultException(
                        topic, new KafkaFault(KafkaFaultKind.Fatal, "InMemoryBrokers", answer ?? "no answer"));
            }
        }
        catch (Exception away) when (Bootstrap.IsNetwork(away, cancellation))
        {
            throw new KafkaFaultException(
                topic, KafkaFault.OfNetwork(away), away);
        }
    }

    /// <summary>Address of the line server, or null for real brokers. Asked until some broker answers, then remembered.</summary>
    private async Task<string?> FindAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (!_asked)
            {
                var cluster = await ClusterLook.AskAsync(options, cancellation).ConfigureAwait(false);
                _server = cluster.Brokers.Select(b => b.Rack)
                    .FirstOrDefault(r => r.StartsWith(RackPrefix, StringComparison.Ordinal))?[RackPrefix.Length..];
                _asked = true;
            }
        }
        catch (Exception away) when (Bootstrap.IsNetwork(away, cancellation))
        {
            // Nobody answers: the call that follows says so in the client's own words.
            return null;
        }
        catch (Exception secured) when (secured is ProtocolException || Bootstrap.IsSecurity(secured))
        {
            // In-memory brokers have no security at all, so these are real.
            _asked = true;
        }
        finally
        {
            _one.Release();
        }

        return _server;
    }
}
