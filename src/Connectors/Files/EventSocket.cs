using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Lockstep.Connectors.Files;

/// <summary>Where a publisher's lines come from when not from a file: <c>:port</c> listens on loopback, <c>host:port</c> connects.</summary>
internal sealed class EventSocket : IDisposable
{
    private readonly TcpListener? _listener;
    private readonly TcpClient? _client;
    private readonly SocketPlace _place;

    private EventSocket(SocketPlace place)
    {
        _place = place;
        if (place.IsListener)
        {
            _listener = new TcpListener(IPAddress.Loopback, place.Port);
            _listener.Start();
        }
        else
        {
            _client = new TcpClient();
        }
    }

    /// <summary>True when peers connect to this one.</summary>
    public bool IsListener => _place.IsListener;

    /// <summary>Address and port, for messages.</summary>
    public string Place => string.Create(CultureInfo.InvariantCulture, $"{(IsListener ? "127.0.0.1" : _place.Host)}:{_place.Port}");

    /// <summary>Begins to listen, or makes ready to connect.</summary>
    /// <param name="name">What <see cref="SocketPlace.Is"/> is true for.</param>
    /// <exception cref="IOException">The port is in use.</exception>
    public static EventSocket Open(string name)
    {
        try
        {
            return new EventSocket(SocketPlace.Of(name));
        }
        catch (SocketException used)
        {
            throw new IOException($"{name}: {used.Message}", used);
        }
    }

    /// <summary>Waits for a peer, or connects to one.</summary>
    /// <exception cref="SocketException">The peer is not there, or <see cref="Dispose"/> ended the wait.</exception>
    public Socket Connect()
    {
        if (_client is null)
        {
            return _listener!.AcceptSocket();
        }

        _client.Connect(_place.Host, _place.Port);
        return _client.Client;
    }

    /// <summary>Ends listening, or the connection; who waits gets an exception.</summary>
    public void Dispose()
    {
        _listener?.Dispose();
        _client?.Dispose();
    }
}
