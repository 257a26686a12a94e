using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.TestKit;

namespace Lockstep.Failover.Benchmarks;

/// <summary>
/// Deploys sum20 on a real cluster, feeds it at a steady rate, makes the other engine active again and again in one way, and
/// measures each time how long the outbound topic was silent and which phase took how long. At the end the output is judged: a
/// figure of a run that lost or doubled something is worth nothing.
/// </summary>
internal sealed partial class TakeoverBench(TakeoverOptions options, string folder)
{
    private const string Group = "bench";
    private static readonly TimeSpan TakeoverLimit = TimeSpan.FromSeconds(60);

    public async Task<bool> RunAsync()
    {
        await using var cluster = await KafkaCluster.StartAsync(new KafkaClusterOptions
        {
            Mode = KafkaMode.Kraft,
            Brokers = options.Brokers,
            WithZooKeeper = true,
            TickTimeMs = options.TickTimeMs,
        });
        await using var manager = await ManagerUnderTest.StartAsync(
            cluster.BootstrapServers, cluster.ZooKeeper!.ConnectString, Path.Combine(folder, "manager"), options.SessionMs);
        var (input, output) = (Path.Combine(folder, "input.csv"), Path.Combine(folder, "output.csv"));
        await using var rows = new RowGenerator(input, options.Rate);
        rows.Start();
        await manager.DeploySum20Async(Group, input, output);
        var group = await ReadyAsync(manager);
        using var meter = new SilenceMeter(
            cluster.Bus, group.Topics.Single(topic => topic.EndsWith(".O", StringComparison.Ordinal)));
        await Eventually.TrueAsync(() => meter.Count > 0, TimeSpan.FromSeconds(30), () => group.Summary);

        // Brokers that have just started compile their own code; that is not what is measured here.
        await Task.Delay(options.Settle, TimeProvider.System);
        var events = new List<TakeoverEvent>();
        for (var i = 1; i <= options.Count; i++)
        {
            events.Add(await TakeOverAsync(manager, meter));
            await Console.Error.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{i} of {options.Count}: silence {events[^1].SilenceMs:F0} ms, {TakeoverFigures.Phases(events[^1])}"));
        }

        await rows.StopAsync();
        var verdict = await DrainAsync(manager, output, rows.LastN);
        TakeoverFigures.Add(options, events, verdict);
        return verdict.IsClean;
    }

    private async Task<TakeoverEvent> TakeOverAsync(ManagerUnderTest manager, SilenceMeter meter)
    {
        var group = await ReadyAsync(manager);
        var active = group.Members.First(m => m is { FailoverGroup: "engines", Role: MemberRole.Active });
        var other = group.Members.First(m => m.FailoverGroup == "engines" && m.Name != active.Name);
        if (options.Kind == TakeoverKind.Unsupervised)
        {
            manager.Pause();
        }

        var epoch = meter.Epoch;
        var (at, clock) = (meter.Now, TimeProvider.System.GetUtcNow());
        if (options.Kind == TakeoverKind.Switchover)
        {
            await manager.SwitchOverAsync(Group);
        }
        else
        {
            using var process = Process.GetProcessById(active.Pid ?? throw new InvalidDataException($"{active.Name} has no pid."));
            process.Kill();
        }

        await Eventually.TrueAsync(() => meter.Change(epoch) is not null, TakeoverLimit, () => $"no record after epoch {epoch}");
        if (options.Kind == TakeoverKind.Unsupervised)
        {
            manager.Continue();
        }

        await Task.Delay(options.Pause, TimeProvider.System);
        var status = await manager.StatusAsync(other);
        var (last, first) = meter.Change(epoch)!.Value;
        var death = options.Kind == TakeoverKind.Supervised ? manager.LastLine($"{Group}/{active.Name} (pid {active.Pid}) died: ") : null;
        var measured = new TakeoverEvent
        {
            At = clock,
            SilenceMs = Ms(first - last),
            LongestMs = Ms(TimeSpan.FromMilliseconds(meter.LongestMs(at, meter.Now))),
            LastOldMs = Ms(last - at),
            FirstNewMs = Ms(first - at),
        };
        return WithDeath(WithPhases(measured, status.Takeover), death);
    }

    private static TakeoverEvent WithPhases(TakeoverEvent measured, TakeoverPhases? phases)
    {
        if (phases is null || phases.BeganAt < measured.At)
        {
            return measured;
        }

        var begun = (phases.BeganAt - measured.At).TotalMilliseconds;
        double? After(double? ms) => ms is null ? null : Math.Round(begun + ms.Value, 1);
        return measured with
        {
            ZnodeGoneMs = phases.ZnodeGone ? After(0) : null,
            ElectedMs = After(phases.ElectedMs),
            FencedMs = After(phases.FencedMs),
            EndsKnownMs = After(phases.EndsKnownMs),
            JournalAppliedMs = After(phases.JournalAppliedMs),
            ProducerReadyMs = After(phases.ProducerReadyMs),
            EpochStartMs = After(phases.EpochStartMs),
            FirstResultMs = After(phases.FirstResultMs),
        };
    }

    private static TakeoverEvent WithDeath(TakeoverEvent measured, string? line)
    {
        if (line is null || DeathLine().Match(line) is not { Success: true } death)
        {
            return measured;
        }

        var seen = TimeOnly.ParseExact(death.Groups["seen"].Value, "HH:mm:ss.fff", CultureInfo.InvariantCulture)
            - TimeOnly.FromTimeSpan(measured.At.TimeOfDay);
        var seenMs = Math.Round(seen.TotalMilliseconds, 1);
        return measured with
        {
            SeenMs = seenMs,
            ClosedMs = seenMs + double.Parse(death.Groups["closed"].Value, CultureInfo.InvariantCulture),
        };
    }

    private static double Ms(TimeSpan time) => Math.Round(time.TotalMilliseconds, 1);

    private static async Task<GroupResource> ReadyAsync(ManagerUnderTest manager)
    {
        GroupResource? group = null;
        await Eventually.TrueAsync(
            async () => (group = await manager.GroupAsync(Group)).Readiness.Ready,
            TimeSpan.FromSeconds(90),
            () => group is null ? "no group" : $"{group.Summary} {string.Join("; ", group.Readiness.Reasons)}");
        return group!;
    }

    private static async Task<OutputFileVerdict> DrainAsync(ManagerUnderTest manager, string output, long lastN)
    {
        OutputFileVerdict? verdict = null;
        await ReadyAsync(manager);
        await Eventually.TrueAsync(
            () => (verdict = OutputFileVerdict.Judge(output, lastN)).LastN >= lastN,
            TimeSpan.FromSeconds(60),
            () => $"{verdict}, waiting for {lastN}");
        return verdict!;
    }

    [GeneratedRegex(@"seen (?<seen>[\d:.]+), its session closed after (?<closed>[\d.]+) ms")]
    private static partial Regex DeathLine();
}
