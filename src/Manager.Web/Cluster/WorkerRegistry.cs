using System.Collections.Concurrent;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;

namespace Lockstep.Manager.Web.Cluster;

/// <summary>The newest report of a member.</summary>
/// <param name="Status">What it said.</param>
/// <param name="SeenAt">When the manager heard it.</param>
/// <param name="ConnectionId">Its hub connection; null when it was asked over HTTP.</param>
/// <param name="EventsPerSecond">Rate over the last seconds.</param>
/// <param name="ActiveSince">When it was seen to become active in its epoch; null when it is not active, or was so from the first look.</param>
internal sealed record WorkerReport(
    WorkerStatus Status, DateTimeOffset SeenAt, string? ConnectionId, double EventsPerSecond, DateTimeOffset? ActiveSince);

/// <summary>What the workers say of themselves: the newest report of each member of each group. Any thread.</summary>
internal sealed class WorkerRegistry(TimeProvider time)
{
    private static readonly TimeSpan RateSpan = TimeSpan.FromSeconds(2);

    private readonly ChangeSignal _signal = new();
    private readonly ConcurrentDictionary<(string Group, string Member), Entry> _entries = new();
    private readonly ConcurrentDictionary<string, (string Group, string Member)> _connections = new();

    /// <summary>Calls <paramref name="changed"/> after each report; see <see cref="ChangeSignal"/>.</summary>
    public IDisposable Subscribe(Action changed) => _signal.Subscribe(changed);

    /// <summary>The newest report of a member; null for none.</summary>
    public WorkerReport? Of(string group, string member) =>
        _entries.TryGetValue((group, member), out var entry) ? entry.Report : null;

    /// <summary>The member of a connection; null for an unknown one.</summary>
    public (string Group, string Member)? MemberOf(string connectionId) =>
        _connections.TryGetValue(connectionId, out var member) ? member : null;

    /// <summary>Takes a report in.</summary>
    /// <param name="status">The report.</param>
    /// <param name="connectionId">The hub connection it came over; null when it was asked over HTTP.</param>
    public void Take(WorkerStatus status, string? connectionId)
    {
        var key = (status.Group, status.Member);
        if (connectionId is not null)
        {
            _connections[connectionId] = key;
        }

        var now = time.GetUtcNow();
        _entries.AddOrUpdate(key, _ => Entry.First(status, now, connectionId), (_, entry) => entry.Next(status, now, connectionId));
        _signal.Raise();
    }

    /// <summary>A connection has ended; the member's newest report stays and ages.</summary>
    public void Leave(string connectionId)
    {
        if (_connections.TryRemove(connectionId, out var key)
            && _entries.TryGetValue(key, out var entry) && entry.Report.ConnectionId == connectionId)
        {
            _entries.TryUpdate(key, entry with { Report = entry.Report with { ConnectionId = null } }, entry);
            _signal.Raise();
        }
    }

    /// <summary>Forgets a group that is gone.</summary>
    public void Forget(string group)
    {
        foreach (var key in _entries.Keys.Where(k => k.Group == group))
        {
            _entries.TryRemove(key, out _);
        }
    }

    private sealed record Entry(WorkerReport Report, DateTimeOffset RateFrom, long EventsFrom)
    {
        public static Entry First(WorkerStatus status, DateTimeOffset now, string? connection) =>
            new(new WorkerReport(status, now, connection, 0, null), now, EventsOf(status));

        public Entry Next(WorkerStatus status, DateTimeOffset now, string? connection)
        {
            if (Report.Status.Incarnation != status.Incarnation)
            {
                return First(status, now, connection);
            }

            var since = !IsActive(status) ? (DateTimeOffset?)null
                : IsActive(Report.Status) && Report.Status.Epoch == status.Epoch ? Report.ActiveSince
                : now;
            var span = now - RateFrom;
            if (span < RateSpan)
            {
                return this with
                {
                    Report = new WorkerReport(status, now, connection ?? Report.ConnectionId, Report.EventsPerSecond, since),
                };
            }

            var rate = (EventsOf(status) - EventsFrom) / span.TotalSeconds;
            return new Entry(
                new WorkerReport(status, now, connection ?? Report.ConnectionId, Math.Max(0, Math.Round(rate, 1)), since),
                now,
                EventsOf(status));
        }

        private static bool IsActive(WorkerStatus status) => status.Role == MemberRole.Active;

        private static long EventsOf(WorkerStatus status) => Math.Max(status.EventsIn, status.EventsOut);
    }
}
