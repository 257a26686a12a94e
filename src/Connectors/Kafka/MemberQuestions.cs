using Lockstep.Failover;
using Lockstep.Kafka;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Kafka;

/// <summary>
/// What the engine thread asks without waiting: each question runs on the pool, one of a kind at a time, and its answer comes
/// back through the mailbox. Called from the engine thread only.
/// </summary>
internal sealed partial class MemberQuestions(MemberParts parts, CancellationToken cancellation)
{
    private const int RetryFactor = 4;
    private static readonly TimeSpan WarmInterval = TimeSpan.FromSeconds(5);

    private readonly ILogger _logger = parts.Loggers.CreateLogger<MemberQuestions>();
    private int _start;
    private bool _asksJoinEnd;
    private bool _trims;

    /// <summary>The journal's end as of joining; null: not known.</summary>
    public long? JoinEnd { get; private set; }

    public void ForgetJoinEnd() => JoinEnd = null;

    /// <summary>Finds out where to start; asks again and again until there is a way.</summary>
    /// <param name="range">Which snapshots may be taken.</param>
    /// <param name="found">Called on the engine thread.</param>
    /// <param name="none">Called on the engine thread each time that there is no way.</param>
    public void FindStart(SnapshotRange range, Action<MemberStart> found, Action none)
    {
        JoinEnd = null;
        var number = ++_start;
        Ask(async () =>
        {
            while (true)
            {
                var start = await parts.Control.FindStartAsync(range, PeersAsync, Waits, cancellation).ConfigureAwait(false);
                parts.Mailbox.Post(() =>
                {
                    // A newer question makes this one void.
                    if (number == _start && start is not null)
                    {
                        found(start);
                    }
                    else if (number == _start)
                    {
                        none();
                    }
                });
                if (start is not null || number != Volatile.Read(ref _start))
                {
                    return;
                }

                await Task.Delay(parts.Options.Limits.RetryWait * RetryFactor, parts.Time, cancellation).ConfigureAwait(false);
            }
        });
    }

    public void AskJoinEnd()
    {
        if (_asksJoinEnd)
        {
            return;
        }

        _asksJoinEnd = true;
        Ask(async () =>
        {
            var end = await parts.Control.JournalEndAsync(cancellation).ConfigureAwait(false);
            parts.Mailbox.Post(() =>
            {
                _asksJoinEnd = false;
                JoinEnd = end;
            });
        });
    }

    public void AskEnds(int attempt, IReadOnlyDictionary<string, long>? positions, Action<AskedEnds> found) => Ask(async () =>
    {
        try
        {
            var ends = await parts.Control.AskEndsAsync(attempt, positions, cancellation).ConfigureAwait(false);
            parts.Mailbox.Post(() => found(ends));
        }
        catch (KafkaFaultException away)
        {
            parts.Mailbox.Post(new FailoverInput.FenceFailed(attempt, away.Message));
        }
    });

    /// <summary>
    /// Connects to all that a takeover needs, and sees every few seconds that it stays so: brokers close what is idle, leaders and
    /// coordinators move.
    /// </summary>
    /// <param name="isWanted">False: the member takes over or is active, and has other work for these connections.</param>
    public void KeepWarm(Func<bool> isWanted) => Ask(async () =>
    {
        var isFirst = true;
        while (isWanted())
        {
            try
            {
                await parts.Control.WarmUpAsync(cancellation).ConfigureAwait(false);
                await parts.Journal.WarmUpAsync(isFirst, cancellation).ConfigureAwait(false);
                isFirst = false;
            }
            catch (Exception away) when (away is KafkaFaultException or TimeoutException or ObjectDisposedException)
            {
                LogNotWarm(_logger, away.Message);
            }

            await Task.Delay(WarmInterval, parts.Time, cancellation).ConfigureAwait(false);
        }
    });

    /// <summary>Plays a takeover once beforehand; what fails there is only said.</summary>
    public void Rehearse() => Ask(async () =>
    {
        var began = parts.Time.GetTimestamp();
        try
        {
            await new TakeoverRehearsal(parts.Options, parts.Topics, parts.Time).RunAsync(cancellation).ConfigureAwait(false);
            var ms = parts.Time.GetElapsedTime(began).TotalMilliseconds;
            LogRehearsed(_logger, parts.Topics.Group, ms);
        }
        catch (Exception failed) when (failed is KafkaFaultException or TimeoutException
            || (failed is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            LogNotRehearsed(_logger, parts.Topics.Group, failed.Message);
        }
    });

    public void Trim()
    {
        if (_trims)
        {
            return;
        }

        _trims = true;
        Ask(async () =>
        {
            await parts.Control.TrimAsync(cancellation).ConfigureAwait(false);
            parts.Mailbox.Post(() => _trims = false);
        });
    }

    private async Task<IReadOnlyList<string>> PeersAsync()
    {
        var peers = await parts.Membership.PeersAsync(cancellation).ConfigureAwait(false);
        return [.. peers.Where(p => p.Address.Length > 0 && p.Address != parts.Options.Address).Select(p => p.Address).Distinct()];
    }

    private void Waits(string reason) => parts.Mailbox.Post(new FailoverInput.CannotRecover(reason));

    /// <summary>Not awaited by the engine thread; its end, good or bad, is seen here.</summary>
    private void Ask(Func<Task> question) => _ = Task.Run(async () =>
    {
        try
        {
            await question().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The member ends.
        }
#pragma warning disable CA1031 // Outermost edge of a question: a defect in one ends the member, on its own thread.
        catch (Exception defect)
        {
            parts.Mailbox.Post(() => throw new InvalidOperationException("A question of the member's failed.", defect));
        }
#pragma warning restore CA1031
    });

    [LoggerMessage(EventId = 5188, Level = LogLevel.Information, Message = "Group {Group}: a takeover was rehearsed in {Ms:F0} ms")]
    private static partial void LogRehearsed(ILogger logger, string group, double ms);

    [LoggerMessage(EventId = 5189, Level = LogLevel.Information, Message = "Group {Group}: a takeover could not be rehearsed: {Reason}")]
    private static partial void LogNotRehearsed(ILogger logger, string group, string reason);

    [LoggerMessage(EventId = 5198, Level = LogLevel.Information, Message = "The producer is not connected beforehand: {Reason}")]
    private static partial void LogNotWarm(ILogger logger, string reason);
}
