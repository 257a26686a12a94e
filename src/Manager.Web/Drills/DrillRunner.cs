using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Deployments;
using Lockstep.Manager.Web.Operations;

namespace Lockstep.Manager.Web.Drills;

/// <summary>Holds the drills that are due: kills the active engine, waits for the verdict of the failover's report. One loop.</summary>
internal sealed partial class DrillRunner(
    DrillStore drills, ClusterStateStore groups, FailoverRecorder failovers, GroupSupervisor supervisor, OperationStore operations,
    OperationWatch watch, TimeProvider time, ILogger<DrillRunner> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var (name, state) in drills.All)
            {
                if (groups.Current.Find(name) is { } group)
                {
                    var step = DrillStep.Of(state, group, failovers.Of(name), time.GetUtcNow());
                    await CarryOutAsync(name, state, step, stoppingToken);
                }
            }
        }
    }

    private async Task CarryOutAsync(string group, DrillState before, DrillStep step, CancellationToken cancellation)
    {
        if (ReferenceEquals(step.State, before))
        {
            return;
        }

        // Kept before the kill: a manager that ends in between does not hold the same drill again.
        await drills.KeepAsync(group, step.State, cancellation);
        if (step.Kill is { } member)
        {
            await KillAsync(group, step.State, member, cancellation);
        }
        else if (step.State.Plan.Alarm is { } alarm && before.Plan.Alarm is null)
        {
            LogMissed(logger, group, alarm);
        }
    }

    private async Task KillAsync(string group, DrillState state, string member, CancellationToken cancellation)
    {
        var number = state.Last!.Number;
        var operation = operations.Begin(
            "drill", group, member, FailoverDetector.DrillActor, $"Drill {number}, switched on by {state.Plan.ChangedBy}: {member} is killed.");
        if (!supervisor.Kill(group, member, FailoverDetector.DrillActor))
        {
            await drills.KeepAsync(group, DrillStep.NotKilled(state), cancellation);
            operations.End(operation.Id, isDone: false, $"{member} has no living process that can be killed.");
            return;
        }

        watch.Add(operation.Id, DrillStep.JudgeLimit + Interval + Interval, _ => drills.Of(group).Runs
            .FirstOrDefault(r => r.Number == number && r.Outcome != "running") is { } ended ? $"{ended.Outcome}: {ended.Reason}" : null);
    }

    [LoggerMessage(EventId = 6712, Level = LogLevel.Error, Message = "Drills of {Group} are stopped: {Alarm}")]
    private static partial void LogMissed(ILogger logger, string group, string alarm);
}
