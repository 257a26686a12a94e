using System.Globalization;
using System.Text.Json;
using Lockstep.TestKit;

namespace Lockstep.Kafka.Tests;

/// <summary>Goal: the local cluster can be started, found, used and ended. Method: its real process.</summary>
public sealed class LocalClusterTests
{
    [Fact]
    public async Task It_tells_where_its_servers_are_and_ends_when_asked()
    {
        var folder = Directory.CreateTempSubdirectory("local-cluster-");
        try
        {
            await using var process = Start("--data", folder.FullName);
            var file = Path.Combine(folder.FullName, "local-cluster.json");
            await Eventually.TrueAsync(() => process.Output.Count >= 2, state: process.Describe);

            using var written = JsonDocument.Parse(await File.ReadAllTextAsync(file, TestBus.Cancellation));
            Assert.Equal(process.Output.First(l => l.StartsWith('{')), written.RootElement.GetRawText());
            Assert.Equal(process.Id, written.RootElement.GetProperty("pid").GetInt32());
            Assert.Equal("in memory, unfenced", written.RootElement.GetProperty("note").GetString());
            Assert.StartsWith("127.0.0.1:", written.RootElement.GetProperty("zookeeper").GetString(), StringComparison.Ordinal);

            await using var bus = new TestBus(
                new KafkaBusOptions { BootstrapServers = written.RootElement.GetProperty("kafka").GetString()! });
            await bus.CreateTopicsAsync();
            var producer = bus.Producer();
            for (byte i = 1; i <= 100; i++)
            {
                Assert.Equal(TransactionResult.Done, bus.Step(producer, i));
            }

            Assert.Equal(100, (await bus.ReadAllAsync()).Count);
            var resident = ResidentMegabytes(process.Id);
            TestContext.Current.SendDiagnosticMessage("The local cluster takes {0} MB", resident);
            Assert.InRange(resident, 1, 100);

            process.Terminate();
            Assert.Equal(0, await process.WaitForExitAsync());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Wrong_options_are_told_all_together()
    {
        await using var process = Start("--brokers", "99", "--no-such", "1", "--zookeeper-port");
        Assert.Equal(2, await process.WaitForExitAsync());
        Assert.Equal(3, process.Output.TakeWhile(l => !l.StartsWith("Lockstep", StringComparison.Ordinal)).Count());
    }

    private static ChildProcess Start(params string[] arguments) => ChildProcess.Start(
        "dotnet", [typeof(LocalCluster.ZooKeeper.InMemoryZooKeeper).Assembly.Location, .. arguments]);

    private static long ResidentMegabytes(int pid)
    {
        var line = File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1].Trim('\t'), CultureInfo.InvariantCulture) / 1024;
    }
}
