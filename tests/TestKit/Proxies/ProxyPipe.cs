using System.Diagnostics;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Lockstep.TestKit.Proxies;

/// <summary>One direction of a connection: reads pieces as they come, and sends each on when its time has come.</summary>
internal sealed class ProxyPipe(FaultProxy proxy, ProxyConnection connection, Socket source, Socket sink, bool toServers)
{
    private const int PieceSize = 64 * 1024;

    /// <summary>Pieces on their way; when so many are, the sender has to wait.</summary>
    private const int PieceLimit = 1024;

    private readonly Channel<Piece> _pieces = Channel.CreateBounded<Piece>(PieceLimit);
    private bool _sinkGone;

    public async Task RunAsync(CancellationToken over)
    {
        var reading = ReadAsync(over);
        await WriteAsync(over);
        await reading;
    }

    private async Task ReadAsync(CancellationToken over)
    {
        await Task.Yield();
        try
        {
            await using var stream = new NetworkStream(source, ownsSocket: false);
            while (await NextAsync(stream, over) is { } bytes)
            {
                await _pieces.Writer.WriteAsync(new Piece(bytes, Stopwatch.GetTimestamp()), over);
            }
        }
        catch (Exception end) when (end is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // What came before is still sent on.
        }
        finally
        {
            _pieces.Writer.TryComplete();
        }
    }

    private async Task<byte[]?> NextAsync(NetworkStream stream, CancellationToken over)
    {
        if (proxy.KafkaOrNull is not null)
        {
            return await KafkaFrame.ReadAsync(stream, over);
        }

        var buffer = new byte[PieceSize];
        var read = await stream.ReadAsync(buffer, over);
        return read == 0 ? null : buffer[..read];
    }

    private async Task WriteAsync(CancellationToken over)
    {
        try
        {
            var latest = 0L;
            await foreach (var piece in _pieces.Reader.ReadAllAsync(over))
            {
                latest = await OnTheWayAsync(piece, latest, over);
                var trap = Known(piece.Bytes);
                if (trap is not null)
                {
                    proxy.CountStruck();
                    await trap.WaitAsync(over);
                }

                if (await PassesAsync(over))
                {
                    await SendAsync(piece.Bytes, over);
                }
            }

            await PassesAsync(over);
            if (!_sinkGone)
            {
                sink.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The other end has gone or the connection is over.
        }
    }

    /// <summary>Waits until a piece has arrived; gives when, since the next one can't overtake it.</summary>
    private async Task<long> OnTheWayAsync(Piece piece, long latest, CancellationToken over)
    {
        var faults = toServers ? proxy.ToServers : proxy.ToClients;
        var time = proxy.TimeOnTheWay(faults);
        if (time > TimeSpan.Zero)
        {
            proxy.CountStruck();
        }

        var due = Math.Max(latest, piece.ReadAt + (long)(time.TotalSeconds * Stopwatch.Frequency));
        var left = TimeSpan.FromSeconds((due - Stopwatch.GetTimestamp()) / (double)Stopwatch.Frequency);
        if (left > TimeSpan.Zero)
        {
            await Task.Delay(left, TimeProvider.System, over);
        }

        return due;
    }

    /// <summary>Waits while the direction is held; false: what comes is thrown away.</summary>
    private async Task<bool> PassesAsync(CancellationToken over)
    {
        var cut = (toServers ? proxy.ToServers : proxy.ToClients).Cut;
        if (cut != Cut.None)
        {
            proxy.CountStruck();
        }

        return cut == Cut.Held ? (await proxy.UnheldAsync(toServers, over)).Cut == Cut.None : cut == Cut.None;
    }

    private FrameTrap? Known(byte[] bytes)
    {
        if (proxy.KafkaOrNull is not { } kafka)
        {
            return null;
        }

        if (toServers)
        {
            var frame = new KafkaFrame(bytes);
            connection.Open[frame.Correlation] = frame.Api;
            return kafka.Catch(frame.Api, FrameSide.Request);
        }

        return connection.Open.TryRemove(KafkaFrame.CorrelationOfAnswer(bytes), out var api)
            ? kafka.Catch(api, FrameSide.Answer)
            : null;
    }

    private async Task SendAsync(byte[] bytes, CancellationToken over)
    {
        if (_sinkGone)
        {
            return;
        }

        try
        {
            for (var sent = 0; sent < bytes.Length;)
            {
                sent += await sink.SendAsync(bytes.AsMemory(sent), SocketFlags.None, over);
            }
        }
        catch (SocketException) when (!toServers)
        {
            // The client has gone. Its server goes on: what is held on the way to it still arrives.
            _sinkGone = true;
        }

        if (toServers && proxy.KafkaOrNull is { } kafka)
        {
            kafka.Sent(new KafkaFrame(bytes), connection.Target);
        }
    }

    private sealed record Piece(byte[] Bytes, long ReadAt);
}
