using System.Globalization;

namespace Lockstep.Manager.Web.Retention;

/// <summary>The settings that a topic gets which is made without any, from those of a broker; pure.</summary>
internal static class BrokerDefaults
{
    private static readonly (string Topic, string Broker, long Factor)[] Names =
    [
        ("retention.ms", "log.retention.ms", 1),
        ("retention.ms", "log.retention.minutes", 60_000),
        ("retention.ms", "log.retention.hours", 3_600_000),
        ("retention.bytes", "log.retention.bytes", 1),
        ("segment.ms", "log.roll.ms", 1),
        ("segment.ms", "log.roll.hours", 3_600_000),
        ("segment.bytes", "log.segment.bytes", 1),
        ("delete.retention.ms", "log.cleaner.delete.retention.ms", 1),
        ("min.insync.replicas", "min.insync.replicas", 1),
    ];

    /// <summary>Topic settings by name; what the broker did not tell is left out.</summary>
    public static IReadOnlyDictionary<string, string> TopicSettings(IReadOnlyDictionary<string, string> broker)
    {
        var topic = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, source, factor) in Names)
        {
            // The finer unit is listed first and wins, as in the broker; -1 is no limit in any unit.
            if (broker.TryGetValue(source, out var text)
                && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            {
                topic.TryAdd(name, (number < 0 ? number : number * factor).ToString(CultureInfo.InvariantCulture));
            }
        }

        Copy("log.cleanup.policy", "cleanup.policy");
        Copy("unclean.leader.election.enable", "unclean.leader.election.enable");
        return topic;

        void Copy(string source, string name)
        {
            if (broker.TryGetValue(source, out var text))
            {
                topic[name] = text;
            }
        }
    }
}
