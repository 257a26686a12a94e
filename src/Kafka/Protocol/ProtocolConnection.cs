using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Lockstep.Kafka.Protocol;

/// <summary>
/// One connection to one broker: TCP, TLS and SASL as the options say. One request at a time; the caller sees to that.
/// </summary>
internal sealed class ProtocolConnection : IAsyncDisposable
{
    /// <summary>The largest answer that is taken; ours are a few hundred bytes.</summary>
    private const int MaxResponseBytes = 4 * 1024 * 1024;

    private readonly Socket _socket;
    private readonly string _clientId;
    private readonly TimeSpan _answerLimit;
    private Stream _stream;
    private int _correlation;

    private ProtocolConnection(Socket socket, string clientId, TimeSpan answerLimit)
    {
        _socket = socket;
        _clientId = clientId;
        _answerLimit = answerLimit;
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Connects and logs in.</summary>
    /// <exception cref="ProtocolException">The security can't be spoken, or the log-in was refused.</exception>
    /// <exception cref="IOException">The network failed (also <see cref="SocketException"/>).</exception>
    internal static async Task<ProtocolConnection> OpenAsync(
        KafkaBusOptions options, string host, int port, CancellationToken cancellation)
    {
        // Dual mode where the machine has IPv6, IPv4 alone elsewhere: the parameterless family does both.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var connection = new ProtocolConnectionGuard(socket);
        await using (connection.ConfigureAwait(false))
        {
            await socket.ConnectAsync(host, port, cancellation).ConfigureAwait(false);
            var opened = new ProtocolConnection(socket, options.ClientId, options.RequestTimeout);
            if (options.Security.Tls)
            {
                await opened.EncryptAsync(options.Security, host, cancellation).ConfigureAwait(false);
            }

            if (options.Security.Mechanism != SaslMechanism.None)
            {
                await SaslLogin.RunAsync(opened, options.Security, cancellation).ConfigureAwait(false);
            }

            connection.Release();
            return opened;
        }
    }

    /// <summary>Starts a request; the caller adds the body and hands it to <see cref="CallAsync"/>.</summary>
    internal ProtocolWriter Request(ApiKey api, short version, bool flexible = false) =>
        new(api, version, ++_correlation, _clientId, flexible);

    /// <summary>As above, in the memory of a request that has been sent.</summary>
    internal ProtocolWriter Request(ProtocolWriter? used, ApiKey api, short version, bool flexible) =>
        used?.Begin(api, version, ++_correlation, _clientId, flexible) ?? Request(api, version, flexible);

    /// <summary>True: the other end has closed it, so far as this end has heard.</summary>
    internal bool IsClosed
    {
        get
        {
            try
            {
                return _socket.Poll(0, SelectMode.SelectRead) && _socket.Available == 0;
            }
            catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
            {
                return true;
            }
        }
    }

    /// <summary>Sends a request and gives the body of its response, after the correlation id.</summary>
    /// <exception cref="IOException">The network failed, or no answer came within the options' request time-out.</exception>
    internal async Task<byte[]> CallAsync(ProtocolWriter request, CancellationToken cancellation)
    {
        // A connection that only this end believes in (a broker that was starting dropped the last word of the handshake; a
        // machine that is gone) answers nothing and is not closed either.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_answerLimit);
        try
        {
            return await AnswerAsync(request, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"The broker did not answer within {_answerLimit.TotalMilliseconds} ms.", late);
        }
    }

    private async Task<byte[]> AnswerAsync(ProtocolWriter request, CancellationToken cancellation)
    {
        await _stream.WriteAsync(request.Finish(), cancellation).ConfigureAwait(false);
        await _stream.FlushAsync(cancellation).ConfigureAwait(false);
        var head = new byte[8];
        await _stream.ReadExactlyAsync(head, cancellation).ConfigureAwait(false);
        var length = BinaryPrimitives.ReadInt32BigEndian(head);
        if (length is < 4 or > MaxResponseBytes)
        {
            throw new ProtocolException($"The broker's answer has an impossible length of {length} bytes.");
        }

        if (BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(4)) != _correlation)
        {
            throw new ProtocolException("The broker's answer belongs to another request.");
        }

        var body = new byte[length - 4];
        await _stream.ReadExactlyAsync(body, cancellation).ConfigureAwait(false);
        return body;
    }

    /// <summary>For whoever waits until an answer begins to arrive, without reading it.</summary>
    internal Socket Socket => _socket;

    /// <summary>Sends a request without waiting for its answer, which <see cref="Receive"/> takes. Blocks the thread.</summary>
    internal void Send(ProtocolWriter request)
    {
        _stream.Write(request.Finish().Span);
        _stream.Flush();
    }

    /// <summary>Reads the whole answer to the request sent last. Blocks the thread.</summary>
    /// <param name="buffer">Takes the body after the correlation id; replaced by a larger one when too small.</param>
    /// <param name="most">The largest answer that is taken.</param>
    /// <returns>Bytes of the body.</returns>
    internal int Receive(ref byte[] buffer, int most)
    {
        Span<byte> head = stackalloc byte[8];
        _stream.ReadExactly(head);
        var length = BinaryPrimitives.ReadInt32BigEndian(head);
        if (length < 4 || length > most)
        {
            throw new ProtocolException($"The broker's answer has an impossible length of {length} bytes.");
        }

        if (BinaryPrimitives.ReadInt32BigEndian(head[4..]) != _correlation)
        {
            throw new ProtocolException("The broker's answer belongs to another request.");
        }

        if (buffer.Length < length - 4)
        {
            buffer = new byte[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)length)];
        }

        _stream.ReadExactly(buffer, 0, length - 4);
        return length - 4;
    }

    /// <summary>Closes the connection at once, without a farewell.</summary>
    internal void Close()
    {
        _socket.Dispose();
        _stream.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync().ConfigureAwait(false);
        _socket.Dispose();
    }

    private async Task EncryptAsync(KafkaSecurity security, string host, CancellationToken cancellation)
    {
        var tls = new SslStream(_stream, leaveInnerStreamOpen: false);
        _stream = tls;
        var settings = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            RemoteCertificateValidationCallback = (_, _, _, errors) => errors == SslPolicyErrors.None
                || (!security.CheckHostName && errors == SslPolicyErrors.RemoteCertificateNameMismatch),
        };
        if (security.CaFile is { } authorities)
        {
            settings.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                // As librdkafka: a certificate is only looked up in a revocation list that was given.
                RevocationMode = X509RevocationMode.NoCheck,
            };
            settings.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(authorities);
        }

        if (security.CertificateFile is { } certificate)
        {
            settings.ClientCertificates =
            [
                security.KeyPassword is { } password
                    ? X509Certificate2.CreateFromEncryptedPemFile(certificate, password, security.KeyFile)
                    : X509Certificate2.CreateFromPemFile(certificate, security.KeyFile),
            ];
        }

        await tls.AuthenticateAsClientAsync(settings, cancellation).ConfigureAwait(false);
    }

    /// <summary>Closes the socket unless the connection came about.</summary>
    private sealed class ProtocolConnectionGuard(Socket socket) : IAsyncDisposable
    {
        private bool _released;

        internal void Release() => _released = true;

        public ValueTask DisposeAsync()
        {
            if (!_released)
            {
                socket.Dispose();
            }

            return ValueTask.CompletedTask;
        }
    }
}
