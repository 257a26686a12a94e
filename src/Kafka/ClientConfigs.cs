using Confluent.Kafka;

namespace Lockstep.Kafka;

/// <summary>
/// The one place that turns <see cref="KafkaBusOptions"/> into librdkafka properties. Order: defaults, then the user's
/// extra properties, then what exactly once rests on, which nobody may change. The numbers are measured (docs/adr/0007).
/// </summary>
internal static class ClientConfigs
{
    /// <summary>librdkafka's own waits after an error or a full queue, which by default are 0.5 and 1 s.</summary>
    private const int BackoffMs = 10;

    /// <summary>
    /// Longest time a broker holds a fetch open when nothing new arrives: bounds how late a seek takes effect, and how late
    /// an idle reader of in-memory brokers hears of a record. Each idle reader asks 20 times a second for it.
    /// </summary>
    private const int FetchWaitMaxMs = 50;

    /// <summary>Kafka's largest allowed value: a reader that is paused for long is not an error here.</summary>
    private const int MaxPollIntervalMs = 86_400_000;

    internal static ProducerConfig Producer(KafkaBusOptions options, string transactionalId)
    {
        var timeoutMs = (int)options.TransactionTimeout.TotalMilliseconds;
        var config = new ProducerConfig(Common(options))
        {
            LingerMs = options.Linger.TotalMilliseconds,
            BatchSize = 1_000_000,
            BatchNumMessages = 10_000,
            QueueBufferingMaxKbytes = 256 * 1024,
            QueueBufferingMaxMessages = 100_000,
            AllowAutoCreateTopics = false,
            // Waits between retries are paid by every commit that meets CONCURRENT_TRANSACTIONS or a moved leader.
            RetryBackoffMs = 5,
            RetryBackoffMaxMs = 100,
        };
        config.Set("compression.type", options.Compression);
        // A producer that takes over writes to several leaders at once and has no time to connect to them first.
        config.Set("enable.sparse.connections", "false");
        Extra(config, options);
        config.TransactionalId = transactionalId;
        // A connection that is closed on a request is an event only with this; a commit during it is unclear then.
        config.LogConnectionClose = true;
        config.TransactionTimeoutMs = timeoutMs;
        // Below the transaction's: a record must never outlive the transaction it was sent in.
        config.MessageTimeoutMs = timeoutMs - Math.Max(500, timeoutMs / 10);
        config.EnableIdempotence = true;
        config.Acks = Acks.All;
        // A second polling thread eats the reports that a commit waits for, in slices of 10 ms (failover.md, section 6).
        config.EnableBackgroundPoll = false;
        config.EnableDeliveryReports = true;
        config.DeliveryReportFields = "none";
        return config;
    }

    internal static ConsumerConfig Consumer(KafkaBusOptions options, ReadIsolation isolation)
    {
        var config = new ConsumerConfig(Common(options))
        {
            // Required by the client; with manual assignment no group is ever joined and nothing is committed.
            GroupId = options.ClientId + ".reader",
            FetchWaitMaxMs = FetchWaitMaxMs,
            FetchMinBytes = 1,
            FetchQueueBackoffMs = BackoffMs,
            FetchErrorBackoffMs = BackoffMs,
            FetchMaxBytes = Math.Max(50 * 1024 * 1024, options.MaxRecordBytes),
            MaxPartitionFetchBytes = 4 * 1024 * 1024,
            QueuedMinMessages = 2_000,
            QueuedMaxMessagesKbytes = 64 * 1024,
            // The coordinator of the group that is never joined. Not longer: the client counts it in µs in 32 bits, and a wrap
            // makes it ask without a pause.
            CoordinatorQueryIntervalMs = 600_000,
            AllowAutoCreateTopics = false,
        };
        // The consumer's rule: receive.message.max.bytes >= fetch.max.bytes + 512.
        config.ReceiveMessageMaxBytes = Math.Max(100_000_000, config.FetchMaxBytes.Value + 512);
        Extra(config, options);
        config.IsolationLevel = isolation == ReadIsolation.Committed
            ? Confluent.Kafka.IsolationLevel.ReadCommitted
            : Confluent.Kafka.IsolationLevel.ReadUncommitted;
        config.AutoOffsetReset = AutoOffsetReset.Error;
        config.EnableAutoCommit = false;
        config.EnableAutoOffsetStore = false;
        config.EnablePartitionEof = true;
        config.MaxPollIntervalMs = MaxPollIntervalMs;
        return config;
    }

    internal static AdminClientConfig Admin(KafkaBusOptions options)
    {
        var config = new AdminClientConfig(Common(options));
        foreach (var (name, value) in options.ExtraConfig)
        {
            // Only what concerns the connection: an admin client refuses nothing, but warns of what it doesn't use.
            if (IsConnectionProperty(name))
            {
                config.Set(name, value);
            }
        }

        return config;
    }

    private static ClientConfig Common(KafkaBusOptions options)
    {
        var config = new ClientConfig
        {
            BootstrapServers = options.BootstrapServers,
            ClientId = options.ClientId,
            MessageMaxBytes = options.MaxRecordBytes,
            SocketNagleDisable = true,
            SocketKeepaliveEnable = true,
            ReconnectBackoffMs = 20,
            ReconnectBackoffMaxMs = 500,
            TopicMetadataRefreshFastIntervalMs = 50,
            EnableMetricsPush = false,
            LogConnectionClose = false,
        };
        Secure(config, options.Security);
        return config;
    }

    private static void Secure(ClientConfig config, KafkaSecurity security)
    {
        var sasl = security.Mechanism != SaslMechanism.None;
        config.SecurityProtocol = (security.Tls, sasl) switch
        {
            (false, false) => SecurityProtocol.Plaintext,
            (true, false) => SecurityProtocol.Ssl,
            (false, true) => SecurityProtocol.SaslPlaintext,
            (true, true) => SecurityProtocol.SaslSsl,
        };
        if (security.Tls)
        {
            config.SslCaLocation = security.CaFile;
            config.SslCertificateLocation = security.CertificateFile;
            config.SslKeyLocation = security.KeyFile;
            config.SslKeyPassword = security.KeyPassword;
            config.SslEndpointIdentificationAlgorithm = security.CheckHostName
                ? SslEndpointIdentificationAlgorithm.Https
                : SslEndpointIdentificationAlgorithm.None;
        }

        if (sasl && security.Mechanism != SaslMechanism.Other)
        {
            config.SaslMechanism = security.Mechanism switch
            {
                SaslMechanism.Plain => Confluent.Kafka.SaslMechanism.Plain,
                SaslMechanism.ScramSha256 => Confluent.Kafka.SaslMechanism.ScramSha256,
                _ => Confluent.Kafka.SaslMechanism.ScramSha512,
            };
            config.SaslUsername = security.User;
            config.SaslPassword = security.Password;
        }
    }

    private static void Extra(ClientConfig config, KafkaBusOptions options)
    {
        foreach (var (name, value) in options.ExtraConfig)
        {
            config.Set(name, value);
        }
    }

    private static bool IsConnectionProperty(string name) =>
        name.StartsWith("sasl.", StringComparison.Ordinal) || name.StartsWith("ssl.", StringComparison.Ordinal)
        || name.StartsWith("socket.", StringComparison.Ordinal) || name.StartsWith("broker.", StringComparison.Ordinal)
        || name is "debug" or "client.dns.lookup";
}
