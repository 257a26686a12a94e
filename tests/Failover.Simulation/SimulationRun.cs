using Lockstep.Contracts.Failover;

namespace Lockstep.Failover.Simulation;

/// <summary>One seed: faults for some virtual seconds, then none; then everything written must have come out.</summary>
internal sealed class SimulationRun
{
    private const long FaultTime = 3 * Schedule.Second;
    private const long HealTime = 40 * Schedule.Second;
    private const long MaxSteps = 2_000_000;

    private readonly World _world;
    private readonly FaultPlan _faults;

    private SimulationRun(int seed, Guard missing, Trace trace)
    {
        _world = new World(seed, missing, trace);
        _faults = new FaultPlan(_world);
    }

    /// <summary>Runs a seed; null: everything holds.</summary>
    public static SimulationFailure? Of(int seed, Guard missing = Guard.None, Trace? trace = null)
    {
        // Everything goes on in this thread, at once: no context may carry it elsewhere.
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            new SimulationRun(seed, missing, trace ?? Trace.Off).Go();
            return null;
        }
        catch (SimulationFailure failure)
        {
            return failure;
        }
#pragma warning disable CA1031 // Outermost edge of a run: any defect is the seed's result.
        catch (Exception defect)
        {
            return new SimulationFailure("defect", defect.Message, defect);
        }
#pragma warning restore CA1031
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private void Go()
    {
        foreach (var host in _world.Hosts)
        {
            _world.Supervisor.StartLater(host);
        }

        _faults.Begin();
        Until(FaultTime);
        _faults.Heal();
        var end = _world.Schedule.Now + HealTime;
        while (!IsDone() && _world.Schedule.Now < end)
        {
            Until(_world.Schedule.Now + (50 * Schedule.Millisecond));
            if (_world.Schedule.Now > end - (HealTime / 2))
            {
                TakeBackIfStuck();
            }
        }

        if (!IsDone() && !IsExcused())
        {
            throw new SimulationFailure("liveness", $"{_world.Checks.Answered} of {_world.Written} inbound records came out; "
                + $"{_world.Checks.Progress}; " + string.Join("; ", _world.Members.Select(m =>
                    $"{m.Host.Name} {m.State.Role} {m.State.Phase} at {m.State.Cursor.Sequence}, {m.State.Standing}, {m.State.Session}, {m.State.Reason}")));
        }
    }

    private void Until(long time)
    {
        while (_world.Schedule.Step(time))
        {
            if (_world.Schedule.Steps > MaxSteps)
            {
                throw new SimulationFailure("liveness", "events without end");
            }
        }
    }

    /// <summary>A person looks after a while: the version that writes can't go on, so a shadow is told to take the group back.</summary>
    private void TakeBackIfStuck()
    {
        var shadow = _world.Members.FirstOrDefault(m => m.State.Role == MemberRole.Shadow);
        if (shadow is not null && _world.Members.All(m => m.State is { Role: MemberRole.Shadow } or { Role: MemberRole.Recovering, Reason: not null }))
        {
            shadow.Say("is told to take the group back");
            shadow.Run(() => shadow.Post(new FailoverInput.TakeBackAsked()));
        }
    }

    private bool IsDone() => _world.Checks.Answered == _world.Written && _world.Checks.IsAllVisible
        && _world.Members.Count(m => m.State is { Role: MemberRole.Active, GateOpen: true }) == 1;

    /// <summary>
    /// Purged behind every snapshot: then the members say why they don't go on. One of another version neither may, over a step that was
    /// committed in part.
    /// </summary>
    private bool IsExcused() => !_world.CanRecover()
        && _world.Members.All(m => m.State is { Role: MemberRole.Recovering, Reason: not null }
            || (m.State is { Role: MemberRole.Shadow, Reason: not null } && _world.Checks.IsTornAnywhere));
}
