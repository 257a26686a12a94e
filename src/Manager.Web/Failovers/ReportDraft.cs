using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;

namespace Lockstep.Manager.Web.Failovers;

/// <summary>A report that is being gathered. Used by the reporter's loop alone.</summary>
internal sealed class ReportDraft(FailoverFacts facts, IReadOnlyList<string> topics)
{
    /// <summary>Time before and after the switch of which logs and znodes are shown.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromSeconds(10);

    /// <summary>When the topics are first read.</summary>
    public static readonly TimeSpan FirstRead = TimeSpan.FromSeconds(1);

    /// <summary>How long a first record after the switch is waited for.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan ReadInterval = TimeSpan.FromSeconds(5);

    /// <summary>What was known at first.</summary>
    public FailoverFacts Facts => facts;

    /// <summary>Topics to judge.</summary>
    public IReadOnlyList<string> Topics => topics;

    /// <summary>Where the topics ended when the failover was noticed; null when the cluster did not say.</summary>
    public IReadOnlyDictionary<string, long>? Hints { get; set; }

    /// <summary>What the topics have shown so far.</summary>
    public IReadOnlyList<TopicVerdictResource> Verdicts { get; set; } =
        [.. topics.Select(t => new TopicVerdictResource(t, null, null, null, 0, 0, 0, null, "unknown", "Not read yet."))];

    /// <summary>What the new active has told of its takeover, as far as it got.</summary>
    public TakeoverPhases? Takeover { get; set; }

    /// <summary>When it is looked at next.</summary>
    public DateTimeOffset NextAt { get; private set; } = facts.Failover.At + FirstRead;

    /// <summary>True: nothing more is gathered.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Decides, after a look, whether another one is needed.</summary>
    /// <param name="now">The time.</param>
    public void Looked(DateTimeOffset now)
    {
        var age = now - facts.Failover.At;
        var isSettled = topics.Count == 0 || Verdicts.All(v => v.Verdict is "clean" or "broken");
        IsComplete = age >= Longest || (age >= Span && isSettled);
        NextAt = age < Span ? facts.Failover.At + Span : now + ReadInterval;
    }
}
