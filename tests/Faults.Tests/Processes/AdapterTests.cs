using System.Globalization;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;
using Lockstep.Faults.Tests.Harness;
using Lockstep.TestKit;

namespace Lockstep.Faults.Tests.Processes;

/// <summary>
/// A file becomes the group's input and its results become a file, by adapters that are killed or stand still. The load is the
/// file: line n is counter n, so both ends can be told in closed form, besides the verdict on the topics between them.
/// </summary>
public sealed class AdapterTests(Servers servers)
{
    private const int Window = 20;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [FaultRow("publisher adapter killed, output adapter killed")]
    public async Task Adapters_killed_again_and_again_write_every_line_and_every_row_once(KafkaMode mode)
    {
        await using var group = await FaultGroup.StartAsync(servers, mode, new FaultGroupOptions { Rate = 0 });
        var folder = group.FolderOf("files");
        await using var lines = StartLines(group, folder);
        FaultMember[] inputs = [group.StartAdapter("input-a", "lines-in.xml", folder), group.StartAdapter("input-b", "lines-in.xml", folder)];
        var output = group.StartAdapter("output", "results-out.xml", folder);
        await group.FlowsAsync(50);
        for (var i = 0; i < RowSize.Of(quick: 2, full: 4); i++)
        {
            var active = await ActiveAsync(inputs, group);
            await Eventually.TrueAsync(
                async () => (await StandbyOf(inputs, active).Worker.StatusAsync())?.Role == MemberRole.Standby, Deadline, group.Describe);
            group.Fault();
            await Task.WhenAll(active.KillAsync(), output.KillAsync());
            await StandbyOf(inputs, active).UntilRoleAsync(MemberRole.Active);
            await group.FlowsAsync(50);
        }

        await FinishAsync(group, lines, folder);
    }

    [Theory]
    [FaultRow("publisher adapter stopped 2 s", Quick = Quick.None)]
    public async Task A_publisher_that_stands_still_and_goes_on_writes_no_line_twice(KafkaMode mode)
    {
        await using var group = await FaultGroup.StartAsync(servers, mode, new FaultGroupOptions { Rate = 0, Supervised = false });
        var folder = group.FolderOf("files");
        await using var lines = StartLines(group, folder);
        FaultMember[] inputs = [group.StartAdapter("input-a", "lines-in.xml", folder), group.StartAdapter("input-b", "lines-in.xml", folder)];
        group.StartAdapter("output", "results-out.xml", folder);
        await group.FlowsAsync(50);
        var zombie = await ActiveAsync(inputs, group);
        var other = StandbyOf(inputs, zombie);
        await other.UntilRoleAsync(MemberRole.Standby);
        group.Fault();
        zombie.Worker.Pause();
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, Cancel);
        await other.UntilRoleAsync(MemberRole.Active);
        await group.FlowsAsync(50);
        zombie.Worker.Continue();
        await zombie.UntilRoleAsync(MemberRole.Standby);
        await group.FlowsAsync(50);
        await FinishAsync(group, lines, folder);
    }

    [Theory]
    [FaultRow("file of the publisher adapter truncated")]
    public async Task A_file_that_was_cut_is_an_error_that_says_what_can_be_done(KafkaMode mode)
    {
        await using var group = await FaultGroup.StartAsync(servers, mode, new FaultGroupOptions { Rate = 0 });
        var folder = group.FolderOf("files");
        await using var lines = StartLines(group, folder);
        var input = group.StartAdapter("input-a", "lines-in.xml", folder);
        await group.FlowsAsync(50);
        await input.UntilRoleAsync(MemberRole.Active);
        await lines.StopAsync();
        await Eventually.TrueAsync(() => CountersOf(group).LastOrDefault() == lines.Written, Deadline, group.Describe);
        group.Fault();
        await using (var file = new FileStream(Path.Combine(folder, "lines.csv"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(100);
        }

        await Eventually.TrueAsync(() => input.Logged("onreplaced=restart") > 0, Deadline, group.Describe);
        group.IsInboundComplete = true;
        await group.FinishAsync();
        AssertCounters(group, lines.Written);
    }

    private static LineFile StartLines(FaultGroup group, string folder)
    {
        var kafka = $"kafka\n{{\nhostport = \"{group.Cluster.BootstrapServers}\"\npartition = \"0\"\ninitialoffset = \"smallest\"\n";
        File.WriteAllText(
            Path.Combine(folder, "in.cfg"),
            $"{kafka}metatopic = \"{group.Prefix}.lines\"\n}}\nsas\n{{\nhotfailover = true\n"
                + $"zookeeperhostport = \"{group.Cluster.ZooKeeper!.ConnectString}\"\nfailovergroup = \"{group.Prefix}-lines\"\n}}\n");
        File.WriteAllText(Path.Combine(folder, "out.cfg"), $"{kafka}metatopic = \"{group.Prefix}.results\"\n}}\nsas\n{{\n}}\n");
        return new LineFile(Path.Combine(folder, "lines.csv"));
    }

    private static async Task<FaultMember> ActiveAsync(FaultMember[] inputs, FaultGroup group)
    {
        FaultMember? active = null;
        await Eventually.TrueAsync(
            async () =>
            {
                foreach (var input in inputs)
                {
                    active = (await input.Worker.StatusAsync())?.Role == MemberRole.Active ? input : active;
                }

                return active is not null;
            },
            Deadline,
            group.Describe);
        return active!;
    }

    private static FaultMember StandbyOf(FaultMember[] inputs, FaultMember active) => inputs.Single(i => i != active);

    private static async Task FinishAsync(FaultGroup group, LineFile lines, string folder)
    {
        await lines.StopAsync();
        await Eventually.TrueAsync(
            () => CountersOf(group).LastOrDefault() == lines.Written, Deadline, () => $"{lines.Written} lines, {group.Describe()}");
        group.IsInboundComplete = true;
        var verdict = await group.FinishAsync();
        AssertCounters(group, lines.Written);
        var path = Path.Combine(folder, "results.csv");
        List<string> rows = [];
        await Eventually.TrueAsync(
            () =>
            {
                rows = File.Exists(path) ? [.. ReadShared(path).Split('\n', StringSplitOptions.RemoveEmptyEntries)] : [];
                return rows.Count > verdict.Events;
            },
            Deadline,
            () => $"{rows.Count} rows of {verdict.Events}, {group.Describe()}");
        Assert.Equal(lines.Written + 1, rows.Count);
        for (var n = 1L; n < rows.Count; n++)
        {
            var fields = rows[(int)n].Split(',', StringSplitOptions.TrimEntries);
            var first = Math.Max(1, n - Window + 1);
            Assert.Equal(n, long.Parse(fields[^2], CultureInfo.InvariantCulture));
            Assert.Equal((first + n) * (n - first + 1) / 2.0, double.Parse(fields[^1], CultureInfo.InvariantCulture));
        }
    }

    private static string ReadShared(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }

    private static void AssertCounters(FaultGroup group, long written)
    {
        var expected = 1L;
        foreach (var counter in CountersOf(group))
        {
            Assert.Equal(expected++, counter);
        }

        Assert.Equal(written, expected - 1);
    }

    /// <summary>The counters of the inbound topic, in order.</summary>
    private static List<long> CountersOf(FaultGroup group)
    {
        var schema = group.Projects[0].ContinuousQueries[0].Windows[0].Schema!;
        List<long> counters = [];
        var block = new EventBlock(schema);
        foreach (var record in group.Inbound.Records)
        {
            block.Clear();
            EventBlockCodec.Decode(record.Value, schema, block);
            counters.AddRange(block.ColumnOf<long>(1).Values);
        }

        return counters;
    }
}
