using Confluent.Kafka;
using Lockstep.Contracts.Failover;
using Lockstep.Faults.Tests.Harness;
using Lockstep.TestKit;

namespace Lockstep.Faults.Tests.Processes;

/// <summary>Topics hold what does not belong there, a model is another.</summary>
public sealed class ContentTests(Servers servers)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [FaultRow("poison record")]
    public async Task A_record_that_does_not_decode_goes_to_the_dead_letter_topic_once(KafkaMode mode)
    {
        await using var group = await FaultGroup.StartAsync(servers, mode);
        group.Fault();
        const int poison = 6;
        for (var i = 0; i < poison; i++)
        {
            group.Load.WriteRaw([0x7F, (byte)i, 0x00, 0xFF]);
            if (i == poison / 2)
            {
                await (await group.ActiveAsync()).KillAsync();
            }

            await group.FlowsAsync(5);
        }

        await group.ReadyAsync();
        var verdict = await group.FinishAsync();
        Assert.Equal(poison, verdict.Poisoned);
        using var letters = new TopicTail(group.Cluster.Bus, group.InboundTopic + ".DLQ");
        await Eventually.TrueAsync(() => letters.Count >= poison);
        Assert.Equal(Enumerable.Range(0, poison), letters.Records.Select(r => (int)r.Value[1]));
    }

    [Theory]
    [FaultRow("foreign writer on the outbound topic")]
    public async Task A_foreign_record_on_the_outbound_topic_is_an_alarm_and_is_not_counted(KafkaMode mode)
    {
        await using var group = await FaultGroup.StartAsync(servers, mode);
        group.Fault();
        var config = new ProducerConfig { BootstrapServers = group.Cluster.BootstrapServers };
        using (var foreign = new ProducerBuilder<Null, byte[]>(config).Build())
        {
            for (var i = 0; i < 3; i++)
            {
                await foreign.ProduceAsync(group.OutboundTopic, new Message<Null, byte[]> { Value = [1, 2, 3] }, Cancel);
                await group.FlowsAsync(5);
            }
        }

        group.ForeignExpected = 3;
        await Eventually.TrueAsync(
            () => group.Members.All(m => m.Logged("is of a foreign writer") >= 3), state: group.Describe);
        await (await group.ActiveAsync()).KillAsync();
        await group.ReadyAsync();
        await group.FlowsAsync();
        await group.FinishAsync();
    }

    [Theory]
    [FaultRow("two groups with one name")]
    public async Task A_member_with_another_model_is_refused_by_the_models_digest(KafkaMode mode)
    {
        await using var group = await FaultGroup.StartAsync(servers, mode);
        var model = await File.ReadAllTextAsync(group.ModelFile, Cancel);
        var other = Path.Combine(Directory.CreateTempSubdirectory("lockstep-other-").FullName, "other.xml");
        await File.WriteAllTextAsync(other, model.Replace(">20<", ">10<", StringComparison.Ordinal), Cancel);
        group.Fault();
        var stranger = group.StartMember("stranger", other);
        await stranger.UntilAsync(
            s => s.Role == MemberRole.Recovering && s.Reason?.Contains("another model", StringComparison.Ordinal) == true);
        await (await group.ActiveAsync()).KillAsync();
        await group.FlowsAsync();
        Assert.Null((await stranger.UntilAsync(s => s.Role is not null)).Znode);
        await stranger.KillForGoodAsync();
        await group.ReadyAsync();
        await group.FinishAsync();
        Assert.DoesNotContain(
            group.Journal.Records.Select(r => JournalRecordCodec.Decode(r.Value)), r => r.Member == stranger.Name);
        Directory.Delete(Path.GetDirectoryName(other)!, recursive: true);
    }
}
