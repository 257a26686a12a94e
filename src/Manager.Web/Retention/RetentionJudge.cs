using System.Globalization;
using Lockstep.Contracts.Api;

namespace Lockstep.Manager.Web.Retention;

/// <summary>
/// Judges how far back a restarted engine can rebuild and what endangers it; pure. A restarted engine takes its newest snapshot, or
/// a peer's, and applies the journal from there, for which it reads the inbound records again (docs/operating/topics.md).
/// </summary>
internal static class RetentionJudge
{
    /// <summary>Age that the oldest snapshot kept may have: three, one each 10 s by a standby, one a minute by a lone engine.</summary>
    public static TimeSpan SnapshotReach(int engines) => TimeSpan.FromSeconds(engines > 1 ? 30 : 180);

    /// <summary>The whole answer.</summary>
    public static (RetentionResource Resource, IReadOnlyList<Finding> Findings) Judge(RetentionFacts facts)
    {
        List<Finding> findings =
        [
            .. facts.Topics.SelectMany(t => OfTopic(t, facts)),
            .. OfSnapshots(facts),
            .. BrokerJudge.Judge(facts),
        ];
        var needed = facts.Topics.Where(t => t.Use != TopicUse.Outbound).ToList();
        var now = needed.Where(t => !t.IsWhole && t.OldestAt is not null).MinBy(t => t.OldestAt is { } at ? facts.At - at : TimeSpan.MaxValue);
        var kept = needed.Where(t => t.Kept is not null).MinBy(t => t.Kept);
        var newest = facts.Snapshots.MaxBy(s => s.At);
        var resource = new RetentionResource
        {
            At = facts.At,
            Sentence = Sentence(facts, now, kept, newest),
            RebuildMinutes = Minutes(now?.ReachesBack(facts.At)),
            KeptMinutes = Minutes(kept?.Kept),
            LimitedBy = (now ?? kept)?.Name,
            SnapshotMinutes = newest is null ? null : Minutes(facts.At - newest.At),
            Topics =
            [
                .. facts.Topics.Select(t => new TopicRetentionResource(
                    t.Name, t.Use.ToString().ToLowerInvariant(), t.Exists, Minutes(t.Kept), Minutes(t.ReachesBack(facts.At)), t.IsWhole,
                    t.SizeBytes, Rounded(t.RecordsPerSecond), Rounded(t.BytesPerSecond), t.Window?.Window, Minutes(t.Window?.Duration))),
            ],
            Problems = [.. findings.Select(f => f.Problem)],
        };
        return (resource, findings);
    }

    /// <summary><c>42 minutes</c>, <c>30 s</c>, <c>7 days</c>.</summary>
    internal static string Text(TimeSpan span) => span switch
    {
        { TotalHours: >= 72 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0.#} days"),
        { TotalMinutes: >= 600 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.#} hours"),
        { TotalSeconds: >= 120 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0.#} minutes"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#} s"),
    };

    private static IEnumerable<Finding> OfTopic(TopicFacts topic, RetentionFacts facts)
    {
        var word = topic.Use switch { TopicUse.Inbound => "inbound topic", TopicUse.Outbound => "outbound topic", _ => "journal" };
        var what = $"{topic.Name} ({word})";
        if (topic.Partitions != 1)
        {
            yield return new Finding(AlarmCode.TopicSettings, true, topic.Name, "partitions",
                $"{what} has {topic.Partitions} partitions: only one keeps an order. Make it anew with one.");
        }

        if (topic.IsCompacted)
        {
            var tombstones = topic.Number("delete.retention.ms") is >= 0 and var ms
                ? $" (a record without value even after {Text(TimeSpan.FromMilliseconds(ms))}, delete.retention.ms)" : "";
            var why = topic.Use == TopicUse.Outbound
                ? "though its records are counted by everybody who reads them"
                : "though a restarted engine must read every one again";
            yield return new Finding(AlarmCode.RetentionNear, true, topic.Name, "compacted",
                $"{what} has cleanup.policy={topic.Setting("cleanup.policy")}: records with equal keys vanish{tombstones}, {why}. "
                + "Set cleanup.policy=delete.");
        }

        if (topic.Use == TopicUse.Journal && topic.Exists && (topic.KeptByTime is not null || topic.Number("retention.bytes") is >= 0))
        {
            yield return new Finding(AlarmCode.RetentionNear, false, topic.Name, "journal",
                $"{what} has retention.ms={topic.Setting("retention.ms")}, retention.bytes={topic.Setting("retention.bytes")}: its newest record is "
                + "where the group stands, and engines delete what no snapshot needs. Set both to -1.");
        }
        else if (topic.Use == TopicUse.Journal && topic.Number("retention.bytes") is >= 0 and var bytes)
        {
            yield return new Finding(AlarmCode.RetentionNear, false, topic.Name, "journal",
                $"{what} would get retention.bytes={bytes} from the brokers (log.retention.bytes). Make it beforehand with retention.bytes=-1 "
                + "and retention.ms=-1, one partition.");
        }

        if (topic.Use != TopicUse.Inbound || topic.Kept is not { } kept)
        {
            yield break;
        }

        var least = SnapshotReach(facts.Engines);
        if (kept < least)
        {
            yield return new Finding(AlarmCode.RetentionNear, false, topic.Name, "snapshots",
                $"{what} keeps records for {Text(kept)} ({topic.KeptBy}), but an engine may restart from a snapshot that is {Text(least)} old: "
                + "it would stay recovering. Lengthen the retention; an hour is a good least.");
        }

        if (topic.Window is { } window && kept < window.Duration)
        {
            yield return new Finding(AlarmCode.RetentionNear, false, topic.Name, "window",
                $"{what} keeps records for {Text(kept)} ({topic.KeptBy}), but window {window.Window} keeps rows for {Text(window.Duration)}: "
                + "without a snapshot its rows can't be rebuilt, for example by a group that begins anew or a new version whose window has "
                + $"changed. Set retention.ms to at least {(long)window.Duration.TotalMilliseconds}.");
        }
    }

    private static IEnumerable<Finding> OfSnapshots(RetentionFacts facts)
    {
        var needed = facts.Topics.Where(t => t is { Use: not TopicUse.Outbound, Exists: true, First: > 0 }).ToList();
        if (needed.Count == 0)
        {
            yield break;
        }

        var fitting = facts.Snapshots.Where(s => needed.All(t => s.Needs.GetValueOrDefault(t.Name, -1) >= t.First)).ToList();
        if (fitting.MaxBy(s => s.At) is not { } newest)
        {
            if (facts.Snapshots.Length > 0 || facts.ExpectsSnapshot)
            {
                var lost = needed.FirstOrDefault(t => facts.Snapshots.All(s => s.Needs.GetValueOrDefault(t.Name, -1) < t.First)) ?? needed[0];
                yield return new Finding(AlarmCode.RetentionNear, false, lost.Name, "lost",
                    $"{lost.Name} begins at offset {lost.First} and no engine has a snapshot that reaches it: an engine that restarts now stays "
                    + "recovering. Keep the active engine running until a snapshot is written (free disk, LS5001), and lengthen the retention.");
            }

            yield break;
        }

        var age = facts.At - newest.At;
        foreach (var topic in needed.Where(t => t.Kept is not null))
        {
            var left = topic.Kept!.Value - age;
            if (age > SnapshotReach(facts.Engines) && left < topic.Kept.Value / 2)
            {
                yield return new Finding(AlarmCode.RetentionNear, false, topic.Name, "near",
                    $"{topic.Name} may delete in {Text(left > TimeSpan.Zero ? left : TimeSpan.Zero)} what the newest snapshot needs ({newest.Member}, "
                    + $"{Text(age)} old): after that an engine that restarts stays recovering. See why no snapshot is written (LS5001), or "
                    + "lengthen the retention.");
            }
        }
    }

    private static string Sentence(RetentionFacts facts, TopicFacts? now, TopicFacts? kept, SnapshotFacts? newest)
    {
        List<string> parts = [];
        if (now?.ReachesBack(facts.At) is { } reach)
        {
            parts.Add($"A restarted engine can rebuild from a snapshot up to {Text(reach)} old: there {now.Name} begins.");
        }
        else if (facts.Topics.Any(t => t is { Use: not TopicUse.Outbound, Exists: true, IsWhole: false }))
        {
            parts.Add("Topics have been deleted from; how far back they reach is not known.");
        }
        else
        {
            parts.Add("A restarted engine can rebuild from the beginning: nothing has been deleted.");
        }

        parts.Add(kept?.Kept is { } promised
            ? $"Settings promise {Text(promised)} ({kept.KeptBy} of {kept.Name})."
            : "Settings set no limit.");
        if (newest is not null)
        {
            var age = facts.At - newest.At;
            parts.Add($"The newest snapshot is {Text(age > TimeSpan.Zero ? age : TimeSpan.Zero)} old ({newest.Member}).");
        }

        return string.Join(' ', parts);
    }

    private static double? Minutes(TimeSpan? span) => span is { } given ? Math.Round(given.TotalMinutes, 2) : null;

    private static double? Rounded(double? number) => number is { } given ? Math.Round(given, 2) : null;
}
