using System.Globalization;
using Lockstep.Kafka.Protocol;

namespace Lockstep.Kafka;

/// <summary>Whether brokers are new enough.</summary>
public enum BrokerAge
{
    /// <summary>3.6 or newer.</summary>
    NewEnough,

    /// <summary>Older than 3.6: a delayed EndTxn may end a later transaction there (KAFKA-17754). Must not be used.</summary>
    TooOld,

    /// <summary>Could not be told (security not spoken here, or brokers that say too little).</summary>
    Unknown,
}

/// <summary>
/// Finds out the age of the brokers. They do not tell their version; what they tell is the highest <c>metadata.version</c>
/// their software knows (12 is 3.6-IV0; KIP-584, KIP-778) and the highest version of each request (Fetch 16 came with 3.7).
/// </summary>
/// <param name="Age">The verdict over all brokers: the worst of them.</param>
/// <param name="Reason">What it rests on.</param>
public sealed record BrokerVersion(BrokerAge Age, string Reason)
{
    private const short FirstMetadataVersion = 12;
    private const short FirstFetchVersion = 16;
    private const short LastOldFetchVersion = 14;

    /// <summary>Asks every broker that the first one names.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="KafkaFaultException">A broker can't be reached; may be asked again.</exception>
    public static async Task<BrokerVersion> CheckAsync(KafkaBusOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            var (_, _, brokers) = await ClusterLook.AskAsync(options, cancellation).ConfigureAwait(false);
            var worst = new BrokerVersion(BrokerAge.NewEnough, $"All {brokers.Count} brokers are 3.6 or newer.");
            foreach (var broker in brokers)
            {
                var one = await AskAsync(options, broker.Id, broker.Host, broker.Port, cancellation).ConfigureAwait(false);
                if (one.Age == BrokerAge.TooOld || (one.Age == BrokerAge.Unknown && worst.Age == BrokerAge.NewEnough))
                {
                    worst = one;
                }
            }

            return worst;
        }
        catch (Exception refused) when (refused is ProtocolException || Bootstrap.IsSecurity(refused))
        {
            return new BrokerVersion(BrokerAge.Unknown, refused.Message);
        }
        catch (Exception away) when (Bootstrap.IsNetwork(away, cancellation))
        {
            throw new KafkaFaultException(
                options.BootstrapServers, KafkaFault.OfNetwork(away), away);
        }
    }

    /// <summary>The verdict from what one broker tells; pure.</summary>
    internal static BrokerVersion Judge(int broker, short metadataVersion, short fetchVersion)
    {
        var said = string.Create(
            CultureInfo.InvariantCulture, $"Broker {broker}: metadata.version {metadataVersion}, Fetch {fetchVersion}");
        if (metadataVersion >= FirstMetadataVersion || fetchVersion >= FirstFetchVersion)
        {
            return new BrokerVersion(BrokerAge.NewEnough, said + ": 3.6 or newer.");
        }

        return metadataVersion > 0 || (fetchVersion > 0 && fetchVersion <= LastOldFetchVersion)
            ? new BrokerVersion(BrokerAge.TooOld, said + ": older than 3.6.")
            : new BrokerVersion(BrokerAge.Unknown, said + ": 3.5 and 3.6 look alike.");
    }

    private static async Task<BrokerVersion> AskAsync(
        KafkaBusOptions options, int id, string host, int port, CancellationToken cancellation)
    {
        var connection = await ProtocolConnection.OpenAsync(options, host, port, cancellation).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var told = await BrokerRequests.VersionsAsync(connection, cancellation).ConfigureAwait(false);
            return told.Error == 0
                ? Judge(id, told.MetadataVersion, told.Max.GetValueOrDefault((short)ApiKey.Fetch))
                : new BrokerVersion(BrokerAge.Unknown, $"Broker {id} does not answer ApiVersions 3 (error {told.Error}).");
        }
    }
}
