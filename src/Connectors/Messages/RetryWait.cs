namespace Lockstep.Connectors.Messages;

/// <summary>The wait before a broker is tried again: a second at first and half a minute at last.</summary>
internal sealed class RetryWait(TimeProvider time)
{
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(30);
    private TimeSpan _next = Least;

    /// <summary>A connection stood: the next wait is the first again.</summary>
    public void Reset() => _next = Least;

    /// <summary>Waits.</summary>
    public async Task WaitAsync(CancellationToken stop)
    {
        var wait = _next;
        _next = wait * 2 < Most ? wait * 2 : Most;
        await Task.Delay(wait, time, stop).ConfigureAwait(false);
    }
}
