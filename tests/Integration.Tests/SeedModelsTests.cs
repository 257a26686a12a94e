using System.Globalization;
using Lockstep.Contracts.Failover;
using Lockstep.TestKit;

namespace Lockstep.Integration.Tests;

/// <summary>
/// The HA system of the original, unchanged: input, engine and output models as processes of their own over real Kafka and
/// ZooKeeper. The file holds every result once, by the closed form of the sum of the last 20 counters, whatever was killed.
/// </summary>
public sealed class SeedModelsTests : IAsyncLifetime
{
    private const string Header = "opcode,flags,index_esp,Record_Counter,MemoryUsed,MemoryFree,epoch,sum20";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("seed-");
    private readonly List<WorkerProcess> _workers = [];
    private KafkaCluster? _cluster;

    public async ValueTask InitializeAsync()
    {
        SeedModels.CopyTo(_folder.FullName);
        _cluster = await KafkaCluster.StartAsync(new KafkaClusterOptions { Mode = KafkaMode.Kraft, Brokers = 1, WithZooKeeper = true });
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
        }

        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task The_models_of_the_original_give_every_result_once_whatever_is_killed()
    {
        await File.WriteAllTextAsync(
            At("HA_Input_data.csv"), "opcode,flags,index_esp,Record_Counter,MemoryUsed,MemoryFree,epoch\n", Cancel);
        var output = Start("HA_Output.xml", "output-1");
        await output.UntilAsync(s => s.Ledger is not null);
        var engineA = Start("ESP_Project_HA_Kafka.xml", "engine-a");
        await engineA.UntilRoleAsync(MemberRole.Active);
        var engineB = Start("ESP_Project_HA_Kafka.xml", "engine-b");
        await engineB.UntilRoleAsync(MemberRole.Standby);
        var input1 = Start("HA_Input.xml", "input-1");
        await input1.UntilRoleAsync(MemberRole.Active);
        var input2 = Start("HA_Input.xml", "input-2");
        await input2.UntilRoleAsync(MemberRole.Standby);

        await AppendAsync(1, 60);
        await ExpectRowsAsync(60);
        AssertLogLines(engineA, engineB);

        await AppendAsync(61, 90);
        await input1.KillAsync();
        await AppendAsync(91, 120);
        await input2.UntilRoleAsync(MemberRole.Active);
        await engineA.KillAsync();
        await AppendAsync(121, 150);
        await output.KillAsync();
        await engineB.UntilRoleAsync(MemberRole.Active);
        await AppendAsync(151, 180);
        var again = Start("HA_Output.xml", "output-1");
        await ExpectRowsAsync(180);
        var ledger = (await again.UntilAsync(s => s.Ledger is { Rows: 179 })).Ledger!;
        Assert.Equal((0, 0), (ledger.Lost, ledger.Duplicated));
        Assert.StartsWith("index_esp,Record_Counter,MemoryUsed,MemoryFree,epoch\nI,N, ",
            await File.ReadAllTextAsync(At("testout2.csv"), Cancel), StringComparison.Ordinal);
        foreach (var worker in new[] { again, input2, engineB })
        {
            Assert.True(await worker.StopAsync() == 0, worker.Describe());
        }
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static void AssertLogLines(WorkerProcess active, WorkerProcess standby)
    {
        Assert.True(active.HasLogged("dfESPkafkaConnector::goActive(): Hot failover state switched to active"), active.Describe());
        Assert.True(standby.HasLogged("dfESPkafkaConnector::start(): Hot failover state switched to standby"), standby.Describe());
        Assert.True(standby.HasLogged("dfESPconnector::setState(): Connector kafka_OUT in group default has new state: running"));
        Assert.True(standby.HasLogged("dfESPconnector::setState(): Connector kafka_IN in group default has new state: running"));
        Assert.True(standby.HasLogged("dfESPkafkaConnector::z_watcher(): Created zookeeper node /ESP/"), standby.Describe());
        Assert.True(standby.HasLogged("dfESPkafkaConnector::watchActiveZnode(): Watching zookeeper node /ESP/"), standby.Describe());
        Assert.True(standby.HasLogged("starting esp server with 1 project(s)"));
    }

    /// <summary>Row n of the input; the line of n = 1 is the second of the file, which header=2 skips.</summary>
    private async Task AppendAsync(int first, int last)
    {
        for (var n = first; n <= last; n++)
        {
            var line = string.Create(CultureInfo.InvariantCulture, $"i,n,1,{n},4846,55038,{1617126209 + n}\n");
            await File.AppendAllTextAsync(At("HA_Input_data.csv"), line, Cancel);
        }
    }

    private async Task ExpectRowsAsync(int last)
    {
        var expected = new List<string> { Header };
        for (var n = 2; n <= last; n++)
        {
            var sum = n <= 21 ? (n * (n + 1) / 2) - 1 : (20 * n) - 190;
            expected.Add(string.Create(
                CultureInfo.InvariantCulture, $"{n - 2},{n},4846,55038,{1617126209 + n},{sum}.000000"));
        }

        List<string> actual = [];
        await Eventually.TrueAsync(
            async () =>
            {
                actual = [.. (await File.ReadAllTextAsync(At("HA_Output_data.csv"), Cancel)).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
                return actual.Count >= expected.Count;
            },
            TimeSpan.FromSeconds(90),
            () => $"{actual.Count} of {expected.Count} lines; {string.Join(Environment.NewLine, _workers.Select(w => w.Describe()))}");
        Assert.Equal(expected, actual.Select(l => l.StartsWith("I,N, ", StringComparison.Ordinal) ? l["I,N, ".Length..] : l));
    }

    private WorkerProcess Start(string model, string member)
    {
        var worker = WorkerProcess.Start(
            At(model), "--map-path", $"/mnt/viya-share/esp={_folder.FullName}", "--map-host", $"totunitest3-jump-vm:9092={_cluster!.BootstrapServers}",
            "--map-host", $"totunitest3-jump-vm:2181={_cluster.ZooKeeper!.ConnectString}", "--member", member, "--data", At(member));
        _workers.Add(worker);
        return worker;
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);
}
