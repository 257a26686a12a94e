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
    /// DescribeTransactions v0 (KIP-664, flexible): how the coordinator sees a transactional id. Reads its memory, writes nothing.
    /// </summary>
    internal static async Task<(short Error, string State)> DescribeTransactionAsync(
        ProtocolConnection connection, string transactionalId, CancellationToken cancellation)
    {
        var request = connection.Request(ApiKey.DescribeTransactions, 0, flexible: true)
            .VarInt(2).CompactString(transactionalId).Tags();
        var answer = await connection.CallAsync(request, cancellation).ConfigureAwait(false);
        return Parse(answer);

        static (short, string) Parse(byte[] answer)
        {
            var reader = new ProtocolReader(answer);
            reader.SkipTags();
            reader.Int32();
            if (reader.VarInt() != 2)
            {
                throw new ProtocolException("The coordinator describes another number of transactional ids than asked for.");
            }

            var error = reader.Int16();
            reader.CompactString();
            return (error, reader.CompactString() ?? "");
        }
    }

    /// <summary>Metadata v1 for no topic at all: the brokers and their racks. Creates nothing.</summary>
    internal static async Task<IReadOnlyList<(int Id, string Host, int Port, string Rack)>> BrokersAsync(
        ProtocolConnection connection, CancellationToken cancellation)
    {
        var request = connection.Request(ApiKey.Metadata, 1).Int32(0);
        var answer = await connection.CallAsync(request, cancellation).ConfigureAwait(false);
        return Parse(answer);

        static List<(int, string, int, string)> Parse(byte[] answer)
        {
            var reader = new ProtocolReader(answer);
            var brokers = new List<(int, string, int, string)>();
            for (var left = reader.Int32(); left > 0; left--)
            {
                brokers.Add((reader.Int32(), reader.String() ?? "", reader.Int32(), reader.String() ?? ""));
            }

            return brokers;
        }
    }

    /// <summary>
    /// ApiVersions v3 (flexible): the highest version of each request, and the highest <c>metadata.version</c> the broker's
    /// software knows (0 when it does not say).
    /// </summary>
    internal static async Task<(short Error, IReadOnlyDictionary<short, short> Max, short MetadataVersion)> VersionsAsync(
        ProtocolConnection connection, CancellationToken cancellation)
    {
        var request = connection.Request(ApiKey.ApiVersions, 3, flexible: true)
            .CompactString("lockstep").CompactString("1").Tags();
        var answer = await connection.CallAsync(request, cancellation).ConfigureAwait(false);
        return Parse(answer);

        static (short, IReadOnlyDictionary<short, short>, short) Parse(byte[] answer)
        {
            var reader = new ProtocolReader(answer);
            var error = reader.Int16();
            var max = new Dictionary<short, short>();
            if (error != 0)
            {
                // The answer to an unknown version is in the oldest layout; its numbers are not needed.
                return (error, max, 0);
            }

            for (var left = reader.VarInt(); left > 1; left--)
            {
                var key = reader.Int16();
                reader.Int16();
                max[key] = reader.Int16();
                reader.SkipTags();
            }

            reader.Int32();
            return (error, max, MetadataVersion(ref reader));
        }
    }

    /// <summary>A request of a few bytes that changes nothing.</summary>
    internal static Task NudgeAsync(ProtocolConnection connection, CancellationToken cancellation) =>
        connection.CallAsync(connection.Request(ApiKey.ApiVersions, 0), cancellation);

    /// <summary>Tag 0 of the answer holds the supported features: name, lowest, highest.</summary>
    private static short MetadataVersion(ref ProtocolReader reader)
    {
        for (var tags = reader.VarInt(); tags > 0; tags--)
        {
            var tag = reader.VarInt();
            var length = (int)reader.VarInt();
            var section = new ProtocolReader(reader.Take(length));
            if (tag != 0)
            {
                continue;
            }

            for (var left = section.VarInt(); left > 1; left--)
            {
                var name = section.CompactString();
                section.Int16();
                var highest = section.Int16();
                section.SkipTags();
                if (name == "metadata.version")
                {
                    return highest;
                }
            }
        }

        return 0;
    }
}
