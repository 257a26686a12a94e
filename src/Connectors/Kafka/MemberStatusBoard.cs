using System.Globalization;
using Lockstep.Contracts.Failover;
using Lockstep.Failover;

namespace Lockstep.Connectors.Kafka;

/// <summary>Gathers what a member says about itself; written by the engine thread, read by anyone.</summary>
internal sealed class MemberStatusBoard(AlarmBoard alarms, Action<RoleChange> roleChanged, Action tookOver)
{
    private readonly CommitTimes _commits = new();
    private readonly Lock _lock = new();
    private TimeSpan _commitBegan;
    private EngineMemberStatus _status = new();
    private TaskCompletionSource<string?>? _switchover;

    /// <summary>Of now; alarms may come from other threads than the engine's.</summary>
    public EngineMemberStatus Status
    {
        get
        {
            var status = Volatile.Read(ref _status);
            return alarms.All is { IsEmpty: false } all ? status with { Alarms = all } : status;
        }
    }

    /// <summary>Kafka answered the last time it was asked.</summary>
    public bool KafkaReachable { get; set; }

    public bool IsUnfenced { get; set; }

    public void CommitBegins(TimeSpan now) => _commitBegan = now;

    public void CommitEnded(TimeSpan now) => _commits.Add(now - _commitBegan);

    public void Count(long eventsIn, long eventsOut) => Set(_status with
    {
        EventsIn = _status.EventsIn + eventsIn,
        EventsOut = _status.EventsOut + eventsOut,
    });

    public void Digest(long sequence, ulong digest, bool agrees) => Set(_status with
    {
        StateDigest = digest.ToString("x16", CultureInfo.InvariantCulture),
        DigestSequence = sequence,
        DigestAgrees = agrees,
    });

    public void Waits(string reason) => Set(_status with { Reason = reason });

    public void Show(FailoverState state, MemberFeeds feeds, DeadLetterTally deadLetters, MemberParts parts) => Set(_status with
    {
        Role = state.Role,
        Reason = state.Reason,
        Group = parts.Topics.Group,
        Znode = parts.Membership.Znode,
        WatchedZnode = parts.Membership.Watched,
        Candidates = state.Candidates,
        Epoch = state.Cursor.Epoch.Value,
        Position = state.Cursor.InboundNext.Length > 0 ? state.Cursor.InboundNext[0] : -1,
        Behind = (state.Role == MemberRole.Active ? feeds.Inbound?.Waiting : feeds.Journal?.Waiting) ?? 0,
        JournalSequence = state.Cursor.Sequence,
        WritesDigest = state.Cursor.ModelDigest,
        Comparison = parts.Comparison.Results,
        Migration = parts.Former?.Plan.Windows ?? [],
        Poisoned = deadLetters.Count,
        AuditFindings = feeds.Findings,
        Snapshot = parts.Snapshots.Newest?.Resource(parts.Topics),
        CommitMs = _commits.MedianMs,
        Takeover = parts.Takeover.Phases,
        KafkaReachable = KafkaReachable,
        ZooKeeperReachable = parts.Membership.IsConnected,
        IsUnfenced = IsUnfenced,
    });

    public void RoleChanged(RoleChange change)
    {
        if (change.From == MemberRole.Active)
        {
            SwitchoverEnded(change.To is MemberRole.Standby or MemberRole.Shadow ? null : change.Reason);
        }

        roleChanged(change);
    }

    /// <summary>The first results after a takeover are committed.</summary>
    public void TookOver() => tookOver();

    /// <summary>Waits for the switchover that is asked for; null: done, else why not.</summary>
    public Task<string?> NextSwitchoverAsync()
    {
        lock (_lock)
        {
            _switchover ??= new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
#pragma warning disable VSTHRD003 // Completed by the engine thread; continuations run elsewhere.
            return _switchover.Task;
#pragma warning restore VSTHRD003
        }
    }

    public void SwitchoverEnded(string? refused)
    {
        lock (_lock)
        {
            _switchover?.TrySetResult(refused);
            _switchover = null;
        }
    }

    private void Set(EngineMemberStatus status) => Volatile.Write(ref _status, status);
}
