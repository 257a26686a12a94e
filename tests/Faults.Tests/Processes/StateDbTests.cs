using System.Globalization;
using Lockstep.Faults.Tests.Harness;
using Lockstep.TestKit;
using StackExchange.Redis;

namespace Lockstep.Faults.Tests.Processes;

/// <summary>
/// The newest rows of a group are in Redis. The active is killed (-9) under load: who takes over has, or makes, the same rows there, and
/// none stays of those that went while nobody wrote.
/// </summary>
public sealed class StateDbTests(Servers servers)
{
    private const int Kept = 50;

    [Theory]
    [FaultRow("active killed, rows in Redis")]
    public async Task Redis_has_the_rows_of_the_engine_whoever_is_active(KafkaMode mode)
    {
        await using var redis = await RedisServer.StartAsync();
        var tokens = new Dictionary<string, string>
        {
            ["REDIS_PORT"] = redis.Port.ToString(CultureInfo.InvariantCulture),
            ["REDIS_PASSWORD"] = RedisServer.Password,
        };
        await using var group = await FaultGroup.StartAsync(
            servers, mode, new FaultGroupOptions { Model = "sums-rows.xml", Rate = 300, KeepsSessions = true, Tokens = tokens });
        await using var client = await ConnectionMultiplexer.ConnectAsync(new ConfigurationOptions
        {
            EndPoints = { { "127.0.0.1", redis.Port } },
            Password = RedisServer.Password,
            AllowAdmin = true,
        });
        for (var kill = 0; kill < 3; kill++)
        {
            await group.KillActivesAsync(1);
            await group.QuietAsync();
            await HasRowsAsync(client, group);
            group.Load.Rate = 300;
            await group.FlowsAsync();
        }

        var verdict = await group.FinishAsync();
        Assert.True(verdict.Epochs.Count >= 4, verdict.ToString());
        await HasRowsAsync(client, group);
        Assert.DoesNotContain(RedisServer.Password, group.Describe(), StringComparison.Ordinal);
    }

    private static async Task HasRowsAsync(ConnectionMultiplexer client, FaultGroup group)
    {
        var database = client.GetDatabase();
        var expected = Enumerable.Range(0, Kept).Select(i => group.Load.Written - i).Order().ToList();
        List<long> rows = [];
        List<string> indexed = [];
        await Eventually.TrueAsync(
            async () =>
            {
                var keys = new List<string>();
                await foreach (var key in client.GetServer(client.GetEndPoints()[0]).KeysAsync(pattern: "SUM*"))
                {
                    keys.Add((string)key!);
                }

                var hashes = keys.Where(k => k.StartsWith("SUM:", StringComparison.Ordinal)).ToList();
                rows = [];
                foreach (var key in hashes)
                {
                    rows.Add((long)await database.HashGetAsync(key, "Record_Counter"));
                }

                rows.Sort();
                indexed = [.. keys.Where(k => k.StartsWith("SUM#counter:", StringComparison.Ordinal))];
                return rows.SequenceEqual(expected) && indexed.Count == Kept;
            },
            FaultGroup.SettleDeadline,
            () => $"{rows.Count} rows from {rows.FirstOrDefault()} to {rows.LastOrDefault()}, {indexed.Count} indexed, "
                + $"expected {expected[0]} to {expected[^1]}\n{group.Describe()}");
    }
}
