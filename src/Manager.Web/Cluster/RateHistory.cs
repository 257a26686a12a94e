using System.Collections.Immutable;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;

namespace Lockstep.Manager.Web.Cluster;

/// <summary>
/// Events in and out a second of each group over the last minute, one point a second, for sparklines. It goes on with no
/// page open.
/// </summary>
internal sealed class RateHistory(ClusterStateStore store, TimeProvider time) : BackgroundService
{
    /// <summary>Points kept a group.</summary>
    public const int Points = 60;

    private volatile ImmutableDictionary<string, GroupRates> _rates = ImmutableDictionary<string, GroupRates>.Empty;

    /// <summary>Rates of a group; no points for an unknown one.</summary>
    public GroupRates Of(string group) => _rates.GetValueOrDefault(group, GroupRates.None);

    /// <summary>Adds one point for each group, and forgets groups that are gone.</summary>
    public void Sample()
    {
        var before = _rates;
        _rates = store.Current.Groups.ToImmutableDictionary(
            g => g.Name, g => before.GetValueOrDefault(g.Name, GroupRates.None).With(In(g), Out(g)), StringComparer.Ordinal);
    }

    /// <summary>Events a second into the group: of its active input, or of its active engine when it has no inputs.</summary>
    public static double In(GroupResource group) =>
        group.Members.Any(m => m.FailoverGroup == "inputs") ? ActiveRate(group, "inputs") : ActiveRate(group, "engines");

    /// <summary>Events a second out of the active engine.</summary>
    public static double Out(GroupResource group) => ActiveRate(group, "engines");

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Sample();
        }
    }

    private static double ActiveRate(GroupResource group, string failoverGroup) => group.Members
        .Where(m => m.FailoverGroup == failoverGroup && m.Role == MemberRole.Active)
        .Where(m => m.State is MemberState.Running or MemberState.Degraded)
        .Sum(m => m.EventsPerSecond);
}

/// <summary>Rates of one group, oldest first.</summary>
/// <param name="In">Events a second in.</param>
/// <param name="Out">Events a second out.</param>
internal sealed record GroupRates(ImmutableArray<double> In, ImmutableArray<double> Out)
{
    /// <summary>No points.</summary>
    public static GroupRates None { get; } = new([], []);

    /// <summary>With one more point; the oldest goes when there are too many.</summary>
    public GroupRates With(double into, double outOf) => new(Add(In, into), Add(Out, outOf));

    private static ImmutableArray<double> Add(ImmutableArray<double> points, double value) =>
        (points.Length < RateHistory.Points ? points : points.RemoveAt(0)).Add(value);
}
