using System.Collections.Immutable;
using System.Text.Json;
using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Api;
using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Operations;
using Lockstep.Manager.Web.Storage;

namespace Lockstep.Manager.Web.Drills;

/// <summary>The drills of all groups: read at start, kept in memory, written through. Any thread.</summary>
internal sealed class DrillStore(FailoverStorage storage, OperationStore operations, TimeProvider time)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly ChangeSignal _signal = new();
    private ImmutableDictionary<string, DrillState> _groups =
        ImmutableDictionary<string, DrillState>.Empty.WithComparers(StringComparer.Ordinal);

    private long _version;

    /// <summary>Grows with each change.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>Drills of all groups that ever had a plan.</summary>
    public ImmutableDictionary<string, DrillState> All => _groups;

    /// <summary>The drills of a group.</summary>
    public DrillState Of(string group) => _groups.GetValueOrDefault(group, DrillState.None);

    /// <summary>Calls <paramref name="changed"/> after each change; see <see cref="ChangeSignal"/>.</summary>
    public IDisposable Subscribe(Action changed) => _signal.Subscribe(changed);

    /// <summary>Reads what there is. Once, before requests are served.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        var runs = (await storage.DrillRunsAsync(cancellation)).ToLookup(r => r.Group, StringComparer.Ordinal);
        foreach (var row in await storage.DrillsAsync(cancellation))
        {
            if (JsonSerializer.Deserialize<DrillPlan>(row.Json, Json) is { } plan)
            {
                Set(row.Group, new DrillState(
                    plan, [.. runs[row.Group].Select(r => JsonSerializer.Deserialize<DrillRunResource>(r.Json, Json)).OfType<DrillRunResource>()]));
            }
        }
    }

    /// <summary>Sets a group's plan; who did it stands in the list of operations.</summary>
    /// <returns>The drills; refused with all problems.</returns>
    public async Task<Outcome<DrillPlanResource>> PlanAsync(
        string group, DrillPlanRequest plan, string actor, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (DrillSchedule.ProblemsOf(plan, now) is { Count: > 0 } problems)
        {
            return new Refusal(RefusalKind.Invalid, "drillPlanInvalid", "Drills can't be planned like this.", problems);
        }

        var state = Of(group) with { Plan = new DrillPlan(plan, actor, now, null) };
        if (!await KeepAsync(group, state, cancellation))
        {
            return Refusal.Of(RefusalKind.NotFound, "noSuchGroup", $"There is no group '{group}'.");
        }

        var operation = operations.Begin(plan.IsOn ? "drillsOn" : "drillsOff", group, null, actor, DrillSchedule.SentenceOf(state));
        operations.End(operation.Id, isDone: true, DrillSchedule.SentenceOf(state));
        return Resource(state);
    }

    /// <summary>Keeps changed drills.</summary>
    /// <returns>False: the group is gone.</returns>
    public async Task<bool> KeepAsync(string group, DrillState state, CancellationToken cancellation)
    {
        var before = Of(group);
        if (!await storage.KeepDrillAsync(new DrillRow { Group = group, Json = JsonSerializer.Serialize(state.Plan, Json) }, cancellation))
        {
            return false;
        }

        if (state.Last is { } run && before.Last != run)
        {
            await storage.KeepDrillRunAsync(
                new DrillRunRow { Group = group, Number = run.Number, Json = JsonSerializer.Serialize(run, Json) }, cancellation);
        }

        var tooMany = state.Runs.Length - FailoverStorage.DrillRunsKept;
        Set(group, tooMany > 0 ? state with { Runs = state.Runs.RemoveRange(0, tooMany) } : state);
        return true;
    }

    /// <summary>Forgets a group that is gone.</summary>
    public void Forget(string group) => ImmutableInterlocked.Update(ref _groups, all => all.Remove(group));

    /// <summary>The drills as REST gives them.</summary>
    public static DrillPlanResource Resource(DrillState state) => new(
        state.Plan.Asked, state.Plan.ChangedBy, state.Plan.ChangedAt, DrillSchedule.NextAt(state), state.Plan.Alarm,
        DrillSchedule.SentenceOf(state));

    private void Set(string group, DrillState state)
    {
        ImmutableInterlocked.Update(ref _groups, all => all.SetItem(group, state));
        Interlocked.Increment(ref _version);
        _signal.Raise();
    }
}
