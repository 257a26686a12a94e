using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Web;

/// <summary>
/// Connector class websocket, type pub: makes events of the messages of a server. A connection that breaks or is refused is
/// opened again, after a second at first and after half a minute at last.
/// </summary>
internal sealed class WebSocketPublisher(ConnectorContext context)
    : ContentPublisher(context, context.Loggers.CreateLogger<WebSocketPublisher>(), isSocket: true)
{
    private static readonly TimeSpan WaitMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    protected override async Task PublishAsync(CancellationToken stop)
    {
        var wait = WaitMin;
        while (!IsDone)
        {
            try
            {
                using var socket = new ClientWebSocket();
                Prepare(socket.Options);
                await socket.ConnectAsync(new Uri(Options.Server), stop).ConfigureAwait(false);
                wait = WaitMin;
                Holder.Change(s => s with { Reason = null });
                await ReceiveAsync(socket, stop).ConfigureAwait(false);
            }
            catch (WebSocketException broken)
            {
                Trouble($"{Options.Server}: {broken.InnerException?.Message ?? broken.Message}");
            }
            catch (Exception unreadable) when (unreadable is CryptographicException or IOException or UnauthorizedAccessException)
            {
                Trouble($"{Options.Certificate}: {unreadable.Message}");
            }

            if (!IsDone)
            {
                await Task.Delay(wait, Context.Time, stop).ConfigureAwait(false);
                wait = wait * 2 < WaitMax ? wait * 2 : WaitMax;
            }
        }
    }

    private async Task ReceiveAsync(ClientWebSocket socket, CancellationToken stop)
    {
        var buffer = new byte[64 * 1024];
        using var message = new MemoryStream();
        while (!IsDone)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), stop).ConfigureAwait(false);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                Trouble($"{Options.Server} has closed the connection.");
                return;
            }

            if (message.Length + received.Count > ContentBytesMax)
            {
                Trouble($"{Options.Server} sent a message of more than {ContentBytesMax} bytes.");
                return;
            }

            message.Write(buffer.AsSpan(0, received.Count));
            if (!received.EndOfMessage)
            {
                continue;
            }

            var content = Encoding.UTF8.GetString(message.GetBuffer().AsSpan(0, (int)message.Length));
            message.SetLength(0);
            foreach (var (_, reader) in Readers)
            {
                Publish(reader, content, stop);
            }
        }
    }

    private void Prepare(ClientWebSocketOptions options)
    {
        options.KeepAliveInterval = WaitMax;
        foreach (var (name, value) in Options.Headers)
        {
            options.SetRequestHeader(name, value);
        }

        if (Options.Certificate.Length > 0)
        {
            var trusted = X509CertificateLoader.LoadCertificateFromFile(Options.Certificate);
            options.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                errors == SslPolicyErrors.None || (errors == SslPolicyErrors.RemoteCertificateChainErrors && IsTrusted(certificate, trusted));
        }
    }

    private static bool IsTrusted(X509Certificate? certificate, X509Certificate2 trusted)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(trusted);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return certificate is X509Certificate2 presented && chain.Build(presented);
    }
}
