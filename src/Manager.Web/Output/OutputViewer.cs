using System.Threading.Channels;

namespace Lockstep.Manager.Web.Output;

/// <summary>
/// One viewer's tail. Rows come in order, none twice; when the viewer is too slow, rows are left out and counted. Dispose it
/// when the viewer is gone.
/// </summary>
internal sealed class OutputViewer : IAsyncDisposable
{
    /// <summary>Batches that wait for a slow viewer; then the ring waits for it, then rows are dropped.</summary>
    public const int MaxWaitingBatches = 8;

    private readonly Channel<OutputBatch> _channel = Channel.CreateBounded<OutputBatch>(
        new BoundedChannelOptions(MaxWaitingBatches) { SingleReader = true, SingleWriter = true });

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _pump;
    private readonly Action _closed;
    private bool _disposed;

    /// <summary>Starts it.</summary>
    /// <param name="pump">Writes batches until cancelled.</param>
    /// <param name="closed">Called once when the viewer is disposed.</param>
    public OutputViewer(Func<ChannelWriter<OutputBatch>, CancellationToken, Task> pump, Action closed)
    {
        _closed = closed;
        _pump = Task.Run(() => RunAsync(pump));
    }

    /// <summary>Batches as they come. It ends when the group is gone, and with an exception when the topic can't be read.</summary>
    public ChannelReader<OutputBatch> Reader => _channel.Reader;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _stop.CancelAsync();
#pragma warning disable VSTHRD003 // Started by this object's own constructor on the thread pool.
        await _pump;
#pragma warning restore VSTHRD003
        _stop.Dispose();
        _closed();
    }

    private async Task RunAsync(Func<ChannelWriter<OutputBatch>, CancellationToken, Task> pump)
    {
        try
        {
            await pump(_channel.Writer, _stop.Token);
            _channel.Writer.TryComplete();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            _channel.Writer.TryComplete();
        }
#pragma warning disable CA1031 // The outermost edge of the pump: whatever went wrong reaches the reader of the channel.
        catch (Exception failed)
#pragma warning restore CA1031
        {
            _channel.Writer.TryComplete(failed);
        }
    }
}
