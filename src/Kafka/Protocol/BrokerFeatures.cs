namespace Lockstep.Kafka.Protocol;

/// <summary>A broker's answer to ApiVersions v3 (KIP-511, KIP-584).</summary>
/// <param name="Error">0, or why it does not answer; then the rest is empty.</param>
/// <param name="Max">The highest version of each request.</param>
/// <param name="MetadataVersion">The highest <c>metadata.version</c> its software knows; 0 when it does not say.</param>
/// <param name="TransactionVersion">
/// The <c>transaction.version</c> that the cluster has switched on. From 2 on every end of a transaction raises the producer's epoch (KIP-890).
/// </param>
internal sealed record BrokerFeatures(
    short Error, IReadOnlyDictionary<short, short> Max, short MetadataVersion, short TransactionVersion)
{
    private const int SupportedTag = 0;
    private const int FinalizedTag = 2;

    internal static BrokerFeatures Parse(ReadOnlySpan<byte> answer)
    {
        var reader = new ProtocolReader(answer);
        var error = reader.Int16();
        var max = new Dictionary<short, short>();
        if (error != 0)
        {
            // The answer to an unknown version is in the oldest layout; its numbers are not needed.
            return new BrokerFeatures(error, max, 0, 0);
        }

        for (var left = reader.VarInt(); left > 1; left--)
        {
            var key = reader.Int16();
            reader.Int16();
            max[key] = reader.Int16();
            reader.SkipTags();
        }

        reader.Int32();
        short metadata = 0;
        short transactions = 0;
        for (var tags = reader.VarInt(); tags > 0; tags--)
        {
            var tag = reader.VarInt();
            var section = reader.Take((int)reader.VarInt());
            switch (tag)
            {
                case SupportedTag:
                    metadata = Level(section, "metadata.version", second: true);
                    break;
                case FinalizedTag:
                    transactions = Level(section, "transaction.version", second: false);
                    break;
            }
        }

        return new BrokerFeatures(error, max, metadata, transactions);
    }

    /// <summary>Supported features are name, lowest, highest; finalized ones name, highest, lowest.</summary>
    private static short Level(ReadOnlySpan<byte> bytes, string feature, bool second)
    {
        var section = new ProtocolReader(bytes);
        for (var left = section.VarInt(); left > 1; left--)
        {
            var name = section.CompactString();
            var (one, two) = (section.Int16(), section.Int16());
            section.SkipTags();
            if (name == feature)
            {
                return second ? two : one;
            }
        }

        return 0;
    }
}
