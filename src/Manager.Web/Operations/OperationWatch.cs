using System.Collections.Concurrent;
using Lockstep.Manager.Web.Cluster;

namespace Lockstep.Manager.Web.Operations;

/// <summary>Ends running operations when what they are for is seen, or their deadline has passed.</summary>
internal sealed class OperationWatch(OperationStore operations, ClusterStateStore state, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<Guid, (Func<ClusterSnapshot, string?> Done, DateTimeOffset Deadline)> _waiting = new();

    /// <summary>Waits for an operation's end.</summary>
    /// <param name="id">The operation.</param>
    /// <param name="limit">How long.</param>
    /// <param name="done">What was done, as a sentence, once the snapshot shows it; null until then.</param>
    public void Add(Guid id, TimeSpan limit, Func<ClusterSnapshot, string?> done) =>
        _waiting[id] = (done, time.GetUtcNow() + limit);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var snapshot = state.Current;
            foreach (var (id, (done, deadline)) in _waiting)
            {
                if (done(snapshot) is { } detail)
                {
                    operations.End(id, isDone: true, detail);
                }
                else if (time.GetUtcNow() > deadline)
                {
                    var group = snapshot.Find(operations.Find(id)?.Group ?? "");
                    operations.End(id, isDone: false, $"Not seen in time. {group?.Summary}".TrimEnd());
                }
                else
                {
                    continue;
                }

                _waiting.TryRemove(id, out _);
            }
        }
    }
}
