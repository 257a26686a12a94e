namespace Lockstep.Kafka;

/// <summary>
/// Where the Kafka cluster is and how every client of this process talks to it. Immutable; one instance serves any
/// number of producers, readers and admin clients. <see cref="ClientConfigs"/> is the one place that turns it into
/// librdkafka's properties.
/// </summary>
public sealed record KafkaBusOptions
{
    /// <summary>The largest record, in bytes, that clients send and take: 32 MiB unless the brokers say less.</summary>
    public const int DefaultMaxRecordBytes = 32 * 1024 * 1024;

    /// <summary>Comma-separated <c>host:port</c> list of some brokers; the rest are found through them.</summary>
    public required string BootstrapServers { get; init; }

    /// <summary>Name shown in broker logs and quotas.</summary>
    public string ClientId { get; init; } = "lockstep";

    /// <summary>TLS and SASL; <see cref="KafkaSecurity.None"/> is plain TCP.</summary>
    public KafkaSecurity Security { get; init; } = KafkaSecurity.None;

    /// <summary>
    /// How long the coordinator lets a transaction stay open without hearing of its producer. A transaction left open
    /// without a successor blocks read_committed readers for this long and up to 10 s more. At least 2 s.
    /// </summary>
    public TimeSpan TransactionTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one admin request may take before it counts as failed.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Compression of outbound batches: <c>none</c>, <c>lz4</c>, <c>zstd</c>, <c>snappy</c> or <c>gzip</c>.</summary>
    public string Compression { get; init; } = "lz4";

    /// <summary>How long the producer waits for a batch to fill before it sends: 0 to 1 ms keeps commits short.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.Zero;

    /// <summary>The largest record in bytes.</summary>
    public int MaxRecordBytes { get; init; } = DefaultMaxRecordBytes;

    /// <summary>
    /// librdkafka properties by name, given by the user (<c>kafkaglobalconfig</c>). They win over the defaults, but never
    /// over what exactly once rests on (see <see cref="ClientConfigs"/>); see <see cref="ParseExtraConfig"/>.
    /// </summary>
    public IReadOnlyDictionary<string, string> ExtraConfig { get; init; } =
        new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Parses the compatible form of <c>kafkaglobalconfig</c>: <c>name=value</c> pairs separated by <c>;</c>, blanks around
    /// names and values ignored, the last of two equal names wins, a value may hold <c>=</c>.
    /// </summary>
    /// <param name="text">The property's text; null or blank gives no pairs.</param>
    /// <exception cref="FormatException">A part has no <c>=</c> or no name; the message quotes it.</exception>
    public static IReadOnlyDictionary<string, string> ParseExtraConfig(string? text)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in (text ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0)
            {
                throw new FormatException($"kafkaglobalconfig: '{part}' is not of the form name=value.");
            }

            pairs[part[..at].Trim()] = part[(at + 1)..].Trim();
        }

        return pairs;
    }

    /// <summary>
    /// Puts the options together from a compatible property set: the <c>security.protocol</c>, <c>sasl.*</c> and
    /// <c>ssl.*</c> names found in <c>kafkaglobalconfig</c> become <see cref="Security"/>, the rest <see cref="ExtraConfig"/>.
    /// </summary>
    /// <param name="bootstrapServers">The <c>kafkahostport</c> property: <c>host:port</c>, several separated by commas.</param>
    /// <param name="globalConfig">The <c>kafkaglobalconfig</c> property, or null.</param>
    /// <exception cref="FormatException">As <see cref="ParseExtraConfig"/>, or an unknown security protocol or mechanism.</exception>
    public static KafkaBusOptions Parse(string bootstrapServers, string? globalConfig = null)
    {
        var extra = new Dictionary<string, string>(ParseExtraConfig(globalConfig), StringComparer.Ordinal);
        var security = KafkaSecurity.TakeFrom(extra);
        return new KafkaBusOptions { BootstrapServers = bootstrapServers, Security = security, ExtraConfig = extra };
    }
}
