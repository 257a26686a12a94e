using Lockstep.Connectors;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Projects.Secrets;

namespace Lockstep.Engine.Worker.Running;

/// <summary>Puts the worker's status together from what its connectors and its engine say about themselves.</summary>
/// <param name="identity">Who the worker is.</param>
/// <param name="project">Name of its project.</param>
/// <param name="time">For the time of observation.</param>
internal sealed class StatusBoard(WorkerIdentity identity, string project, TimeProvider time)
{
    private volatile WorkerIdentity _identity = identity;
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();
    private volatile IReadOnlyList<IConnector> _connectors = [];
    private volatile Func<WorkerStatus, WorkerStatus> _engine = s => s;
    private volatile string? _end;

    /// <summary>What is secret in the model; no reason shows it.</summary>
    public SecretValues Secrets { get; init; } = SecretValues.None;

    /// <summary>The connectors to ask.</summary>
    public void Show(IReadOnlyList<IConnector> connectors) => _connectors = connectors;

    /// <summary>What the engine adds; it wins over the connectors.</summary>
    public void Show(Func<WorkerStatus, WorkerStatus> engine) => _engine = engine;

    /// <summary>Who the worker is, now that its address is known.</summary>
    public void Identify(WorkerIdentity known) => _identity = known;

    /// <summary>The worker ends; with a reason when it has failed.</summary>
    public void End(string reason) => _end = reason;

    /// <summary>The status of now.</summary>
    public WorkerStatus Now()
    {
        var all = _connectors.Select(c => c.Status).ToArray();
        var failed = Array.Find(all, s => s.State == ConnectorState.Failed);
        var elected = Array.Find(all, s => s.Role is not null);
        var moving = elected ?? Array.Find(all, s => s.Ledger is not null) ?? new ConnectorStatus();
        var kafka = all.All(s => s.KafkaReachable);
        var zooKeeper = all.All(s => s.ZooKeeperReachable);
        var end = _end;
        var who = _identity;
        var status = new WorkerStatus
        {
            Group = who.Group,
            Member = who.Member,
            Project = project,
            Pid = Environment.ProcessId,
            Incarnation = who.Incarnation,
            StartedAt = _startedAt,
            ObservedAt = time.GetUtcNow(),
            State = all.Length > 0 && all.All(s => s.State == ConnectorState.Failed) ? MemberState.Failed
                : failed is not null || !kafka || !zooKeeper ? MemberState.Degraded
                : MemberState.Running,
            Reason = failed?.Reason ?? Array.Find(all, s => s.Reason is not null)?.Reason,
            Role = moving.Role,
            Znode = moving.Znode,
            WatchedZnode = moving.WatchedZnode,
            Epoch = moving.Epoch,
            Position = moving.Position,
            Behind = moving.Behind,
            EventsIn = all.Sum(s => s.EventsIn),
            EventsOut = all.Sum(s => s.EventsOut),
            CommitMs = moving.CommitMs,
            Ledger = moving.Ledger,
            KafkaReachable = kafka,
            ZooKeeperReachable = zooKeeper,
            ModelDigest = who.ModelDigest,
            Version = who.Version,
            Address = who.Address,
        };
        status = _engine(status);
        status = end switch
        {
            null => status,
            "" => status with { State = MemberState.Stopped, Reason = null },
            _ => status with { State = MemberState.Failed, Reason = end },
        };
        return status.Reason is { } reason ? status with { Reason = Secrets.HideIn(reason) } : status;
    }

    /// <summary>True when the worker can do its work: what /health/ready says.</summary>
    public bool IsReady => Now() is { State: MemberState.Running, Role: not Contracts.Failover.MemberRole.Recovering };
}
