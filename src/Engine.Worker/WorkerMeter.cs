using System.Diagnostics.Metrics;
using Lockstep.Contracts.Api;
using Lockstep.Engine.Worker.Running;

namespace Lockstep.Engine.Worker;

/// <summary>The worker's metrics, read from its status when somebody asks (docs/reference/metrics.md).</summary>
internal sealed class WorkerMeter : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "Lockstep.Engine.Worker";

    private readonly Meter _meter = new(Name);

    /// <summary>Registers the instruments.</summary>
    /// <param name="board">Gives the status.</param>
    public WorkerMeter(StatusBoard board)
    {
        Counter("lockstep_events_in", "Events read since the process started.", board, s => s.EventsIn);
        Counter("lockstep_events_out", "Events written since the process started.", board, s => s.EventsOut);
        Gauge("lockstep_role", "Role: 0 recovering, 1 standby, 2 acquiring, 3 active, 4 fenced, -1 none.", board,
            s => s.Role is { } role ? (int)role : -1);
        Gauge("lockstep_epoch", "Epoch written or last seen.", board, s => s.Epoch);
        Gauge("lockstep_position", "Input: byte offset in the file; engine and output: next offset.", board, s => s.Position);
        Gauge("lockstep_behind", "Events or records that are there and not yet done.", board, s => s.Behind);
        Gauge("lockstep_journal_sequence", "Last applied journal sequence.", board, s => s.JournalSequence);
        Gauge("lockstep_commit_ms", "Median of the last 100 commits.", board, s => s.CommitMs);
        Gauge("lockstep_lost", "Missing q since deploy; outputs only.", board, s => s.Ledger?.Lost ?? 0);
        Gauge("lockstep_duplicated", "Repeated q since deploy, dropped; outputs only.", board, s => s.Ledger?.Duplicated ?? 0);
        Gauge("lockstep_digest_agrees", "0 when the state digest differed from the journal's.", board, s => s.DigestAgrees ? 1 : 0);
        Gauge("lockstep_kafka_reachable", "1 when the brokers answer.", board, s => s.KafkaReachable ? 1 : 0);
        Gauge("lockstep_zookeeper_reachable", "1 when the session lives.", board, s => s.ZooKeeperReachable ? 1 : 0);
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private void Counter(string name, string description, StatusBoard board, Func<WorkerStatus, long> read) =>
        _meter.CreateObservableCounter(name, () => read(board.Now()), description: description);

    private void Gauge(string name, string description, StatusBoard board, Func<WorkerStatus, double> read) =>
        _meter.CreateObservableGauge(name, () => read(board.Now()), description: description);
}
