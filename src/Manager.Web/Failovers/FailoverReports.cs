using System.Text.Json;
using System.Text.Json.Serialization;
using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Storage;

namespace Lockstep.Manager.Web.Failovers;

/// <summary>The reports of failovers, kept in the database. Any thread.</summary>
internal sealed class FailoverReports(FailoverStorage storage)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly ChangeSignal _signal = new();
    private long _version;

    /// <summary>Grows with each report that is kept.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>Calls <paramref name="changed"/> after each report that is kept; see <see cref="ChangeSignal"/>.</summary>
    public IDisposable Subscribe(Action changed) => _signal.Subscribe(changed);

    /// <summary>The report of a failover; null when there is none (any more).</summary>
    public async Task<FailoverReportResource?> FindAsync(string group, int number, CancellationToken cancellation) =>
        await storage.ReportAsync(group, number, cancellation) is { } json
            ? JsonSerializer.Deserialize<FailoverReportResource>(json, Json)
            : null;

    /// <summary>Keeps a report, in place of an earlier one of the same failover.</summary>
    /// <returns>False: the group is gone.</returns>
    public async Task<bool> KeepAsync(FailoverReportResource report, CancellationToken cancellation)
    {
        var isKept = await storage.KeepReportAsync(
            new ReportRow { Group = report.Group, Number = report.Failover.Number, Json = JsonSerializer.Serialize(report, Json) },
            cancellation);
        Interlocked.Increment(ref _version);
        _signal.Raise();
        return isKept;
    }
}
