using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Lockstep.ZooKeeper;
using Lockstep.ZooKeeper.Protocol;

namespace Lockstep.LocalCluster.ZooKeeper;

/// <summary>A client's connection: reads requests one by one, writes answers and events in order.</summary>
internal sealed class ServerConnection(TcpClient client, ServerState state)
{
    /// <summary>As the real server's <c>jute.maxbuffer</c>.</summary>
    private const int MaxFrameBytes = 0xfffff;

    /// <summary>How many frames a client may leave unread; beyond that it is disconnected.</summary>
    private const int MaxUnreadFrames = 10_000;

    private readonly Channel<ReadOnlyMemory<byte>> _outgoing = Channel.CreateBounded<ReadOnlyMemory<byte>>(
        new BoundedChannelOptions(MaxUnreadFrames) { SingleReader = true });

    /// <summary>Who the client has proved to be; owned by the server's lock.</summary>
    public List<Acl> Identities { get; } = [];

    /// <summary>The session; null before the handshake. Owned by the server's lock.</summary>
    public ServerSession? Session { get; set; }

    /// <summary>Queues a frame.</summary>
    public void Send(params ReadOnlySpan<IJuteRecord> records)
    {
        if (!_outgoing.Writer.TryWrite(JuteWriter.Frame(records)))
        {
            Abort();
        }
    }

    /// <summary>Closes the connection once everything queued is written.</summary>
    public void End() => _outgoing.Writer.TryComplete();

    /// <summary>Closes the connection at once.</summary>
    public void Abort()
    {
        _outgoing.Writer.TryComplete();
        client.Dispose();
    }

    /// <summary>Serves the client until it goes.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        client.NoDelay = true;
        Task? writing = null;
        try
        {
            NetworkStream stream = client.GetStream();
            if (await AnswersWordAsync(stream, cancellationToken))
            {
                return;
            }

            writing = WriteAsync(stream, cancellationToken);
            while (await FrameStream.ReadFrameAsync(stream, MaxFrameBytes, cancellationToken) is { } frame)
            {
                state.Receive(this, frame);
            }
        }
        catch (Exception lost) when (IsLoss(lost))
        {
            // The client went, was sent away, or speaks something else; its session lasts until its time-out.
        }
        finally
        {
            state.Disconnected(this);
            End();
            if (writing is not null)
            {
                await writing;
            }

            client.Dispose();
        }
    }

    private static bool IsLoss(Exception error) => error is IOException or SocketException or InvalidDataException
        or OperationCanceledException or ObjectDisposedException or InvalidOperationException;

    /// <summary>A four-letter word stands where a frame has its length: as a length it would be far too long.</summary>
    private async Task<bool> AnswersWordAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        byte[] start = new byte[4];
        int seen = 0;
        while (seen < start.Length)
        {
            // Peeked, not read: the frame reader wants the length too.
            seen = await client.Client.ReceiveAsync(start, SocketFlags.Peek, cancellationToken);
            if (seen == 0)
            {
                return true;
            }

            if (seen < start.Length && !start.AsSpan(0, seen).ContainsAnyExceptInRange((byte)'a', (byte)'z'))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, cancellationToken);
            }
            else if (seen < start.Length)
            {
                return false;
            }
        }

        string word = Encoding.ASCII.GetString(start);
        if (start[0] == 0 || state.AnswerWord(word) is not { } answer)
        {
            return false;
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), cancellationToken);
        return true;
    }

    private async Task WriteAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (ReadOnlyMemory<byte> frame in _outgoing.Reader.ReadAllAsync(cancellationToken))
            {
                await stream.WriteAsync(frame, cancellationToken);
            }
        }
        catch (Exception lost) when (IsLoss(lost))
        {
            // The reading side notices too.
        }

        client.Dispose();
    }
}
