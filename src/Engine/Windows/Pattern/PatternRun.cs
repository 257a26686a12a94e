using Lockstep.Contracts.Events;
using Lockstep.Engine.State;
using Lockstep.Engine.Windows.Pattern.Logic;
using Lockstep.Engine.Windows.Scripts;

namespace Lockstep.Engine.Windows.Pattern;

/// <summary>What a pattern's model comes to.</summary>
/// <param name="Root">Its logic.</param>
/// <param name="Timed">The nodes with timers, by timer.</param>
/// <param name="Instances">Its instances.</param>
/// <param name="Tests">The tests of its events.</param>
/// <param name="Output">What a match gives.</param>
/// <param name="Clocks">By source: the field that is its clock, -1 for none; null: stream time is the clock.</param>
/// <param name="Units">By source: microseconds of one unit of its clock.</param>
internal sealed record PatternModel(
    LogicNode Root, LogicNode[] Timed, PatternInstances Instances, EventTests Tests, PatternOutput Output, int[]? Clocks, long[] Units)
{
    /// <summary>The script that tests its events; null for expressions.</summary>
    public WindowScript? Script { get; init; }
}

/// <summary>
/// A running pattern. Each open instance takes an event first, oldest instance first; then the event may open an instance of its
/// own. Its clock is stream time or the largest time that came in the time fields of its sources, and never goes back: what comes
/// late counts at the clock.
/// </summary>
internal sealed class PatternRun
{
    private readonly PatternModel _model;
    private readonly PatternInstances _instances;
    private readonly LogicScope _scope;
    private readonly Action<PatternInstances, int> _onMatch;
    private int _spare = InstanceGroups.None;

    /// <param name="model">The pattern.</param>
    /// <param name="onMatch">Told of each instance that is complete, before it ends.</param>
    public PatternRun(PatternModel model, Action<PatternInstances, int> onMatch)
    {
        (_model, _instances, _onMatch) = (model, model.Instances, onMatch);
        _scope = new LogicScope(_instances, model.Tests) { Clock = model.Clocks is null ? 0 : long.MinValue };
    }

    /// <summary>How many instances are open.</summary>
    public int Open => _instances.Count;

    /// <summary>Takes the block whose events come next.</summary>
    public void Bind(EventBlock block, StepScope step)
    {
        Tick(step);
        _model.Tests.Bind(block, step.Now);
    }

    /// <summary>Takes one event.</summary>
    public void Process(EventBlock block, int row, int source, StepScope step)
    {
        if (_model.Clocks is { } clocks && clocks[source] is >= 0 and var field && !block.Columns[field].IsNull(row))
        {
            Advance(block.ColumnOf<long>(field)[row] * _model.Units[source]);
        }

        if (!_model.Root.Takes(source))
        {
            return;
        }

        var group = _instances.Groups.Find(block, row, source);
        if (group == InstanceGroups.Skipped)
        {
            return;
        }

        _scope.MoveTo(block, row, source);
        for (var slot = group >= 0 ? _instances.Groups.First(group) : InstanceGroups.None; slot >= 0;)
        {
            var next = _instances.Groups.Next(slot);
            Apply(slot);
            slot = next;
        }

        TryOpen(block, row, source);
        if (_model.Tests.Failure is { } failure)
        {
            step.ReportBadEvent($"{failure} The event counts as one that does not match: {EventText.Key(block, row)}.");
        }
    }

    /// <summary>Does what is due at the step's stream time.</summary>
    public void Tick(StepScope step)
    {
        if (_model.Clocks is null)
        {
            Advance(step.Now);
        }
    }

    /// <summary>Stream time at which a timer is over; null for none.</summary>
    public long? NextExpiry() =>
        _model.Clocks is null && _instances.Timers.TryPeek(out _, out _, out var deadline) ? deadline + 1 : null;

    /// <summary>Hash of its state. Stream time is the engine's.</summary>
    public ulong Digest() => StateHash.Combine(_instances.Digest(), _model.Clocks is null ? 0 : (ulong)_scope.Clock);

    public void WriteState(SnapshotWriter writer)
    {
        writer.Write(_scope.Clock);
        _instances.Write(writer);
    }

    public void ReadState(SnapshotReader reader)
    {
        _scope.Clock = reader.ReadInt64();
        _instances.Read(reader);
    }

    private void Advance(long time)
    {
        if (time <= _scope.Clock)
        {
            return;
        }

        while (_instances.Timers.TryPeek(out var timer, out var slot, out var deadline) && deadline < time)
        {
            // What follows from a time-out happens at the deadline, whenever it is noticed.
            _scope.Clock = Math.Max(_scope.Clock, deadline);
            _scope.MoveTo(_model.Timed[timer]);
            Apply(slot);
        }

        _scope.Clock = time;
    }

    private void Apply(int slot)
    {
        _scope.MoveTo(slot);
        switch (_model.Root.Step(_scope))
        {
            case LogicStep.Complete:
                _onMatch(_instances, slot);
                _instances.Close(slot);
                break;
            case LogicStep.Failed:
                _instances.Close(slot);
                break;
            default:
                if (_scope.IsChanged)
                {
                    _instances.Rehash(slot);
                }

                break;
        }
    }

    private void TryOpen(EventBlock block, int row, int source)
    {
        if (_spare < 0)
        {
            _spare = _instances.Take();
        }

        _scope.MoveTo(_spare);
        var result = _model.Root.Step(_scope);
        if (result == LogicStep.Advanced)
        {
            _instances.Open(_spare, _instances.Groups.FindOrAdd(block, row, source));
            _spare = InstanceGroups.None;
            return;
        }

        if (result == LogicStep.Complete)
        {
            _onMatch(_instances, _spare);
        }

        if (_scope.IsChanged)
        {
            _instances.Clear(_spare);
        }
    }
}
