using System.Diagnostics;
using System.Text.Json;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.TestKit;

namespace Lockstep.Failover.Benchmarks;

/// <summary>
/// Deploys sum20 on a real cluster, feeds it at a steady rate, kills (-9) the active engine again and again, an input and
/// the output now and then, and judges the output file, the topics and the silence after each kill of an engine.
/// </summary>
internal sealed class FailoverCheck(CheckOptions options, string folder)
{
    private const string Group = "check";
    private const double MaxSilenceP99Ms = 500;

    public async Task<bool> RunAsync()
    {
        await using var cluster = await KafkaCluster.StartAsync(new KafkaClusterOptions
        {
            Mode = options.IsKraft ? KafkaMode.Kraft : KafkaMode.ZooKeeper,
            Brokers = options.Brokers,
            WithZooKeeper = true,
        });
        var bus = cluster.Bus;
        await using var manager = await ManagerUnderTest.StartAsync(
            cluster.BootstrapServers, cluster.ZooKeeper!.ConnectString, Path.Combine(folder, "manager"));
        var input = Path.Combine(folder, "input.csv");
        var output = Path.Combine(folder, "output.csv");
        await using var rows = new RowGenerator(input, options.Rate);
        rows.Start();
        await manager.DeploySum20Async(Group, input, output);
        var group = await ReadyAsync(manager);
        using var meter = new SilenceMeter(bus, group.Topics.Single(topic => topic.EndsWith(".O", StringComparison.Ordinal)));
        await Eventually.TrueAsync(() => meter.Count > 0, TimeSpan.FromSeconds(30), () => group.Summary);

        // Brokers that have just started compile their own code; that is not what is measured here.
        await Task.Delay(options.Settle, TimeProvider.System);
        var silences = await KillAsync(manager, meter);
        await rows.StopAsync();
        var verdict = await DrainAsync(manager, output, rows.LastN);
        var last = await manager.GroupAsync(Group);
        await manager.StopGroupAsync(Group);
        var violations = TopicVerdict.Judge(bus, Topic(group, ".J"), Topic(group, ".O"));
        violations.AddRange(last.Members.Where(member => !member.DigestAgrees).Select(member => $"F3: {member.Name} has diverged"));
        return Report(verdict, violations, silences);
    }

    private static string Topic(GroupResource group, string suffix) =>
        group.Topics.Single(topic => topic.EndsWith(suffix, StringComparison.Ordinal));

    private static async Task<GroupResource> ReadyAsync(ManagerUnderTest manager)
    {
        GroupResource? group = null;
        await Eventually.TrueAsync(
            async () => (group = await manager.GroupAsync(Group)).Readiness.Ready,
            TimeSpan.FromSeconds(90),
            () => group is null ? "no group" : $"{group.Summary} {string.Join("; ", group.Readiness.Reasons)}");
        return group!;
    }

    private async Task<List<double>> KillAsync(ManagerUnderTest manager, SilenceMeter meter)
    {
        var silences = new List<double>();
        for (var kill = 1; kill <= options.Kills; kill++)
        {
            var group = await ReadyAsync(manager);
            var (at, clock) = (meter.Now, TimeProvider.System.GetUtcNow());
            Kill(group.Members.First(member => member is { FailoverGroup: "engines", Role: MemberRole.Active }));
            if (kill % 5 == 2)
            {
                Kill(group.Members.First(member => member is { FailoverGroup: "inputs", Role: MemberRole.Active }));
            }

            if (kill % 5 == 4)
            {
                Kill(group.Members.First(member => member.FailoverGroup == "outputs"));
            }

            await Task.Delay(options.Interval, TimeProvider.System);
            silences.Add(meter.LongestMs(at, at + options.Interval));
            await Console.Error.WriteLineAsync($"kill {kill} of {options.Kills} at {clock:HH:mm:ss.fff}: silence {silences[^1]:F0} ms, {meter.Describe(at)}");
        }

        return silences;
    }

    private static void Kill(MemberResource member)
    {
        using var process = Process.GetProcessById(member.Pid ?? throw new InvalidDataException($"{member.Name} has no pid."));
        process.Kill();
    }

    private static async Task<OutputFileVerdict> DrainAsync(ManagerUnderTest manager, string output, long lastN)
    {
        OutputFileVerdict? verdict = null;
        await ReadyAsync(manager);
        try
        {
            await Eventually.TrueAsync(
                () => (verdict = OutputFileVerdict.Judge(output, lastN)).LastN >= lastN,
                TimeSpan.FromSeconds(60),
                () => $"{verdict}, waiting for {lastN}");
        }
        catch (TimeoutException late)
        {
            await Console.Error.WriteLineAsync(late.Message);
        }

        return verdict!;
    }

    private static bool Report(OutputFileVerdict verdict, List<string> violations, List<double> silences)
    {
        silences.Sort();
        var p99 = At(silences, 0.99);
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            rows = verdict.Rows,
            lost = verdict.Lost,
            duplicated = verdict.Duplicated,
            reordered = verdict.Reordered,
            wrongSums = verdict.WrongSums,
            silenceP50Ms = Math.Round(At(silences, 0.5), 1),
            silenceP99Ms = Math.Round(p99, 1),
            silenceMaxMs = Math.Round(silences[^1], 1),
        }));
        foreach (var violation in violations)
        {
            Console.Error.WriteLine(violation);
        }

        return verdict.IsClean && violations.Count == 0 && p99 < MaxSilenceP99Ms;
    }

    /// <summary>The smallest value that the given share of all values does not exceed.</summary>
    private static double At(List<double> sorted, double share) =>
        sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Count) - 1, 0, sorted.Count - 1)];
}
