using Lockstep.TestKit;

namespace Lockstep.Kafka.Tests;

/// <summary>Goal: settings, oldest records and sizes are those of the cluster. Method: real brokers of both modes.</summary>
public sealed class ClusterSurveyTests(Clusters clusters)
{
    [Theory]
    [InlineData(KafkaMode.ZooKeeper)]
    [InlineData(KafkaMode.Kraft)]
    public async Task Settings_oldest_records_and_sizes_are_found(KafkaMode mode)
    {
        await using var bus = await clusters.UseAsync(mode);
        await bus.CreateTopicsAsync();
        using var survey = new ClusterSurvey(bus.Options);
        var cluster = await bus.Admin.DescribeClusterAsync(TestBus.Cancellation);
        var settings = await survey.BrokerSettingsAsync(cluster.Brokers[0].Id, TestBus.Cancellation);
        Assert.Equal("168", settings["log.retention.hours"]);
        Assert.True(int.Parse(settings["transaction.max.timeout.ms"], System.Globalization.CultureInfo.InvariantCulture) >= 10_000);
        Assert.Null(await survey.ShapeAsync(bus.Prefix + ".none", TestBus.Cancellation));
        Assert.Empty(await survey.OldestAsync([bus.Outbound, bus.Journal], TestBus.Cancellation));

        var before = TimeProvider.System.GetUtcNow().AddSeconds(-1);
        var producer = bus.Producer();
        for (byte i = 1; i <= 5; i++)
        {
            bus.Step(producer, i);
        }

        var oldest = await survey.OldestAsync([bus.Outbound, bus.Journal], TestBus.Cancellation);
        Assert.Equal((0, 0), (oldest[bus.Outbound].Offset, oldest[bus.Journal].Offset));
        Assert.InRange(oldest[bus.Outbound].At, before, TimeProvider.System.GetUtcNow().AddSeconds(1));
        await bus.Admin.DeleteRecordsAsync(bus.Outbound, 4, TestBus.Cancellation);
        Assert.Equal(4, (await survey.OldestAsync([bus.Outbound], TestBus.Cancellation))[bus.Outbound].Offset);

        var sizes = await survey.SizesAsync([bus.Outbound, bus.Journal], TestBus.Limit, TestBus.Cancellation);
        Assert.InRange(sizes[bus.Journal], 100, 100_000);
        Assert.Equal(2, sizes.Count);
        var log = await survey.ShapeAsync("__transaction_state", TestBus.Cancellation);
        Assert.NotNull(log);
        Assert.All(log.Partitions, p => Assert.Single(p.Replicas));
        Assert.Equal("1", log.Settings["min.insync.replicas"]);
    }

    [Fact]
    public async Task Sizes_of_brokers_that_are_away_are_not_known()
    {
        using var survey = new ClusterSurvey(new KafkaBusOptions { BootstrapServers = "127.0.0.1:1" });
        Assert.Empty(await survey.SizesAsync(["t"], TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken));
    }
}
