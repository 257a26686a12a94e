using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Lockstep.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.ZooKeeper.Tests.Faults;

/// <summary>Encryption. Method: a real server with certificates that the test makes; one that asks clients for theirs.</summary>
public sealed class TlsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Server_and_client_trust_each_other_by_their_authority_and_nobody_else()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("zookeeper-tls-");
        try
        {
            using X509Certificate2 authority = Authority("Test authority");
            using X509Certificate2 stranger = Authority("Strange authority");
            using X509Certificate2 own = Issue(authority, "client");
            using X509Certificate2 strange = Issue(stranger, "client");
            int port = FreePorts.Next();
            await using ZooKeeperServer server = await ZooKeeperServer.StartAsync(Secured(folder, authority, port));
            ZooKeeperOptions options = new()
            {
                ConnectString = $"127.0.0.1:{port}",
                ConnectTimeout = TimeSpan.FromSeconds(10),
                Tls = new ZooKeeperTls { TrustedAuthorities = [authority], ClientCertificate = own },
            };
            await using (ZooKeeperClient client = Start(options))
            {
                await client.WaitConnectedAsync(Ct);
                await client.CreateAsync("/a", new byte[300_000], cancellationToken: Ct);
                Assert.Equal(300_000, (await client.GetDataAsync("/a", cancellationToken: Ct)).Data.Length);
                Assert.True(await ZooKeeperClient.CloseSessionAsync(options, client.SessionId, client.SessionPassword, Ct));
            }

            await StaysOutAsync(options with { Tls = options.Tls with { TrustedAuthorities = [stranger] } });
            await StaysOutAsync(options with { Tls = options.Tls with { ClientCertificate = strange } });
            await StaysOutAsync(options with { Tls = options.Tls with { ClientCertificate = null } });
            await StaysOutAsync(options with { ConnectString = $"localhost:{port}" });
            await StaysOutAsync(options with { Tls = null, ConnectTimeout = TimeSpan.FromMilliseconds(200) });
            await using ZooKeeperClient lenient = Start(options with
            {
                ConnectString = $"localhost:{port}",
                Tls = options.Tls with { CheckHostName = false },
            });
            await lenient.WaitConnectedAsync(Ct);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static ZooKeeperClient Start(ZooKeeperOptions options) =>
        ZooKeeperClient.Start(options, TimeProvider.System, NullLogger.Instance);

    private static async Task StaysOutAsync(ZooKeeperOptions options)
    {
        await using ZooKeeperClient client = Start(options);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromMilliseconds(700));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.WaitConnectedAsync(limit.Token));
        Assert.Equal(SessionState.Connecting, client.State);
    }

    private static ZooKeeperServerOptions Secured(DirectoryInfo folder, X509Certificate2 authority, int port)
    {
        using X509Certificate2 certificate = Issue(authority, "server");
        string keys = Path.Combine(folder.FullName, "server.pem");
        string trust = Path.Combine(folder.FullName, "authority.pem");
        using RSA key = certificate.GetRSAPrivateKey()!;
        File.WriteAllText(keys, key.ExportPkcs8PrivateKeyPem() + "\n" + certificate.ExportCertificatePem() + "\n");
        File.WriteAllText(trust, authority.ExportCertificatePem() + "\n");
        return new ZooKeeperServerOptions
        {
            Settings = new Dictionary<string, string>
            {
                ["secureClientPort"] = $"{port}",
                ["secureClientPortAddress"] = "127.0.0.1",
                ["serverCnxnFactory"] = "org.apache.zookeeper.server.NettyServerCnxnFactory",
                ["ssl.keyStore.location"] = keys,
                ["ssl.keyStore.type"] = "PEM",
                ["ssl.trustStore.location"] = trust,
                ["ssl.trustStore.type"] = "PEM",
                ["ssl.clientHostnameVerification"] = "false",
            },
        };
    }

    private static X509Certificate2 Authority(string name)
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, string name)
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        byte[] serial = RandomNumberGenerator.GetBytes(8);
        using X509Certificate2 signed = request.Create(authority, now.AddHours(-1), now.AddHours(1), serial);
        return signed.CopyWithPrivateKey(key);
    }
}
