using Lockstep.Contracts.Failover;
using Lockstep.TestKit;

namespace Lockstep.Connectors.Tests.Kafka;

/// <summary>Measures, and reports, what a commit and a takeover take here; judges the results, not the times.</summary>
[Collection(FailoverCluster.Name)]
public sealed class TakeoverTimes(FailoverCluster cluster, ITestOutputHelper output)
{
    private const int Takeovers = 8;

    [Fact]
    public async Task Every_takeover_in_a_row_keeps_every_result_once()
    {
        await using var group = await TestGroup.CreateAsync(cluster);
        var active = await group.Start("a").Run().BecomesAsync(MemberRole.Active);
        var standby = await group.Start("b").Run().BecomesAsync(MemberRole.Standby);
        using var stop = new CancellationTokenSource();
        var writing = group.WriteSteadilyAsync(stop.Token);
        var times = new List<double>();
        for (var i = 0; i < Takeovers; i++)
        {
            var (was, next) = (active, standby);
            var before = was.Status.EventsOut;
            await Eventually.TrueAsync(() => was.Status.EventsOut > before + 300, state: was.Describe);
            var began = TimeProvider.System.GetTimestamp();
            var became = new TaskCompletionSource<TimeSpan>();
            next.Member.RoleChanged += change =>
            {
                if (change.To == MemberRole.Active)
                {
                    became.TrySetResult(TimeProvider.System.GetElapsedTime(began));
                }
            };
            await was.DisposeAsync();
            times.Add((await Eventually.CompletesAsync(became.Task)).TotalMilliseconds);
            active = next;
            output.WriteLine($"takeover {times[^1]:F0} ms, commit {was.Status.CommitMs:F1} ms");
            standby = await group.Start(i % 2 == 0 ? "a" : "b").Run().BecomesAsync(MemberRole.Standby);
        }

        await stop.CancelAsync();
        await writing;
        var judge = await group.JudgeAsync();
        output.WriteLine($"longest silence {judge.Silence.TotalMilliseconds} ms over {judge.Events} events");
    }
}
