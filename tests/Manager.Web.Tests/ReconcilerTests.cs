using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Deployments;

namespace Lockstep.Manager.Web.Tests;

/// <summary>The reconciler and the restart policy as tables.</summary>
public sealed class ReconcilerTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(true, "", "Start output-1, Start engine-a, Start engine-b, Start input-1, Start input-2")]
    [InlineData(true, "engine-a alive, engine-b alive, input-1 alive, input-2 alive, output-1 alive", "")]
    [InlineData(true, "engine-a alive, engine-b dead, input-1 alive, input-2 alive, output-1 alive", "Start engine-b")]
    [InlineData(true, "engine-a alive, engine-b waiting, input-1 alive, input-2 alive, output-1 alive", "")]
    [InlineData(true, "engine-a alive, engine-b gaveup, input-1 alive, input-2 alive, output-1 alive", "")]
    [InlineData(true, "engine-a stopping, engine-b alive, input-1 alive, input-2 alive, output-1 alive", "")]
    [InlineData(true, "engine-a overdue, engine-b alive, input-1 alive, input-2 alive, output-1 alive", "Kill engine-a")]
    [InlineData(false, "engine-a alive, engine-b dead, input-1 alive, output-1 alive", "Stop input-1, Stop engine-a, Stop output-1")]
    [InlineData(false, "engine-a stopping, input-1 overdue", "Kill input-1")]
    [InlineData(true, "engine-a alive, engine-b alive, engine-c alive, input-1 alive, input-2 alive, output-1 alive", "Stop engine-c")]
    public void What_is_wanted_and_seen_gives_what_to_do(bool isStarted, string seen, string expected)
    {
        var group = new GroupRecord(Spec, isStarted, false, Now, 1);
        var members = seen.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(Seen).ToList();
        Assert.Equal(expected, string.Join(", ", Reconciler.Plan(group, members, Now).Select(a => $"{a.Kind} {a.Member}")));
    }

    [Fact]
    public void A_member_that_was_stopped_alone_is_stopped_and_stays_down()
    {
        var group = new GroupRecord(Spec with { StoppedMembers = ["engine-b"] }, true, false, Now, 1);

        Assert.Equal(
            "Stop engine-b", string.Join(", ", Reconciler.Plan(
                group, [.. "engine-a alive, engine-b alive, input-1 alive, input-2 alive, output-1 alive".Split(", ").Select(Seen)], Now)
                .Select(a => $"{a.Kind} {a.Member}")));
        Assert.Empty(Reconciler.Plan(
            group, [.. "engine-a alive, engine-b dead, input-1 alive, input-2 alive, output-1 alive".Split(", ").Select(Seen)], Now));
    }

    [Fact]
    public void A_member_that_dies_early_waits_twice_as_long_each_time_and_is_given_up_at_last()
    {
        var history = RestartHistory.None;
        var at = Now;
        var waits = new List<double>();
        while (history.GaveUp is null)
        {
            history = RestartPolicy.After(history, at, at.AddSeconds(1), 139);
            waits.Add((history.RetryAt - at.AddSeconds(1)).TotalMilliseconds);
            at = history.RetryAt;
        }

        Assert.Equal([1000, 2000, 4000, 8000, .. Enumerable.Repeat(10000, 8)], waits);
        Assert.Equal(RestartPolicy.EarlyLimit, waits.Count);
    }

    [Fact]
    public void A_member_that_lived_long_is_started_again_at_once()
    {
        var history = RestartPolicy.After(RestartHistory.None, Now, Now.AddSeconds(1), 139);
        history = RestartPolicy.After(history, Now.AddSeconds(2), Now.AddMinutes(1), 137);
        Assert.Equal(Now.AddMinutes(1) + RestartPolicy.FirstWait, history.RetryAt);
        Assert.Equal(0, history.EarlyInARow);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_refused_model_or_command_line_is_not_tried_again(int exitCode) =>
        Assert.NotNull(RestartPolicy.After(RestartHistory.None, Now, Now, exitCode).GaveUp);

    internal static DeploymentSpec Spec { get; } = new()
    {
        Name = "g",
        Project = "p",
        Version = "1.0",
        Replicas = new Replicas(2, 2, 1),
        InputFile = "/in.csv",
        OutputFile = "/out.csv",
    };

    private static MemberSeen Seen(string text)
    {
        var (name, state) = (text.Split(' ')[0], text.Split(' ')[1]);
        var kind = name.StartsWith("input", StringComparison.Ordinal) ? MemberKind.Input
            : name.StartsWith("engine", StringComparison.Ordinal) ? MemberKind.Engine
            : MemberKind.Output;
        var none = RestartHistory.None;
        return new MemberSeen(
            new MemberName(kind, name),
            state is "alive" or "stopping" or "overdue",
            state switch { "stopping" => Now, "overdue" => Now - Reconciler.StopLimit, _ => null },
            state switch
            {
                "waiting" => none with { RetryAt = Now.AddMilliseconds(1) },
                "gaveup" => none with { GaveUp = "it died too often" },
                _ => none,
            });
    }
}
