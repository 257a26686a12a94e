using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;

namespace Lockstep.Manager.Web.Failovers;

/// <summary>Puts the moments of a failover in order: the manager's own and those of the member that took over. Pure.</summary>
internal static class PhaseList
{
    private const string Manager = "manager";

    /// <summary>The moments, by time.</summary>
    /// <param name="facts">What the manager saw.</param>
    /// <param name="takeover">What the new active measured; null when it has not told.</param>
    /// <param name="znodes">Znodes of the election.</param>
    public static IReadOnlyList<FailoverPhaseResource> Of(
        FailoverFacts facts, TakeoverPhases? takeover, IReadOnlyList<ZnodeEventResource> znodes)
    {
        var moments = new List<(string Name, DateTimeOffset At, string Observer)>();
        void Add(string name, DateTimeOffset? at, string observer)
        {
            if (at is { } known)
            {
                moments.Add((name, known, observer));
            }
        }

        Add("asked", facts.AskedAt, Manager);
        Add("killed", facts.KilledAt, Manager);
        Add("seen", facts.Death?.SeenAt, Manager);
        Add("dead", facts.Death?.DeadAt, Manager);
        Add("sessionClosed", facts.Death?.ClosedAt, Manager);
        Add("znodeGone", znodes.LastOrDefault(z =>
            z.Kind == "deleted" && z.Member == facts.Failover.From && z.At <= facts.Failover.At.AddSeconds(1))?.At, Manager);
        if (takeover is { } own)
        {
            void AddOwn(string name, double? ms) => Add(name, ms is { } after ? own.BeganAt.AddMilliseconds(after) : null, facts.Failover.To);
            AddOwn("noticed", own.ZnodeGone ? 0 : null);
            AddOwn("elected", own.ElectedMs);
            AddOwn("fenced", own.FencedMs);
            AddOwn("endsKnown", own.EndsKnownMs);
            AddOwn("journalApplied", own.JournalAppliedMs);
            AddOwn("producerReady", own.ProducerReadyMs);
            AddOwn("epochStart", own.EpochStartMs);
            AddOwn("firstResult", own.FirstResultMs);
        }
        else
        {
            Add("epochStart", facts.Failover.At, Manager);
        }

        var sorted = moments.OrderBy(m => m.At).ToList();
        return
        [
            .. sorted.Select((m, i) => new FailoverPhaseResource(
                m.Name, m.At, Ms(m.At - sorted[0].At), i == 0 ? 0 : Ms(m.At - sorted[i - 1].At), m.Observer)),
        ];
    }

    private static double Ms(TimeSpan span) => Math.Round(span.TotalMilliseconds, 1);
}
