namespace Lockstep.Kafka.Protocol;

/// <summary>
/// The few requests this client makes. Each uses an old version without tag sections that every broker from 2.0 to 4.x and
/// librdkafka's mock brokers take, so no negotiation is needed; layouts are those of Kafka's message definitions.
/// </summary>
internal static class BrokerRequests
{
    private const sbyte TransactionCoordinator = 1;

    /// <summary>FindCoordinator v1: who coordinates a transactional id.</summary>
    internal static async Task<(short Error, string Host, int Port)> FindCoordinatorAsync(
        ProtocolConnection connection, string transactionalId, CancellationToken cancellation)
    {
        var request = connection.Request(ApiKey.FindCoordinator, 1).String(transactionalId).Int8(TransactionCoordinator);
        var answer = await connection.CallAsync(request, cancellation).ConfigureAwait(false);
        return Parse(answer);

        static (short, string, int) Parse(byte[] answer)
        {
            var reader = new ProtocolReader(answer);
            reader.Int32();
            var error = reader.Int16();
            reader.String();
            reader.Int32();
            return (error, reader.String() ?? "", reader.Int32());
        }
    }

    /// <summary>
    /// InitProducerId v1 with no producer id of its own (KIP-360's "fresh" form): raises the epoch, so that whoever held
    /// the id is fenced, and ends its open transaction.
    /// </summary>
    internal static async Task<(short Error, long ProducerId, short Epoch)> InitProducerIdAsync(
        ProtocolConnection connection, string transactionalId, TimeSpan transactionTimeout, CancellationToken cancellation)
    {
        var request = connection.Request(ApiKey.InitProducerId, 1)
            .String(transactionalId).Int32((int)transactionTimeout.TotalMilliseconds);
        var answer = await connection.CallAsync(request, cancellation).ConfigureAwait(false);
        return Parse(answer);

        static (short, long, short) Parse(byte[] answer)
        {
            var reader = new ProtocolReader(answer);
            reader.Int32();
            return (reader.Int16(), reader.Int64(), reader.Int16());
        }
    }

    /// <summary>
    /// Metadata v2 for no topic at all: the cluster's id, its controller (-1: none is known, as while brokers start; where Kafka has no
    /// ZooKeeper, any broker that is up) and the brokers with their racks. Creates nothing.
    /// </summary>
    internal static async Task<(string Id, int Controller, IReadOnlyList<(int Id, string Host, int Port, string Rack)> Brokers)> ClusterAsync(
        ProtocolConnection connection, CancellationToken cancellation)
    {
        var request = connection.Request(ApiKey.Metadata, 2).Int32(0);
        var answer = await connection.CallAsync(request, cancellation).ConfigureAwait(false);
        return Parse(answer);

        static (string, int, IReadOnlyList<(int, string, int, string)>) Parse(byte[] answer)
        {
            var reader = new ProtocolReader(answer);
            var brokers = new List<(int, string, int, string)>();
            for (var left = reader.Int32(); left > 0; left--)
            {
                brokers.Add((reader.Int32(), reader.String() ?? "", reader.Int32(), reader.String() ?? ""));
            }

            return (reader.String() ?? "", reader.Int32(), brokers);
        }
    }

    /// <summary>ApiVersions v3 (flexible): what a broker's software can do and what its cluster has switched on.</summary>
    internal static async Task<BrokerFeatures> VersionsAsync(ProtocolConnection connection, CancellationToken cancellation)
    {
        var request = connection.Request(ApiKey.ApiVersions, 3, flexible: true)
            .CompactString("lockstep").CompactString("1").Tags();
        return BrokerFeatures.Parse(await connection.CallAsync(request, cancellation).ConfigureAwait(false));
    }

    /// <summary>A request of a few bytes that changes nothing.</summary>
    internal static Task NudgeAsync(ProtocolConnection connection, CancellationToken cancellation) =>
        connection.CallAsync(connection.Request(ApiKey.ApiVersions, 0), cancellation);
}
