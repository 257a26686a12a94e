using System.Globalization;
using Lockstep.Contracts.Api;
using Lockstep.Kafka;

namespace Lockstep.Manager.Web.Retention;

/// <summary>Settings of topics and brokers that endanger committed results or stop commits; pure. Which ones: docs/operating/topics.md.</summary>
internal static class BrokerJudge
{
    private static readonly TimeSpan TransactionTimeout = new KafkaBusOptions { BootstrapServers = "unused" }.TransactionTimeout;
    private static readonly TimeSpan LeastIdExpiration = TimeSpan.FromHours(1);

    /// <summary>The findings.</summary>
    public static IEnumerable<Finding> Judge(RetentionFacts facts) =>
    [
        .. facts.Topics.SelectMany(t => OfTopic(t, facts.Brokers)),
        .. OfTransactionLog(facts),
        .. facts.BrokerSettings.OrderBy(b => b.Key).SelectMany(b => OfBroker(b.Key, b.Value)),
    ];

    private static IEnumerable<Finding> OfTopic(TopicFacts topic, int brokers)
    {
        var least = topic.Number("min.insync.replicas");
        var isUnclean = topic.Setting("unclean.leader.election.enable") == "true";
        return OfCopies(topic.Name, topic.Replicas, least, isUnclean, brokers, topic.Exists ? "min.insync.replicas" : "the brokers' min.insync.replicas");
    }

    private static IEnumerable<Finding> OfTransactionLog(RetentionFacts facts) => facts.TransactionLog is not { } log
        ? []
        : OfCopies(
            TransactionLogFacts.Topic, log.Replicas, log.MinInSync, log.IsUnclean, facts.Brokers,
            log.Exists ? "min.insync.replicas" : "the brokers' transaction.state.log.min.isr");

    private static IEnumerable<Finding> OfCopies(string topic, int replicas, long? least, bool isUnclean, int brokers, string leastName)
    {
        if (replicas < 2 && brokers > 1)
        {
            yield return Warn(topic, "replicas",
                $"{topic} has {replicas} replica on {brokers} brokers: with that broker's disk committed results are gone, and while it is down "
                + "the group stands still. Give it 3 replicas.");
        }
        else if (least == 1 && replicas > 1)
        {
            yield return Warn(topic, "least",
                $"{topic} has {replicas} replicas, but {leastName} is 1: a commit may lie on one broker alone and be lost with it. Set it to "
                + $"{Math.Max(2, replicas - 1)}.");
        }
        else if (least > replicas)
        {
            yield return new Finding(AlarmCode.TopicSettings, true, topic, "least",
                $"{topic} has {replicas} replicas, but {leastName} is {least}: no commit can succeed. Add replicas, or set it to "
                + $"{Math.Max(1, replicas - 1)}.");
        }
        else if (least == replicas && replicas > 1)
        {
            yield return Warn(topic, "least",
                $"{topic} has {replicas} replicas and {leastName} is {least}: while any one of their brokers is down nothing is committed. Set it "
                + $"to {replicas - 1}.");
        }

        if (isUnclean && replicas > 1)
        {
            yield return Warn(topic, "unclean",
                $"{topic} has unclean.leader.election.enable=true: a broker that lags may become its leader, and committed records are lost "
                + "without any error. Set it to false.");
        }
    }

    private static IEnumerable<Finding> OfBroker(int broker, IReadOnlyDictionary<string, string> settings)
    {
        var subject = string.Create(CultureInfo.InvariantCulture, $"broker {broker}");
        if (Milliseconds("transaction.max.timeout.ms") is { } longest && longest < TransactionTimeout)
        {
            yield return new Finding(AlarmCode.TopicSettings, true, subject, "timeout",
                $"{subject} has transaction.max.timeout.ms={longest.TotalMilliseconds:0}, less than the {TransactionTimeout.TotalMilliseconds:0} that "
                + "members ask for: they can't begin. Set it to 900000 (Kafka's default).");
        }

        if (Milliseconds("transactional.id.expiration.ms") is { } expiry && expiry < LeastIdExpiration)
        {
            yield return Warn(subject, "expiration",
                $"{subject} has transactional.id.expiration.ms={expiry.TotalMilliseconds:0}: an input that waits longer for lines is forgotten and "
                + "must begin again. Set it to 604800000 (Kafka's default).");
        }

        TimeSpan? Milliseconds(string name) => settings.TryGetValue(name, out var text)
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms < TimeSpan.MaxValue.TotalMilliseconds
                ? TimeSpan.FromMilliseconds(ms)
                : null;
    }

    private static Finding Warn(string subject, string rule, string message) => new(AlarmCode.TopicSettings, false, subject, rule, message);
}
