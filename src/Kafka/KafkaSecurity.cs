namespace Lockstep.Kafka;

/// <summary>How a client proves itself to the brokers.</summary>
public enum SaslMechanism
{
    /// <summary>No SASL.</summary>
    None,

    /// <summary>User and password as they are; only sensible over TLS.</summary>
    Plain,

    /// <summary>SCRAM-SHA-256 (RFC 7677).</summary>
    ScramSha256,

    /// <summary>SCRAM-SHA-512.</summary>
    ScramSha512,

    /// <summary>Some other mechanism that librdkafka speaks and the fence's own protocol client does not.</summary>
    Other,
}

/// <summary>TLS and SASL settings, used alike by librdkafka and by the fence's own protocol client.</summary>
public sealed record KafkaSecurity
{
    /// <summary>Plain TCP, no log-in.</summary>
    public static readonly KafkaSecurity None = new();

    /// <summary>True: connections are encrypted.</summary>
    public bool Tls { get; init; }

    /// <summary>PEM file of trusted authorities; null takes the machine's own.</summary>
    public string? CaFile { get; init; }

    /// <summary>PEM file of the client's certificate, or null.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file of the client's private key, or null.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Password of <see cref="KeyFile"/>, or null.</summary>
    public string? KeyPassword { get; init; }

    /// <summary>True: the broker's host name must stand in its certificate.</summary>
    public bool CheckHostName { get; init; } = true;

    /// <summary>The log-in, if any.</summary>
    public SaslMechanism Mechanism { get; init; }

    /// <summary>User of the log-in.</summary>
    public string User { get; init; } = "";

    /// <summary>Password of the log-in; never logged.</summary>
    public string Password { get; init; } = "";

    /// <summary>The settings without secrets, for logs.</summary>
    public override string ToString() => $"{(Tls ? "TLS" : "plaintext")}, SASL {Mechanism}";

    internal static KafkaSecurity TakeFrom(Dictionary<string, string> config)
    {
        var protocol = (Take(config, "security.protocol") ?? "plaintext").ToUpperInvariant();
        if (protocol is not ("PLAINTEXT" or "SSL" or "SASL_PLAINTEXT" or "SASL_SSL"))
        {
            throw new FormatException($"security.protocol: '{protocol}' is not one of plaintext, ssl, sasl_plaintext, sasl_ssl.");
        }

        var sasl = protocol.StartsWith("SASL", StringComparison.Ordinal);
        var security = new KafkaSecurity
        {
            Tls = protocol.EndsWith("SSL", StringComparison.Ordinal),
            CaFile = Take(config, "ssl.ca.location"),
            CertificateFile = Take(config, "ssl.certificate.location"),
            KeyFile = Take(config, "ssl.key.location"),
            KeyPassword = Take(config, "ssl.key.password"),
            CheckHostName = Take(config, "ssl.endpoint.identification.algorithm") is null or "https",
        };
        if (!sasl)
        {
            return security;
        }

        var name = config.GetValueOrDefault("sasl.mechanism") ?? config.GetValueOrDefault("sasl.mechanisms");
        var mechanism = name switch
        {
            "PLAIN" => SaslMechanism.Plain,
            "SCRAM-SHA-256" => SaslMechanism.ScramSha256,
            "SCRAM-SHA-512" => SaslMechanism.ScramSha512,
            _ => SaslMechanism.Other,
        };
        if (mechanism == SaslMechanism.Other)
        {
            // Left in the extra properties: librdkafka knows it, the fence's own client will say that it does not.
            return security with { Mechanism = mechanism };
        }

        config.Remove("sasl.mechanism");
        config.Remove("sasl.mechanisms");
        return security with
        {
            Mechanism = mechanism,
            User = Take(config, "sasl.username") ?? "",
            Password = Take(config, "sasl.password") ?? "",
        };
    }

    private static string? Take(Dictionary<string, string> config, string name) =>
        config.Remove(name, out var value) ? value : null;
}
