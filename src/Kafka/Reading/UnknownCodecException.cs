namespace Lockstep.Kafka.Reading;

/// <summary>A batch is packed in a way that only librdkafka can unpack.</summary>
internal sealed class UnknownCodecException(string message) : Exception(message);
