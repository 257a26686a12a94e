using Lockstep.Kafka.Protocol;

namespace Lockstep.Kafka;

/// <summary>The brokers of a cluster, its controller and its id.</summary>
internal static class ClusterLook
{
    /// <summary>What the first broker that answers knows, within <see cref="KafkaBusOptions.RequestTimeout"/>.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="ProtocolException">The own protocol can't speak the cluster's security or version.</exception>
    /// <remarks>What <see cref="Bootstrap.IsNetwork"/> and <see cref="Bootstrap.IsSecurity"/> know is passed on.</remarks>
    internal static async Task<(string Id, int Controller, IReadOnlyList<(int Id, string Host, int Port, string Rack)> Brokers)> AskAsync(
        KafkaBusOptions options, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.RequestTimeout);
        var any = await Bootstrap.OpenAnyAsync(options, 0, options.RequestTimeout, limit.Token).ConfigureAwait(false);
        await using (any.ConfigureAwait(false))
        {
            return await BrokerRequests.ClusterAsync(any, limit.Token).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Asks by the own protocol. The client, when the first brokers that answer it name no controller yet, waits for one without asking
    /// again, in every later call too.
    /// </summary>
    /// <param name="options">Where and how.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="KafkaFaultException">No broker answers, or none names a controller yet: may be asked again.</exception>
    /// <exception cref="ProtocolException">The own protocol can't speak the cluster's security or version.</exception>
    internal static async Task<ClusterDescription> DescribeAsync(KafkaBusOptions options, CancellationToken cancellation)
    {
        try
        {
            var (id, controller, brokers) = await AskAsync(options, cancellation).ConfigureAwait(false);
            return controller >= 0
                ? new ClusterDescription(
                    id, controller, [.. brokers.OrderBy(b => b.Id).Select(b => new BrokerAddress(b.Id, b.Host, b.Port))])
                : throw new KafkaFaultException(options.BootstrapServers, new KafkaFault(
                    KafkaFaultKind.Retry, "NoController", "The brokers are starting: they name no controller yet."));
        }
        catch (Exception refused) when (Bootstrap.IsSecurity(refused))
        {
            throw new ProtocolException(refused.Message, isUnsupported: true);
        }
        catch (Exception away) when (Bootstrap.IsNetwork(away, cancellation))
        {
            throw new KafkaFaultException(options.BootstrapServers, KafkaFault.OfNetwork(away), away);
        }
    }
}
