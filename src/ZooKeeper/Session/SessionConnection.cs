using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Threading.Channels;
using Lockstep.ZooKeeper.Protocol;

namespace Lockstep.ZooKeeper.Session;

/// <summary>One connection to one server: opens it, then reads and writes on tasks of its own, so that no slow peer stops the session's owner.</summary>
internal sealed class SessionConnection : IDisposable
{
    private const int BufferBytes = 16 * 1024;
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Not bounded here: the limit on unanswered requests bounds it.</summary>
    private readonly Channel<ReadOnlyMemory<byte>> _outgoing =
        Channel.CreateUnbounded<ReadOnlyMemory<byte>>(new UnboundedChannelOptions { SingleReader = true });

    private SessionConnection(ServerAddress server) => Server = server;

    /// <summary>The server at the other end.</summary>
    public ServerAddress Server { get; }

    /// <summary>Ends when nothing of the connection is left.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Starts to open a connection; everything that happens to it is posted.</summary>
    public static SessionConnection Start(
        ServerAddress server,
        ZooKeeperOptions options,
        ChannelWriter<DriverInput> inputs,
        Func<TimeSpan> clock)
    {
        SessionConnection connection = new(server);
        connection.Completion = Task.Run(() => connection.RunAsync(options, inputs, clock));
        return connection;
    }

    /// <summary>Sends a frame, after those before it.</summary>
    public void Send(ReadOnlyMemory<byte> frame) => _outgoing.Writer.TryWrite(frame);

    /// <summary>Closes the connection; <see cref="Completion"/> tells when it is done.</summary>
    public void Close()
    {
        _outgoing.Writer.TryComplete();
        _stop.Cancel();
    }

    /// <summary>To be called when <see cref="Completion"/> has ended, or the end was posted, and never before.</summary>
    public void Dispose() => _stop.Dispose();

    private async Task RunAsync(ZooKeeperOptions options, ChannelWriter<DriverInput> inputs, Func<TimeSpan> clock)
    {
        string reason = "the server closed the connection";
        try
        {
            Stream stream = await Transport.OpenAsync(Server, options.Tls, _stop.Token).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                await inputs.WriteAsync(new DriverInput.Opened(this), _stop.Token).ConfigureAwait(false);
                Task writing = WriteAsync(stream);
                try
                {
                    await ReadAsync(stream, options.MaxReplyBytes, inputs, clock).ConfigureAwait(false);
                }
                finally
                {
                    Close();
                    await writing.ConfigureAwait(false);
                }
            }
        }
        catch (Exception lost) when (IsLoss(lost))
        {
            reason = lost.Message;
        }

        try
        {
            await inputs.WriteAsync(new DriverInput.ConnectionEnded(this, reason)).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            // The session is over: nobody wants to know.
        }
    }

    private async Task ReadAsync(
        Stream stream,
        int limit,
        ChannelWriter<DriverInput> inputs,
        Func<TimeSpan> clock)
    {
        BufferedStream buffered = new(stream, BufferBytes); // Never disposed by itself: it owns nothing but memory.
        while (await FrameStream.ReadFrameAsync(buffered, limit, _stop.Token).ConfigureAwait(false) is { } frame)
        {
            await inputs.WriteAsync(new DriverInput.FrameCame(this, frame, clock()), _stop.Token).ConfigureAwait(false);
        }
    }

    /// <summary>Never throws: a failed write closes the connection, which the reading side reports.</summary>
    private async Task WriteAsync(Stream stream)
    {
        BufferedStream buffered = new(stream, BufferBytes);
        try
        {
            while (await _outgoing.Reader.WaitToReadAsync(_stop.Token).ConfigureAwait(false))
            {
                while (_outgoing.Reader.TryRead(out ReadOnlyMemory<byte> frame))
                {
                    await buffered.WriteAsync(frame, _stop.Token).ConfigureAwait(false);
                }

                await buffered.FlushAsync(_stop.Token).ConfigureAwait(false);
            }
        }
        catch (Exception lost) when (IsLoss(lost))
        {
            Close();
        }
    }

    private static bool IsLoss(Exception error) => error is IOException or SocketException or InvalidDataException
        or OperationCanceledException or ObjectDisposedException or AuthenticationException or CryptographicException
        or ChannelClosedException;
}
