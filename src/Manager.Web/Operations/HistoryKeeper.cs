using System.Collections.Concurrent;
using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Storage;

namespace Lockstep.Manager.Web.Operations;

/// <summary>Writes operations and failovers through to the database, and reads them at start.</summary>
internal sealed partial class HistoryKeeper(
    OperationStore operations, FailoverRecorder failovers, GroupStorage storage, TimeProvider time, ILogger<HistoryKeeper> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<Guid, OperationResource> _keptOperations = new();
    private readonly ConcurrentDictionary<(string Group, int Number), FailoverResource> _keptFailovers = new();

    /// <summary>Reads what there is. Once, before requests are served.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        foreach (var row in Enumerable.Reverse(await storage.OperationsAsync(OperationStore.Kept, cancellation)))
        {
            var operation = new OperationResource(
                row.Id, row.Action, row.Group, row.Member, row.State, row.StartedAt, row.EndedAt, row.Actor, row.Detail);
            _keptOperations[row.Id] = operation;
            operations.Put(operation.EndedAt is null
                ? operation with { State = "failed", EndedAt = time.GetUtcNow(), Detail = "The manager ended while it ran; look at the group." }
                : operation);
        }

        foreach (var row in await storage.FailoversAsync(cancellation))
        {
            var failover = new FailoverResource(
                row.Number, row.At, row.FailoverGroup, row.From, row.To, row.Epoch, row.Cause, row.GapMs)
            {
                Actor = row.Actor,
                Verdict = row.Verdict == "pending" ? "unknown" : row.Verdict,
                SilenceMs = row.SilenceMs,
            };
            _keptFailovers[(row.Group, row.Number)] = failover;
            failovers.Put(row.Group, failover);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await KeepAsync();
            }
        }
        catch (OperationCanceledException)
        {
            await KeepAsync();
        }
    }

    private async Task KeepAsync()
    {
        foreach (var operation in operations.Current.Where(o => _keptOperations.GetValueOrDefault(o.Id) != o))
        {
            await TryAsync(storage.KeepOperationAsync(
                new OperationRow
                {
                    Id = operation.Id,
                    Action = operation.Action,
                    Group = operation.Group,
                    Member = operation.Member,
                    State = operation.State,
                    StartedAt = operation.StartedAt,
                    EndedAt = operation.EndedAt,
                    Actor = operation.Actor,
                    Detail = operation.Detail,
                },
                CancellationToken.None));
            _keptOperations[operation.Id] = operation;
        }

        foreach (var (group, all) in failovers.All)
        {
            foreach (var failover in all.Where(f => _keptFailovers.GetValueOrDefault((group, f.Number)) != f))
            {
                await TryAsync(storage.KeepFailoverAsync(
                    new FailoverRow
                    {
                        Group = group,
                        Number = failover.Number,
                        At = failover.At,
                        FailoverGroup = failover.FailoverGroup,
                        From = failover.From,
                        To = failover.To,
                        Epoch = failover.Epoch,
                        Cause = failover.Cause,
                        GapMs = failover.GapMs,
                        Actor = failover.Actor,
                        Verdict = failover.Verdict,
                        SilenceMs = failover.SilenceMs,
                    },
                    CancellationToken.None));
                _keptFailovers[(group, failover.Number)] = failover;
            }
        }
    }

    private async Task TryAsync(Task write)
    {
        try
        {
#pragma warning disable VSTHRD003 // The caller's own call, begun just before.
            await write;
#pragma warning restore VSTHRD003
        }
#pragma warning disable CA1031 // The edge of the loop: history that can't be written (a group just deleted, a full disk) must not end it.
        catch (Exception failed)
#pragma warning restore CA1031
        {
            LogFailed(logger, failed);
        }
    }

    [LoggerMessage(EventId = 6702, Level = LogLevel.Warning, Message = "An operation or failover could not be stored")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
