using System.Net.Sockets;
using System.Security.Authentication;
using Lockstep.ZooKeeper.Protocol;

namespace Lockstep.ZooKeeper.Session;

/// <summary>Takes over a session for as long as it takes to close it.</summary>
internal static class SessionCloser
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(20);

    /// <summary>Tries the servers in turn until one has answered.</summary>
    public static async Task<bool> CloseAsync(
        ZooKeeperOptions options,
        ConnectString connectString,
        SessionId sessionId,
        ReadOnlyMemory<byte> password,
        CancellationToken cancellationToken)
    {
        bool tookOver = false; // A lost answer to the close: the next server then says that the session is over.
        while (true)
        {
            foreach (ServerAddress server in connectString.Shuffled())
            {
                using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                limit.CancelAfter(options.ConnectTimeout);
                try
                {
                    Stream stream = await Transport.OpenAsync(server, options.Tls, limit.Token).ConfigureAwait(false);
                    await using (stream.ConfigureAwait(false))
                    {
                        bool attached = await AttachAsync(stream, options, sessionId, password, limit.Token).ConfigureAwait(false);
                        if (!attached)
                        {
                            return tookOver;
                        }

                        tookOver = true;
                        await EndAsync(stream, options, limit.Token).ConfigureAwait(false);
                        return true;
                    }
                }
                catch (Exception lost) when (lost is SocketException or IOException or InvalidDataException
                    or AuthenticationException or OperationCanceledException)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                }
            }

            await Task.Delay(RetryDelay, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<bool> AttachAsync(
        Stream stream,
        ZooKeeperOptions options,
        SessionId sessionId,
        ReadOnlyMemory<byte> password,
        CancellationToken cancellationToken)
    {
        ConnectRequest request = new(0, 0, (int)options.SessionTimeout.TotalMilliseconds, sessionId, password, false);
        await stream.WriteAsync(JuteWriter.Frame(request), cancellationToken).ConfigureAwait(false);
        byte[] frame = await FrameStream.ReadFrameAsync(stream, options.MaxReplyBytes, cancellationToken).ConfigureAwait(false)
            ?? throw new EndOfStreamException("The server closed the connection instead of answering the handshake.");
        return ReadAttached(frame);
    }

    private static bool ReadAttached(byte[] frame)
    {
        JuteReader reader = new(frame);
        ConnectResponse answer = ConnectResponse.Read(ref reader);
        return answer.TimeoutMs > 0 && !answer.SessionId.IsNone;
    }

    /// <summary>The server confirms, then closes the connection; events of the session's own watches may come before.</summary>
    private static async Task EndAsync(Stream stream, ZooKeeperOptions options, CancellationToken cancellationToken)
    {
        const int CloseXid = 1;
        ReadOnlyMemory<byte> close = JuteWriter.Frame(new RequestHeader(CloseXid, OpCode.CloseSession));
        await stream.WriteAsync(close, cancellationToken).ConfigureAwait(false);
        while (await FrameStream.ReadFrameAsync(stream, options.MaxReplyBytes, cancellationToken).ConfigureAwait(false) is { } frame)
        {
            if (Answers(frame, CloseXid))
            {
                return;
            }
        }

        throw new EndOfStreamException("The server closed the connection before it confirmed.");
    }

    private static bool Answers(byte[] frame, int xid)
    {
        JuteReader reader = new(frame);
        return ReplyHeader.Read(ref reader).Xid == xid;
    }
}
