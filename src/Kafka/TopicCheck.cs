using System.Globalization;

namespace Lockstep.Kafka;

/// <summary>Compares a topic with what it must be like; pure.</summary>
internal static class TopicCheck
{
    internal static long RetentionMs(TimeSpan retention) =>
        retention == TopicSpec.KeepForever ? -1 : (long)retention.TotalMilliseconds;

    internal static IReadOnlyList<TopicProblem> ProblemsOf(TopicSpec spec, TopicDescription found)
    {
        var problems = new List<TopicProblem>();
        void Add(string code, bool blocking, string message) =>
            problems.Add(new TopicProblem(code, spec.Name, message, blocking));

        if (found.Partitions.Count != 1)
        {
            Add("partitions", true, $"It has {found.Partitions.Count} partitions, but must have 1: only one keeps an order.");
        }

        foreach (var partition in found.Partitions)
        {
            if (spec.Replication is { } asked && partition.Replicas.Count != asked)
            {
                Add("replication", false, $"It has {partition.Replicas.Count} replicas, but {asked} are asked for.");
            }

            if (partition.InSync.Count < partition.Replicas.Count)
            {
                Add("under-replicated", false,
                    $"Of {partition.Replicas.Count} replicas {partition.InSync.Count} are in sync.");
            }
        }

        if (spec.Retention is { } retention && Number(found, "retention.ms") is { } keptMs)
        {
            var askedMs = RetentionMs(retention);
            if (keptMs >= 0 && (askedMs < 0 || keptMs < askedMs))
            {
                Add("retention", false,
                    $"It keeps records for {keptMs} ms, less than the {(askedMs < 0 ? "unlimited time" : askedMs + " ms")} asked for.");
            }
        }

        if (found.Settings.TryGetValue("cleanup.policy", out var policy))
        {
            var compacted = policy.Contains("compact", StringComparison.Ordinal);
            if (compacted != spec.Compacted)
            {
                Add("cleanup", !spec.Compacted,
                    $"Its cleanup.policy is '{policy}', but must be '{(spec.Compacted ? "compact" : "delete")}'.");
            }
        }

        return problems;
    }

    private static long? Number(TopicDescription found, string name) =>
        found.Settings.TryGetValue(name, out var text)
        && long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
