using System.Security.Cryptography.X509Certificates;

namespace Lockstep.ZooKeeper;

/// <summary>How connections are encrypted and who is trusted.</summary>
public sealed record ZooKeeperTls
{
    /// <summary>Certificate authorities that may have signed the servers' certificates; the system's own when empty.</summary>
    public IReadOnlyList<X509Certificate2> TrustedAuthorities { get; init; } = [];

    /// <summary>The client's own certificate with its key, for servers that ask for one.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>False to accept a certificate made for another host name; its signature is checked all the same.</summary>
    public bool CheckHostName { get; init; } = true;

    /// <summary>Reads PEM files.</summary>
    /// <param name="authoritiesFile">One or more certificates; null for the system's own authorities.</param>
    /// <param name="certificateFile">The client's certificate; null for none.</param>
    /// <param name="keyFile">Its private key; null when in the same file.</param>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A file is not what it should be.</exception>
    public static ZooKeeperTls FromPemFiles(string? authoritiesFile, string? certificateFile = null, string? keyFile = null)
    {
        X509Certificate2Collection authorities = [];
        if (authoritiesFile is not null)
        {
            authorities.ImportFromPemFile(authoritiesFile);
        }

        X509Certificate2? certificate = certificateFile is null
            ? null
            : X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        return new ZooKeeperTls { TrustedAuthorities = [.. authorities], ClientCertificate = certificate };
    }
}
