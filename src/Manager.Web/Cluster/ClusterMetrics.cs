using System.Diagnostics.Metrics;

namespace Lockstep.Manager.Web.Cluster;

/// <summary>What /metrics says of the groups; read from the newest snapshot at each scrape.</summary>
internal sealed class ClusterMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Lockstep.Manager";

    private readonly Meter _meter;

    /// <summary>Registers the instruments.</summary>
    public ClusterMetrics(IMeterFactory meters, ClusterStateStore state)
    {
        _meter = meters.Create(MeterName);
        _meter.CreateObservableGauge(
            "lockstep.group.ready",
            () => state.Current.Groups.Select(g => Measured(g.Readiness.Ready ? 1L : 0, g.Name)),
            description: "1 when a standby engine could take over at once");
        _meter.CreateObservableCounter(
            "lockstep.group.lost", () => state.Current.Groups.Select(g => Measured(g.Ledger.Lost, g.Name)),
            description: "Outbound records lost since deploy");
        _meter.CreateObservableCounter(
            "lockstep.group.duplicated", () => state.Current.Groups.Select(g => Measured(g.Ledger.Duplicated, g.Name)),
            description: "Outbound records doubled since deploy");
        _meter.CreateObservableCounter(
            "lockstep.group.failovers", () => state.Current.Groups.Select(g => Measured(g.Failovers, g.Name)),
            description: "Changes of an active member since deploy");
        _meter.CreateObservableGauge(
            "lockstep.member.behind",
            () => state.Current.Groups.SelectMany(g => g.Members.Select(m => new Measurement<long>(
                m.Behind, new("group", g.Name), new("member", m.Name)))),
            description: "Events or records not yet done");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static Measurement<long> Measured(long value, string group) => new(value, new KeyValuePair<string, object?>("group", group));
}
