namespace Lockstep.Kafka.Protocol;

/// <summary>Requests about partition 0 of topics, in the oldest versions that Kafka 4 still takes, without tag sections.</summary>
internal static class TopicRequests
{
    private const int Consumer = -1;
    private const long LatestOffset = -1;
    private const sbyte ReadCommitted = 1;
    private const int MaxFetchBytes = 1024 * 1024;
    private const short NoError = 0;

    /// <summary>Metadata v4: where the leader of each topic's partition 0 is. A topic without leader is left out.</summary>
    internal static async Task<IReadOnlyDictionary<string, (string Host, int Port)>> LeadersAsync(
        ProtocolConnection connection, IReadOnlyCollection<string> topics, CancellationToken cancellation)
    {
        var request = connection.Request(ApiKey.Metadata, 4).Int32(topics.Count);
        foreach (var topic in topics)
        {
            request.String(topic);
        }

        return Parse(await connection.CallAsync(request.Int8(0), cancellation).ConfigureAwait(false));

        static Dictionary<string, (string, int)> Parse(byte[] answer)
        {
            var reader = new ProtocolReader(answer);
            reader.Int32();
            var brokers = new Dictionary<int, (string, int)>();
            for (var left = reader.Int32(); left > 0; left--)
            {
                brokers[reader.Int32()] = (reader.String() ?? "", reader.Int32());
                reader.String();
            }

            reader.String();
            reader.Int32();
            var leaders = new Dictionary<string, (string, int)>(StringComparer.Ordinal);
            for (var left = reader.Int32(); left > 0; left--)
            {
                reader.Int16();
                var name = reader.String() ?? "";
                reader.Byte();
                for (var partitions = reader.Int32(); partitions > 0; partitions--)
                {
                    var error = reader.Int16();
                    var index = reader.Int32();
                    var leader = reader.Int32();
                    SkipIds(ref reader);
                    SkipIds(ref reader);
                    if (index == 0 && error == NoError && brokers.TryGetValue(leader, out var address))
                    {
                        leaders[name] = address;
                    }
                }
            }

            return leaders;
        }

        static void SkipIds(ref ProtocolReader reader)
        {
            for (var left = reader.Int32(); left > 0; left--)
            {
                reader.Int32();
            }
        }
    }

    /// <summary>ListOffsets v2: the last stable offset of each topic, or an error.</summary>
    internal static async Task<IReadOnlyDictionary<string, (short Error, long End)>> EndsAsync(
        ProtocolConnection connection, IReadOnlyCollection<string> topics, CancellationToken cancellation)
    {
        var request = connection.Request(ApiKey.ListOffsets, 2).Int32(Consumer).Int8(ReadCommitted).Int32(topics.Count);
        foreach (var topic in topics)
        {
            request.String(topic).Int32(1).Int32(0).Int64(LatestOffset);
        }

        return Parse(await connection.CallAsync(request, cancellation).ConfigureAwait(false));

        static Dictionary<string, (short, long)> Parse(byte[] answer)
        {
            var reader = new ProtocolReader(answer);
            reader.Int32();
            var ends = new Dictionary<string, (short, long)>(StringComparer.Ordinal);
            for (var left = reader.Int32(); left > 0; left--)
            {
                var name = reader.String() ?? "";
                for (var partitions = reader.Int32(); partitions > 0; partitions--)
                {
                    reader.Int32();
                    var error = reader.Int16();
                    reader.Int64();
                    ends[name] = (error, reader.Int64());
                }
            }

            return ends;
        }
    }

    /// <summary>
    /// Fetch v4, without a wait: for each topic and offset, the offset after the last committed record below an end; see
    /// <see cref="LogScan.LastCommitted"/>. A topic that answers with an error gets its end.
    /// </summary>
    internal static async Task<IReadOnlyDictionary<string, long>> LastCommittedAsync(
        ProtocolConnection connection, IReadOnlyDictionary<string, (long From, long End)> topics, CancellationToken cancellation)
    {
        var request = connection.Request(ApiKey.Fetch, 4)
            .Int32(Consumer).Int32(0).Int32(0).Int32(MaxFetchBytes).Int8(ReadCommitted).Int32(topics.Count);
        foreach (var (topic, (from, _)) in topics)
        {
            request.String(topic).Int32(1).Int32(0).Int64(from).Int32(MaxFetchBytes);
        }

        return Parse(await connection.CallAsync(request, cancellation).ConfigureAwait(false), topics);

        static Dictionary<string, long> Parse(byte[] answer, IReadOnlyDictionary<string, (long From, long End)> topics)
        {
            var reader = new ProtocolReader(answer);
            reader.Int32();
            var last = topics.ToDictionary(t => t.Key, t => t.Value.End, StringComparer.Ordinal);
            for (var left = reader.Int32(); left > 0; left--)
            {
                var name = reader.String() ?? "";
                for (var partitions = reader.Int32(); partitions > 0; partitions--)
                {
                    reader.Int32();
                    var error = reader.Int16();
                    reader.Int64();
                    reader.Int64();
                    var aborted = new List<(long, long)>();
                    for (var more = reader.Int32(); more > 0; more--)
                    {
                        aborted.Add((reader.Int64(), reader.Int64()));
                    }

                    var size = reader.Int32();
                    var records = reader.Take(Math.Max(size, 0));
                    if (error == NoError && topics.TryGetValue(name, out var topic))
                    {
                        last[name] = LogScan.LastCommitted(records, aborted, topic.From, topic.End);
                    }
                }
            }

            return last;
        }
    }
}
