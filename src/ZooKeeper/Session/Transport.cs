using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Lockstep.ZooKeeper.Session;

/// <summary>Opens connections, encrypted or not.</summary>
internal static class Transport
{
    /// <summary>Connects to a server.</summary>
    /// <exception cref="SocketException">It cannot be reached.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">Its certificate is not trusted, or ours is not.</exception>
    public static async Task<Stream> OpenAsync(ServerAddress server, ZooKeeperTls? tls, CancellationToken cancellationToken)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            await socket.ConnectAsync(server.Host, server.Port, cancellationToken).ConfigureAwait(false);
            stream = new NetworkStream(socket, ownsSocket: true);
            return tls is null ? stream : await EncryptAsync(stream, server, tls, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            if (stream is not null)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }

            socket.Dispose();
            throw;
        }
    }

    private static async Task<Stream> EncryptAsync(
        Stream plain,
        ServerAddress server,
        ZooKeeperTls tls,
        CancellationToken cancellationToken)
    {
        SslStream encrypted = new(plain, leaveInnerStreamOpen: false);
        SslClientAuthenticationOptions options = new()
        {
            TargetHost = server.Host,
            ClientCertificates = tls.ClientCertificate is null ? [] : [tls.ClientCertificate],
            RemoteCertificateValidationCallback = (_, _, _, errors) => Accepts(errors, tls),
        };
        if (tls.TrustedAuthorities.Count > 0)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(tls.TrustedAuthorities.ToArray());
        }

        await encrypted.AuthenticateAsClientAsync(options, cancellationToken).ConfigureAwait(false);
        return encrypted;
    }

    private static bool Accepts(SslPolicyErrors errors, ZooKeeperTls tls) =>
        (tls.CheckHostName ? errors : errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None;
}
