using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Lockstep.Connectors.Messages;

namespace Lockstep.Connectors.Files;

/// <summary>
/// A socket that a subscriber writes to: <c>:port</c> listens on loopback and takes one peer after the other, <c>host:port</c> connects.
/// Each connection gets a text that stands for itself, header or opening tag first. Nothing tells what a peer has read: what was on its
/// way when it left is lost.
/// </summary>
/// <param name="place">What <see cref="SocketPlace.Is"/> is true for.</param>
/// <param name="lines">Writes what a text begins and ends with; for this alone, since that happens on another thread than blocks.</param>
internal sealed class SocketTarget(string place, EventLines lines) : IMessageTarget, IDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(2);

    private readonly SocketPlace _place = SocketPlace.Of(place);
    private TcpListener? _listener;

    /// <inheritdoc/>
    public async Task<IMessageSender> ConnectAsync(CancellationToken stop)
    {
        try
        {
            var peer = _place.IsListener
                ? await AcceptAsync(stop).ConfigureAwait(false)
                : await ReachAsync(stop).ConfigureAwait(false);
            return await BeginAsync(peer, stop).ConfigureAwait(false);
        }
        catch (SocketException away)
        {
            throw new BrokerException(
                $"Socket {place}: {away.Message}", isFatal: away.SocketErrorCode == SocketError.AddressAlreadyInUse, cause: away);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener?.Dispose();

    private static byte[] Edge(Action<IBufferWriter<byte>> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        write(buffer);
        return buffer.WrittenSpan.ToArray();
    }

    private async Task<IMessageSender> BeginAsync(TcpClient peer, CancellationToken stop)
    {
        var sender = new Sender(this, peer);
        try
        {
            await sender.SendAsync(Edge(lines.WriteHeader), stop).ConfigureAwait(false);
            return sender;
        }
        catch
        {
            peer.Dispose();
            throw;
        }
    }

    private async Task<TcpClient> AcceptAsync(CancellationToken stop)
    {
        if (_listener is null)
        {
            var listener = new TcpListener(IPAddress.Loopback, _place.Port);
            listener.Start();
            _listener = listener;
        }

        return await _listener.AcceptTcpClientAsync(stop).ConfigureAwait(false);
    }

    private async Task<TcpClient> ReachAsync(CancellationToken stop)
    {
        var client = new TcpClient();
        try
        {
            await client.ConnectAsync(_place.Host, _place.Port, stop).ConfigureAwait(false);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private sealed class Sender(SocketTarget target, TcpClient peer) : IMessageSender
    {
        public async Task SendAsync(ReadOnlyMemory<byte> payload, CancellationToken stop)
        {
            try
            {
                // A peer that has closed says so by an end of what it sends: found before a message is given to nobody.
                if (peer.Client.Poll(0, SelectMode.SelectRead) && peer.Client.Available == 0)
                {
                    throw new BrokerException($"Socket {target.Place}: the peer has closed the connection.");
                }

                await peer.GetStream().WriteAsync(payload, stop).ConfigureAwait(false);
            }
            catch (Exception gone) when (gone is IOException or SocketException)
            {
                throw new BrokerException($"Socket {target.Place}: {gone.Message}", cause: gone);
            }
        }

        public async ValueTask DisposeAsync()
        {
            using var limit = new CancellationTokenSource(EndLimit);
            try
            {
                await peer.GetStream().WriteAsync(Edge(target.Lines.WriteEnd), limit.Token).ConfigureAwait(false);
            }
            catch (Exception gone) when (gone is IOException or SocketException or InvalidOperationException or OperationCanceledException)
            {
                // The peer has left, or takes nothing: there is nobody to take the end.
            }

            peer.Dispose();
        }
    }

    private string Place => place;

    private EventLines Lines => lines;
}
