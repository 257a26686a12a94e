using Lockstep.Kafka.Protocol;

namespace Lockstep.Kafka.Writing;

/// <summary>
/// The requests of a transactional producer. Two forms: brokers from 2.4 to 3.9 and librdkafka's mock brokers take the first
/// (transactions v1); where the cluster has <c>transaction.version</c> 2, the second (KIP-890): partitions are added by the
/// Produce itself, and the answer to EndTxn has the next epoch. Layouts are those of Kafka's message definitions.
/// Each gives the broker's error, 0 for none. They block their thread until the answer is there.
/// </summary>
internal static class WriteRequests
{
    private const short InitFresh = 1;
    private const short InitRenew = 3;
    private const short AddVersion = 0;
    private const short EndVersion = 1;
    private const short EndVersion2 = 5;
    private const short ProduceVersion = 9;
    private const short ProduceVersion2 = 12;
    private const short NotAttempted = 55;
    private const int AllReplicas = -1;
    private const int SmallAnswer = 1024 * 1024;

    /// <summary>True: the broker takes the second form and its cluster has it switched on.</summary>
    internal static bool EndsRaiseEpoch(BrokerFeatures told) => told.TransactionVersion >= 2
        && told.Max.GetValueOrDefault((short)ApiKey.EndTxn) >= EndVersion2
        && told.Max.GetValueOrDefault((short)ApiKey.Produce) >= ProduceVersion2;

    /// <summary>
    /// InitProducerId: without an identity it fences whoever holds the id, ends its open transaction and gives a fresh one; with
    /// one it raises that one's epoch (KIP-360), and gives the same answer when asked again with the epoch before.
    /// </summary>
    internal static (short Error, ProducerIdentity Identity) Init(
        ProtocolConnection connection, string transactionalId, int transactionTimeoutMs, ProducerIdentity identity, ref byte[] buffer)
    {
        var renews = !identity.IsNone;
        connection.Send(renews
            ? connection.Request(ApiKey.InitProducerId, InitRenew, flexible: true)
                .CompactString(transactionalId).Int32(transactionTimeoutMs).Int64(identity.Id).Int16(identity.Epoch).Tags()
            : connection.Request(ApiKey.InitProducerId, InitFresh).String(transactionalId).Int32(transactionTimeoutMs));
        var reader = Answer(connection, renews, ref buffer);
        reader.Int32();
        return (reader.Int16(), new ProducerIdentity(reader.Int64(), reader.Int16()));
    }

    /// <summary>AddPartitionsToTxn: partition 0 of each topic belongs to the open transaction, which this opens. First form only.</summary>
    internal static short Add(
        ProtocolConnection connection, string transactionalId, ProducerIdentity identity, IReadOnlyCollection<string> topics, ref byte[] buffer)
    {
        var request = connection.Request(ApiKey.AddPartitionsToTxn, AddVersion)
            .String(transactionalId).Int64(identity.Id).Int16(identity.Epoch).Int32(topics.Count);
        foreach (var topic in topics)
        {
            request.String(topic).Int32(1).Int32(0);
        }

        connection.Send(request);
        var reader = Answer(connection, flexible: false, ref buffer);
        reader.Int32();
        short worst = 0;
        for (var left = reader.Int32(); left > 0; left--)
        {
            reader.String();
            for (var partitions = reader.Int32(); partitions > 0; partitions--)
            {
                reader.Int32();
                var error = reader.Int16();
                worst = worst is 0 or NotAttempted && error != 0 ? error : worst;
            }
        }

        return worst;
    }

    /// <summary>EndTxn.</summary>
    /// <returns>In the second form with the identity of the next transaction; in the first with the one given.</returns>
    internal static (short Error, ProducerIdentity Next) End(
        ProtocolConnection connection, string transactionalId, ProducerIdentity identity, bool commit, bool raises, ref byte[] buffer)
    {
        var request = raises
            ? connection.Request(ApiKey.EndTxn, EndVersion2, flexible: true).CompactString(transactionalId)
            : connection.Request(ApiKey.EndTxn, EndVersion).String(transactionalId);
        request.Int64(identity.Id).Int16(identity.Epoch).Int8((sbyte)(commit ? 1 : 0));
        connection.Send(raises ? request.Tags() : request);
        var reader = Answer(connection, raises, ref buffer);
        reader.Int32();
        var error = reader.Int16();
        return (error, raises && error == 0 ? new ProducerIdentity(reader.Int64(), reader.Int16()) : identity);
    }

    /// <summary>Sends a Produce of one sealed batch for each topic; <see cref="Produced"/> takes its answer.</summary>
    /// <returns>The request, whose memory may be used for the next one.</returns>
    internal static ProtocolWriter Produce(
        ProtocolConnection connection, ProtocolWriter? used, string transactionalId, bool raises, int timeoutMs, IReadOnlyList<TopicLane> lanes)
    {
        var request = connection.Request(used, ApiKey.Produce, raises ? ProduceVersion2 : ProduceVersion, flexible: true)
            .CompactString(transactionalId).Int16(AllReplicas).Int32(timeoutMs).VarInt((uint)lanes.Count + 1);
        foreach (var lane in lanes)
        {
            request.CompactString(lane.Topic).VarInt(2).Int32(0).CompactBytes(lane.Unacknowledged.Peek().Sealed).Tags().Tags();
        }

        connection.Send(request.Tags());
        return request;
    }

    /// <summary>The answer to <see cref="Produce"/>: topics and their errors.</summary>
    internal static void Produced(ProtocolConnection connection, List<(string Topic, short Error)> answers, ref byte[] buffer)
    {
        answers.Clear();
        var reader = Answer(connection, flexible: true, ref buffer);
        for (var left = reader.VarInt(); left > 1; left--)
        {
            var topic = reader.CompactString() ?? "";
            for (var partitions = reader.VarInt(); partitions > 1; partitions--)
            {
                reader.Int32();
                answers.Add((topic, reader.Int16()));
                reader.Int64();
                reader.Int64();
                reader.Int64();
                for (var errors = reader.VarInt(); errors > 1; errors--)
                {
                    reader.Int32();
                    reader.CompactString();
                    reader.SkipTags();
                }

                reader.CompactString();
                reader.SkipTags();
            }

            reader.SkipTags();
        }
    }

    private static ProtocolReader Answer(ProtocolConnection connection, bool flexible, ref byte[] buffer)
    {
        var length = connection.Receive(ref buffer, SmallAnswer);
        var reader = new ProtocolReader(buffer.AsSpan(0, length));
        if (flexible)
        {
            reader.SkipTags();
        }

        return reader;
    }
}
