namespace Lockstep.Kafka.Protocol;

/// <summary>Whether a cluster's security can be spoken by the own protocol client, or by librdkafka alone.</summary>
internal static class ProtocolSupport
{
    /// <summary>Why not, as a sentence; null when it can.</summary>
    internal static string? WhyUnsupported(KafkaBusOptions options)
    {
        if (options.Security.Mechanism == SaslMechanism.Other)
        {
            return "Only SASL PLAIN and SCRAM are spoken besides TLS.";
        }

        var foreign = options.ExtraConfig.Keys.FirstOrDefault(k =>
            k.StartsWith("ssl.", StringComparison.Ordinal) || k.StartsWith("sasl.", StringComparison.Ordinal)
            || k is "enable.ssl.certificate.verification");
        return foreign is null ? null : $"The property '{foreign}' is not understood.";
    }
}
