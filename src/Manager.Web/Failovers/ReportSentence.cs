using System.Globalization;
using Lockstep.Contracts.Api;

namespace Lockstep.Manager.Web.Failovers;

/// <summary>Says a failover in one sentence; English, the same in REST, Markdown and for screen readers. Pure.</summary>
internal static class ReportSentence
{
    /// <summary>The sentence.</summary>
    public static string Of(FailoverResource failover, double? totalMs, IReadOnlyList<TopicVerdictResource> topics)
    {
        var from = failover.From ?? "nobody";
        var by = failover.Actor is { } actor ? $" by {actor}" : "";
        var how = failover.Cause switch
        {
            "killed" => $"{from} was killed{by}",
            "drill" => $"{from} was killed for a drill",
            "paused" => $"{from} stood still and was put to death by the supervisor",
            "died" => $"{from} died",
            "sessionExpired" => $"{from} lost its ZooKeeper session",
            "switchover" => $"{from} gave over, asked{by}",
            "emergency" => $"{from} went silent while ZooKeeper was out of reach",
            "reacquired" => $"{from} began a new epoch",
            _ => $"{from} stopped being active",
        };
        var took = totalMs is { } ms ? string.Create(CultureInfo.InvariantCulture, $" within {ms:0} ms") : "";
        return $"{how}; {failover.To} took over in epoch {failover.Epoch.ToString(CultureInfo.InvariantCulture)}{took}; {Effect(topics)}.";
    }

    /// <summary>clean when all topics are; else the worst; unknown without topics.</summary>
    public static string VerdictOf(IReadOnlyList<TopicVerdictResource> topics) =>
        topics.Count == 0 ? "unknown"
        : topics.Any(t => t.Verdict == "broken") ? "broken"
        : topics.Any(t => t.Verdict == "unknown") ? "unknown"
        : topics.Any(t => t.Verdict == "quiet") ? "quiet"
        : "clean";

    /// <summary>The longest silence of a topic; null when none is known.</summary>
    public static double? SilenceOf(IReadOnlyList<TopicVerdictResource> topics) => topics.Max(t => t.SilenceMs);

    private static string Effect(IReadOnlyList<TopicVerdictResource> topics)
    {
        if (topics.Count == 0)
        {
            return "no outbound topic was read";
        }

        var silence = SilenceOf(topics) is { } ms ? string.Create(CultureInfo.InvariantCulture, $", {ms:0} ms of silence") : "";
        var counts = string.Create(
            CultureInfo.InvariantCulture,
            $"{topics.Sum(t => t.Lost)} lost, {topics.Sum(t => t.Duplicated)} duplicated, {topics.Sum(t => t.OutOfOrder)} out of order "
            + $"in {topics.Sum(t => t.Range?.Records ?? 0)} records read{silence}");
        return VerdictOf(topics) switch
        {
            "quiet" => counts + ", nothing written since",
            "unknown" => counts + " (not proven: " + (topics.First(t => t.Verdict == "unknown").Note ?? "not read").TrimEnd('.') + ")",
            _ => counts,
        };
    }
}
