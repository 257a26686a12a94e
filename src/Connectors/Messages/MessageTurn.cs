namespace Lockstep.Connectors.Messages;

/// <summary>
/// Messages of one connection are taken one after the other, on whatever thread the client brings them; one that can't be taken or
/// acknowledged breaks the connection.
/// </summary>
/// <param name="broken">Told of the break.</param>
/// <param name="describe">Gives the exception for what is the connection's trouble; null for a defect, which is thrown.</param>
/// <param name="stop">When it is cancelled a message that was not taken is left to the broker.</param>
#pragma warning disable CA1001 // A message may come late; without a wait handle there is nothing to dispose of.
internal sealed class MessageTurn(TaskCompletionSource broken, Func<Exception, BrokerException?> describe, CancellationToken stop)
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Takes a message and acknowledges it, when its turn comes.</summary>
    /// <param name="work">Does both.</param>
    public async Task TakeAsync(Func<Task> work)
    {
        await _one.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Not acknowledged: the broker keeps it.
        }
        catch (Exception gone) when (describe(gone) is { } trouble)
        {
            broken.TrySetException(trouble);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Ends when what was taken is acknowledged, before the connection goes; who waits for its turn finds that this is over.</summary>
    /// <param name="limit">Longest time to wait.</param>
    public async Task OverAsync(TimeSpan limit)
    {
        if (await _one.WaitAsync(limit, CancellationToken.None).ConfigureAwait(false))
        {
            _one.Release();
        }
    }
}
