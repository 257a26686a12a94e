using Lockstep.Manager.Web.Retention;

namespace Lockstep.Manager.Web.Tests.Retention;

/// <summary>Goal: settings that endanger committed results or stop commits are named. Method: facts in, findings out.</summary>
public sealed class BrokerJudgeTests
{
    [Theory]
    [InlineData(3, 3, 2, false, "")]
    [InlineData(1, 1, 1, false, "")]
    [InlineData(3, 1, 1, false, "replicas")]
    [InlineData(3, 3, 1, false, "least")]
    [InlineData(3, 3, 3, false, "least")]
    [InlineData(3, 3, 4, false, "least!")]
    [InlineData(1, 1, 2, false, "least!")]
    [InlineData(3, 3, 2, true, "unclean")]
    [InlineData(1, 1, 1, true, "")]
    public void Copies_and_who_must_have_one_are_judged(int brokers, int replicas, int least, bool isUnclean, string expected)
    {
        var topic = new TopicFacts("t.O", TopicUse.Outbound, true, new Dictionary<string, string>
        {
            ["min.insync.replicas"] = $"{least}",
            ["unclean.leader.election.enable"] = isUnclean ? "true" : "false",
        })
        { Replicas = replicas };
        var log = new TransactionLogFacts(true, replicas, least, isUnclean);

        Assert.Equal(expected, Rules(Facts(brokers) with { Topics = [topic] }));
        Assert.Equal(expected, Rules(Facts(brokers) with { TransactionLog = log }));
    }

    [Theory]
    [InlineData("transaction.max.timeout.ms", "900000", "")]
    [InlineData("transaction.max.timeout.ms", "5000", "timeout!")]
    [InlineData("transactional.id.expiration.ms", "604800000", "")]
    [InlineData("transactional.id.expiration.ms", "60000", "expiration")]
    [InlineData("transactional.id.expiration.ms", "9223372036854775807", "")]
    public void Brokers_settings_of_transactions_are_judged(string name, string value, string expected) =>
        Assert.Equal(expected, Rules(Facts(1) with
        {
            BrokerSettings = new Dictionary<int, IReadOnlyDictionary<string, string>> { [7] = new Dictionary<string, string> { [name] = value } },
        }));

    [Theory]
    [InlineData("log.retention.hours=168", "retention.ms", "604800000")]
    [InlineData("log.retention.hours=168 log.retention.minutes=5", "retention.ms", "300000")]
    [InlineData("log.retention.hours=168 log.retention.minutes=5 log.retention.ms=7000", "retention.ms", "7000")]
    [InlineData("log.retention.hours=-1", "retention.ms", "-1")]
    [InlineData("log.retention.bytes=99", "retention.bytes", "99")]
    [InlineData("log.cleanup.policy=compact", "cleanup.policy", "compact")]
    [InlineData("x=1", "retention.ms", null)]
    public void A_topic_to_be_made_gets_what_its_brokers_say(string broker, string name, string? expected) =>
        Assert.Equal(expected, BrokerDefaults.TopicSettings(
            broker.Split(' ').Select(p => p.Split('=')).ToDictionary(p => p[0], p => p[1])).GetValueOrDefault(name));

    private static RetentionFacts Facts(int brokers) => new() { At = DateTimeOffset.UnixEpoch, Topics = [], Brokers = brokers };

    private static string Rules(RetentionFacts facts)
    {
        var found = BrokerJudge.Judge(facts).ToList();
        Assert.All(found, f => Assert.Equal("LS5007", f.Code));
        return string.Join(' ', found.Select(f => f.Rule + (f.IsError ? "!" : "")));
    }
}
