namespace Lockstep.Kafka.Protocol;

/// <summary>DescribeLogDirs v1, without tag sections: taken by every broker from 2.0 to 4.x. The client library has no call for it.</summary>
internal static class LogDirRequests
{
    private const short NoError = 0;

    /// <summary>Bytes that partition 0 of each topic takes on this broker's disks. A topic that the broker has no replica of is left out.</summary>
    internal static async Task<IReadOnlyDictionary<string, long>> SizesAsync(
        ProtocolConnection connection, IReadOnlyCollection<string> topics, CancellationToken cancellation)
    {
        var request = connection.Request(ApiKey.DescribeLogDirs, 1).Int32(topics.Count);
        foreach (var topic in topics)
        {
            request.String(topic).Int32(1).Int32(0);
        }

        return Parse(await connection.CallAsync(request, cancellation).ConfigureAwait(false));

        static Dictionary<string, long> Parse(byte[] answer)
        {
            var reader = new ProtocolReader(answer);
            reader.Int32();
            var sizes = new Dictionary<string, long>(StringComparer.Ordinal);
            for (var folders = reader.Int32(); folders > 0; folders--)
            {
                var error = reader.Int16();
                reader.String();
                for (var left = reader.Int32(); left > 0; left--)
                {
                    var name = reader.String() ?? "";
                    for (var partitions = reader.Int32(); partitions > 0; partitions--)
                    {
                        reader.Int32();
                        var size = reader.Int64();
                        reader.Int64();
                        // A replica that is being moved to another folder is there twice.
                        var isFuture = reader.Byte() != 0;
                        if (error == NoError && !isFuture)
                        {
                            sizes[name] = size;
                        }
                    }
                }
            }

            return sizes;
        }
    }
}
