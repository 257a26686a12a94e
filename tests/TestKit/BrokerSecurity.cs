using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Lockstep.TestKit;

/// <summary>A broker's listener with TLS and SASL: certificates made on the spot, one user.</summary>
internal static class BrokerSecurity
{
    internal const string AuthorityFile = "authority.pem";
    internal const string User = "alice";
    internal const string Password = "alice-secret";
    private const string KeyStoreFile = "broker.pem";

    /// <summary>Creates the user's SCRAM credentials while the storage is formatted (KIP-900).</summary>
    internal static IReadOnlyList<string> ScramArguments { get; } =
    [
        "--add-scram", $"SCRAM-SHA-256=[name={User},password={Password}]",
        "--add-scram", $"SCRAM-SHA-512=[name={User},password={Password}]",
    ];

    internal static void WriteCertificates(string folder)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var authorityKey = RSA.Create(2048);
        var authorityRequest = new CertificateRequest(
            "CN=Lockstep test authority", authorityKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = authorityRequest.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));

        using var brokerKey = RSA.Create(2048);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        var brokerRequest = new CertificateRequest("CN=broker", brokerKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        brokerRequest.CertificateExtensions.Add(names.Build());
        using var broker = brokerRequest.Create(authority, now.AddHours(-1), now.AddDays(1), [1, 2, 3, 4]);

        File.WriteAllText(Path.Combine(folder, AuthorityFile), authority.ExportCertificatePem() + "\n");
        File.WriteAllText(
            Path.Combine(folder, KeyStoreFile),
            $"{brokerKey.ExportPkcs8PrivateKeyPem()}\n{broker.ExportCertificatePem()}\n");
    }

    internal static void AddTo(Dictionary<string, string> properties, string folder, int port)
    {
        const string scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;";
        properties["listeners"] += $",SECURE://127.0.0.1:{port}";
        properties["listener.security.protocol.map"] += ",SECURE:SASL_SSL";
        properties["listener.name.secure.ssl.keystore.type"] = "PEM";
        properties["listener.name.secure.ssl.keystore.location"] = Path.Combine(folder, KeyStoreFile);
        properties["listener.name.secure.sasl.enabled.mechanisms"] = "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512";
        properties["listener.name.secure.scram-sha-256.sasl.jaas.config"] = scram;
        properties["listener.name.secure.scram-sha-512.sasl.jaas.config"] = scram;
        properties["listener.name.secure.plain.sasl.jaas.config"] =
            $"org.apache.kafka.common.security.plain.PlainLoginModule required user_{User}=\"{Password}\";";
    }
}
