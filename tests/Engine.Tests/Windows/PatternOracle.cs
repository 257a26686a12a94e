using Lockstep.Contracts.Projects;

namespace Lockstep.Engine.Tests.Windows;

/// <summary>
/// The rules of patterns again, slowly and otherwise: nothing is remembered; of an instance everything since its first event is
/// looked at from the start, part of the logic by part.
/// </summary>
internal sealed class PatternOracle(PatternLogic root, IReadOnlyList<(long Time, char Kind, char Key)> history, bool isIndexed, bool isUnified)
{
    /// <summary>How a part of the logic ended.</summary>
    /// <param name="State">Null: it waits.</param>
    /// <param name="At">Last event that was looked at.</param>
    /// <param name="IsLate">True: after that event, by a time that was over.</param>
    /// <param name="Time">When.</param>
    /// <param name="Seen">Matched events by name, the last one each.</param>
    private sealed record Outcome(bool? State, int At, bool IsLate, long Time, Dictionary<string, int> Seen)
    {
        public (int, bool, long) When => (At, IsLate, Time);

        public Outcome Not => this with { State = !State };
    }

    private static readonly Dictionary<string, int> Nothing = [];
    private IReadOnlyList<int> _events = [];
    private long _now;

    /// <summary>All matches: the event or time that completed it, the one that opened it, and the matched events.</summary>
    public List<(int At, int First, Dictionary<string, int> Seen)> Matches(long now)
    {
        _now = now;
        var matches = new List<(int, int, Dictionary<string, int>)>();
        for (var first = 0; first < history.Count; first++)
        {
            var start = first;
            _events = [.. Enumerable.Range(first, history.Count - first).Where(i => !isIndexed || history[i].Key == history[start].Key)];
            if (Opens(root, first) && Eval(root, 0, long.MaxValue) is { State: true } match)
            {
                matches.Add((match.IsLate ? -1 : _events[match.At], first, match.Seen.ToDictionary(s => s.Key, s => _events[s.Value])));
            }
        }

        return matches;
    }

    private bool Passes(string name, int number) =>
        history[number].Kind == name[0] && (!isUnified || history[number].Key == history[_events[0]].Key);

    private bool Single(PatternLogic logic, int number) => logic.Operator == PatternOperator.Event
        ? Passes(logic.Event, number)
        : logic.Operands.Any(o => Single(o, number));

    private static bool IsSingle(PatternLogic logic) => logic.Operator == PatternOperator.Event
        || (logic.Operator is PatternOperator.Or && logic.Operands.All(IsSingle));

    private static bool IsGuard(PatternLogic logic) => logic.Operator is PatternOperator.Not or PatternOperator.NotOccur;

    /// <summary>True: the event brings a fresh part further and does not end it as failed.</summary>
    private bool Opens(PatternLogic logic, int number) => logic.Operator switch
    {
        PatternOperator.Event => Passes(logic.Event, number),
        PatternOperator.FollowedBy => Opens(logic.Operands[0], number),
        PatternOperator.And => logic.Operands.Where(o => !IsGuard(o)).Any(o => Opens(o, number))
            && !logic.Operands.Where(o => o.Operator == PatternOperator.Is).Any(o => !Opens(o, number))
            && !logic.Operands.Where(IsGuard).Any(g => IsSingle(g.Operands[0]) && Single(g.Operands[0], number)),
        PatternOperator.Or => logic.Operands.Any(o => Opens(o, number)),
        PatternOperator.Not => IsSingle(logic.Operands[0]) && !Single(logic.Operands[0], number),
        PatternOperator.Is => Single(logic.Operands[0], number),
        _ => false,
    };

    private Outcome Waiting(int from, long deadline, bool completes) => _now > deadline
        ? new Outcome(completes, LastBefore(deadline, from), true, deadline, Nothing)
        : new Outcome(null, _events.Count, false, 0, Nothing);

    private int LastBefore(long deadline, int from)
    {
        var at = from - 1;
        while (at + 1 < _events.Count && history[_events[at + 1]].Time <= deadline)
        {
            at++;
        }

        return at;
    }

    private IEnumerable<int> Until(int from, long deadline) =>
        Enumerable.Range(from, Math.Max(0, _events.Count - from)).TakeWhile(i => history[_events[i]].Time <= deadline);

    private Outcome At(int index, bool state, string? seen = null) => new(
        state, index, false, history[_events[index]].Time, seen is null ? Nothing : new Dictionary<string, int> { [seen] = index });

    private Outcome Eval(PatternLogic logic, int from, long deadline) => logic.Operator switch
    {
        PatternOperator.Event => Until(from, deadline).Where(i => Passes(logic.Event, _events[i])).Select(i => At(i, true, logic.Event))
            .FirstOrDefault() ?? Waiting(from, deadline, false),
        PatternOperator.FollowedBy => FollowedBy(logic, from, deadline),
        PatternOperator.And => And(logic, from, deadline),
        PatternOperator.Or => Or(logic, from, deadline),
        PatternOperator.Not when IsSingle(logic.Operands[0]) => Until(from, deadline)
            .Select(i => At(i, !Single(logic.Operands[0], _events[i]))).FirstOrDefault() ?? Waiting(from, deadline, false),
        PatternOperator.Not => Eval(logic.Operands[0], from, deadline).Not,
        PatternOperator.NotOccur => Guard(logic, from, deadline) is { State: false } broken ? broken : Waiting(from, deadline, true),
        _ => Row(logic, from, deadline),
    };

    private Outcome Row(PatternLogic logic, int from, long deadline)
    {
        var count = 0;
        foreach (var i in Until(from, deadline))
        {
            if (!Single(logic.Operands[0], _events[i]))
            {
                return At(i, false);
            }

            if (++count == logic.Times)
            {
                return At(i, true, $"{history[_events[i]].Kind}");
            }
        }

        return Waiting(from, deadline, false);
    }

    private Outcome FollowedBy(PatternLogic logic, int from, long deadline)
    {
        var seen = new Dictionary<string, int>();
        var (own, next) = (long.MaxValue, from);
        Outcome last = null!;
        for (var i = 0; i < logic.Operands.Length; i++)
        {
            var guards = new List<PatternLogic>();
            while (logic.Operands[i].Operator == PatternOperator.NotOccur && i + 1 < logic.Operands.Length)
            {
                guards.Add(logic.Operands[i++]);
            }

            var isOwn = own < deadline;
            last = Eval(logic.Operands[i], next, Math.Min(own, deadline));
            foreach (var broken in guards.Select(g => Guard(g, next, Math.Min(own, deadline))).Where(g => g.State == false))
            {
                last = last.State is null || broken.When.CompareTo(last.When) <= 0 ? broken : last;
            }

            if (last.State != true)
            {
                return last;
            }

            foreach (var (name, at) in last.Seen)
            {
                seen[name] = at;
            }

            // The time of something around this one is over: only what it waited for last may end well by it.
            if (last.IsLate && !isOwn && last.Time == deadline && i + 1 < logic.Operands.Length)
            {
                return last with { State = false };
            }

            next = last.At + 1;
            own = logic.Limit is { } limit ? last.Time + (limit.Ticks / 10) : long.MaxValue;
        }

        return last with { Seen = seen };
    }

    private Outcome And(PatternLogic logic, int from, long deadline)
    {
        var wanted = logic.Operands.Where(o => !IsGuard(o)).Select(o => Eval(o, from, deadline)).ToList();
        var guards = logic.Operands.Where(IsGuard).Select(g => Guard(g, from, deadline)).Where(g => g.State == false).ToList();
        var ends = guards.Concat(wanted.Where(w => w.State == false)).OrderBy(o => o.When).ToList();
        if (wanted.Count > 0 && wanted.TrueForAll(w => w.State == true))
        {
            var done = wanted.MaxBy(w => w.When)!;
            return ends.Count > 0 && ends[0].When.CompareTo(done.When) <= 0
                ? ends[0]
                : done with { Seen = wanted.SelectMany(w => w.Seen).GroupBy(s => s.Key).ToDictionary(g => g.Key, g => g.Max(s => s.Value)) };
        }

        return ends.Count > 0 ? ends[0] : Waiting(from, deadline, wanted.Count == 0);
    }

    private Outcome Or(PatternLogic logic, int from, long deadline)
    {
        var all = logic.Operands.Select(o => Eval(o, from, deadline)).ToList();
        return all.Where(o => o.State == true).MinBy(o => o.When)
            ?? (all.TrueForAll(o => o.State == false) ? all.MaxBy(o => o.When)! : Waiting(from, deadline, false));
    }

    /// <summary>False at the time at which what must not happen has happened; null otherwise.</summary>
    private Outcome Guard(PatternLogic guard, int from, long deadline)
    {
        var waiting = new Outcome(null, 0, false, 0, Nothing);
        for (var next = from; ;)
        {
            var inner = Eval(guard.Operands[0], next, deadline);
            if (inner.State == true)
            {
                return inner.Not;
            }

            if (inner.State is null || guard.Operator == PatternOperator.Not || (inner.IsLate && inner.Time >= deadline))
            {
                return waiting;
            }

            next = inner.At + 1;
        }
    }
}
