namespace Lockstep.Kafka.Protocol;

/// <summary>The requests this client knows, numbered as in Kafka's protocol guide.</summary>
internal enum ApiKey : short
{
    Produce = 0,
    Fetch = 1,
    ListOffsets = 2,
    Metadata = 3,
    FindCoordinator = 10,
    SaslHandshake = 17,
    ApiVersions = 18,
    InitProducerId = 22,
    AddPartitionsToTxn = 24,
    EndTxn = 26,
    DescribeLogDirs = 35,
    SaslAuthenticate = 36,
}
