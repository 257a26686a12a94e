using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Lockstep.Connectors.Files;

/// <summary>Where a publisher's lines come from when not from a file: <c>:port</c> listens on loopback, <c>host:port</c> connects.</summary>
internal sealed class EventSocket : IDisposable
{
    private readonly TcpListener? _listener;
    private readonly TcpClient? _client;
    private readonly string _host;
    private readonly int _port;

    private EventSocket(string host, int port)
    {
        (_host, _port) = (host, port);
        if (host.Length == 0)
        {
            _listener = new TcpListener(IPAddress.Loopback, port);
            _listener.Start();
        }
        else
        {
            _client = new TcpClient();
        }
    }

    /// <summary>True when peers connect to this one.</summary>
    public bool IsListener => _listener is not null;

    /// <summary>Address and port, for messages.</summary>
    public string Place => string.Create(CultureInfo.InvariantCulture, $"{(IsListener ? "127.0.0.1" : _host)}:{_port}");

    /// <summary>Begins to listen, or makes ready to connect.</summary>
    /// <param name="name">What <see cref="FilePublisherOptions.IsSocket"/> is true for.</param>
    /// <exception cref="IOException">The port is in use.</exception>
    public static EventSocket Open(string name)
    {
        var colon = name.LastIndexOf(':');
        try
        {
            return new EventSocket(name[..colon].Trim('[', ']'), int.Parse(name.AsSpan(colon + 1), CultureInfo.InvariantCulture));
        }
        catch (SocketException used)
        {
            throw new IOException($"{name}: {used.Message}", used);
        }
    }

    /// <summary>Waits for a peer, or connects to one.</summary>
    /// <exception cref="SocketException">The peer is not there, or <see cref="Dispose"/> ended the wait.</exception>
    public NetworkStream Connect()
    {
        if (_client is null)
        {
            return _listener!.AcceptTcpClient().GetStream();
        }

        _client.Connect(_host, _port);
        return _client.GetStream();
    }

    /// <summary>Ends listening, or the connection; who waits gets an exception.</summary>
    public void Dispose()
    {
        _listener?.Dispose();
        _client?.Dispose();
    }
}
