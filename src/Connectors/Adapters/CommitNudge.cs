using Lockstep.Connectors.Kafka;

namespace Lockstep.Connectors.Adapters;

/// <summary>
/// Sends the coordinator a tiny request 2 and 6 ms after a commit: on a quiet cluster of several brokers the next commit
/// then takes 8 ms instead of 50 (docs/failover.md, measured facts). One task; a newer commit starts the waits anew.
/// </summary>
internal sealed class CommitNudge : IAsyncDisposable
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Second = TimeSpan.FromMilliseconds(4);

    private readonly FencedProducer _producer;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _committed = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public CommitNudge(FencedProducer producer, TimeProvider time)
    {
        _producer = producer;
        _time = time;
        _running = RunAsync();
    }

    /// <summary>A commit has ended.</summary>
    public void Committed()
    {
        if (_committed.CurrentCount == 0)
        {
            _committed.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _committed.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await _committed.WaitAsync(_stop.Token).ConfigureAwait(false);
                await Task.Delay(First, _time, _stop.Token).ConfigureAwait(false);
                await _producer.NudgeAsync(_stop.Token).ConfigureAwait(false);
                await Task.Delay(Second, _time, _stop.Token).ConfigureAwait(false);
                await _producer.NudgeAsync(_stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Disposed.
        }
    }
}
