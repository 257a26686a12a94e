using Lockstep.Kafka.Protocol;

namespace Lockstep.Kafka.Reading;

/// <summary>A broker's answer for one topic; its batches lie in the link's buffer.</summary>
internal sealed record FetchedTopic(
    string Topic, short Error, long HighWatermark, long LastStable, List<(long ProducerId, long FirstOffset)>? Aborted, int Start, int Length);

/// <summary>
/// The requests of a reader, in versions without tag sections that every broker from 2.3 to 4.x and librdkafka's mock brokers
/// take; layouts are those of Kafka's message definitions.
/// </summary>
internal static class FetchRequests
{
    private const short MetadataVersion = 4;
    private const short OffsetsVersion = 2;
    private const short FetchVersion = 11;
    private const int NoReplica = -1;
    private const int NoEpoch = -1;

    /// <summary>Metadata v4: who leads partition 0 of each topic (-1: nobody, or the topic is not there), and all brokers.</summary>
    internal static (Dictionary<string, int> Leaders, Dictionary<int, (string Host, int Port)> Brokers) Leaders(
        ProtocolConnection connection, IReadOnlyCollection<string> topics, ref byte[] buffer)
    {
        var request = connection.Request(ApiKey.Metadata, MetadataVersion).Int32(topics.Count);
        foreach (var topic in topics)
        {
            request.String(topic);
        }

        connection.Send(request.Int8(0));
        var length = connection.Receive(ref buffer, ushort.MaxValue * 64);
        var reader = new ProtocolReader(buffer.AsSpan(0, length));
        reader.Int32();
        var brokers = new Dictionary<int, (string, int)>();
        for (var left = reader.Int32(); left > 0; left--)
        {
            brokers[reader.Int32()] = (reader.String() ?? "", reader.Int32());
            reader.String();
        }

        reader.String();
        reader.Int32();
        var leaders = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var left = reader.Int32(); left > 0; left--)
        {
            var error = reader.Int16();
            var topic = reader.String() ?? "";
            reader.Byte();
            leaders[topic] = LeaderOf(ref reader, error);
        }

        return (leaders, brokers);
    }

    /// <summary>ListOffsets v2: the first or end offset of partition 0; for a committed reader the last stable offset.</summary>
    internal static (short Error, long Offset) Offset(
        ProtocolConnection connection, string topic, long which, ReadIsolation isolation, ref byte[] buffer)
    {
        connection.Send(connection.Request(ApiKey.ListOffsets, OffsetsVersion)
            .Int32(NoReplica).Int8((sbyte)(isolation == ReadIsolation.Committed ? 1 : 0))
            .Int32(1).String(topic).Int32(1).Int32(0).Int64(which));
        var length = connection.Receive(ref buffer, ushort.MaxValue);
        var reader = new ProtocolReader(buffer.AsSpan(0, length));
        reader.Int32();
        reader.Int32();
        reader.String();
        reader.Int32();
        reader.Int32();
        var error = reader.Int16();
        reader.Int64();
        return (error, reader.Int64());
    }

    /// <summary>Fetch v11, without a fetch session.</summary>
    internal static ProtocolWriter Fetch(
        ProtocolConnection connection, IReadOnlyList<Lane> lanes, ReadIsolation isolation, int waitMs, int mostBytes, int topicBytes)
    {
        var request = connection.Request(ApiKey.Fetch, FetchVersion)
            .Int32(NoReplica).Int32(waitMs).Int32(1).Int32(mostBytes).Int8((sbyte)(isolation == ReadIsolation.Committed ? 1 : 0))
            .Int32(0).Int32(NoEpoch).Int32(lanes.Count);
        foreach (var lane in lanes)
        {
            request.String(lane.Topic).Int32(1).Int32(0).Int32(NoEpoch).Int64(lane.Next).Int64(-1).Int32(topicBytes);
        }

        return request.Int32(0).String("");
    }

    /// <summary>The answer to <see cref="Fetch"/>.</summary>
    internal static (short Error, List<FetchedTopic> Topics) Fetched(ReadOnlySpan<byte> body)
    {
        var reader = new ProtocolReader(body);
        reader.Int32();
        var error = reader.Int16();
        reader.Int32();
        var topics = new List<FetchedTopic>();
        for (var left = reader.Int32(); left > 0; left--)
        {
            var topic = reader.String() ?? "";
            for (var partitions = reader.Int32(); partitions > 0; partitions--)
            {
                reader.Int32();
                var (failed, high, stable) = (reader.Int16(), reader.Int64(), reader.Int64());
                reader.Int64();
                var aborted = AbortedIn(ref reader);
                reader.Int32();
                var length = Math.Max(0, reader.Int32());
                topics.Add(new FetchedTopic(topic, failed, high, stable, aborted, body.Length - reader.Left, length));
                reader.Take(length);
            }
        }

        return (error, topics);
    }

    private static List<(long ProducerId, long FirstOffset)>? AbortedIn(ref ProtocolReader reader)
    {
        var left = reader.Int32();
        if (left <= 0)
        {
            return null;
        }

        var aborted = new List<(long ProducerId, long FirstOffset)>();
        for (; left > 0; left--)
        {
            aborted.Add((reader.Int64(), reader.Int64()));
        }

        aborted.Sort((a, b) => a.FirstOffset.CompareTo(b.FirstOffset));
        return aborted;
    }

    private static int LeaderOf(ref ProtocolReader reader, short error)
    {
        var leader = Lane.NoLeader;
        for (var partitions = reader.Int32(); partitions > 0; partitions--)
        {
            var failed = reader.Int16();
            var (number, leads) = (reader.Int32(), reader.Int32());
            reader.Take(sizeof(int) * reader.Int32());
            reader.Take(sizeof(int) * reader.Int32());
            if (number == 0 && failed == 0 && error == 0)
            {
                leader = leads;
            }
        }

        return leader;
    }
}
