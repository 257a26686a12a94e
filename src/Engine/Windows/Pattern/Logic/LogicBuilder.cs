using System.Collections.Immutable;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Expressions;

namespace Lockstep.Engine.Windows.Pattern.Logic;

/// <summary>
/// Makes the running form of a pattern's logic. What the text leaves open is settled here: not within and is a guard over the wait
/// for the rest; notoccur between two steps of fby is a guard over the wait for the later one; not(not(e)) is is(e).
/// </summary>
/// <param name="eventOf">Number and source of an event by its name.</param>
internal sealed class LogicBuilder(Func<string, (int Number, int Source)> eventOf)
{
    /// <summary>Makes a part of the logic.</summary>
    /// <exception cref="ExpressionException">An operator has too many operands.</exception>
    public LogicNode Build(PatternLogic logic)
    {
        if (logic.Operands.Length > AllNode.OperandsMax && logic.Operator is PatternOperator.And or PatternOperator.Or)
        {
            throw new ExpressionException("LS2031", logic.Position, $"and and or take up to {AllNode.OperandsMax} operands.");
        }

        switch (logic.Operator)
        {
            case PatternOperator.Event:
                var (number, source) = eventOf(logic.Event);
                return new EventNode(number, source);
            case PatternOperator.FollowedBy:
                return FollowedBy(logic);
            case PatternOperator.And:
                return All(logic.Operands);
            case PatternOperator.Or:
                return new AnyNode([.. logic.Operands.Select(Build)]);
            case PatternOperator.Not:
                return IsDoubleNot(logic) ? new NextNode(Build(logic.Operands[0].Operands[0]), 1) : new NotNode(Build(logic.Operands[0]));
            case PatternOperator.NotOccur:
                return Guard(logic);
            default:
                return new NextNode(Build(logic.Operands[0]), logic.Times);
        }
    }

    private FollowedByNode FollowedBy(PatternLogic logic)
    {
        var steps = new List<LogicNode>();
        var guards = new List<LogicNode>();
        for (var i = 0; i < logic.Operands.Length; i++)
        {
            var operand = logic.Operands[i];
            if (operand.Operator == PatternOperator.NotOccur && i + 1 < logic.Operands.Length)
            {
                guards.Add(Guard(operand));
                continue;
            }

            steps.Add(guards.Count == 0 ? Build(operand) : new AllNode([.. guards, Build(operand)], guards.Count));
            guards.Clear();
        }

        return new FollowedByNode([.. steps], logic.Limit is { } limit ? limit.Ticks / TimeSpan.TicksPerMicrosecond : null);
    }

    private AllNode All(ImmutableArray<PatternLogic> operands)
    {
        var guards = operands.Where(IsGuard).ToList();
        var onlyNots = guards.Count == operands.Length && guards.TrueForAll(g => g.Operator == PatternOperator.Not);
        return onlyNots
            ? new AllNode([.. operands.Select(Build)], 0)
            : new AllNode([.. guards.Select(Guard), .. operands.Where(o => !IsGuard(o)).Select(Build)], guards.Count);
    }

    private GuardNode Guard(PatternLogic logic) => new(Build(logic.Operands[0]), logic.Operator == PatternOperator.NotOccur);

    private bool IsGuard(PatternLogic logic) =>
        logic.Operator == PatternOperator.NotOccur || (logic.Operator == PatternOperator.Not && !IsDoubleNot(logic));

    private bool IsDoubleNot(PatternLogic logic) =>
        logic.Operands[0] is { Operator: PatternOperator.Not } inner && Build(inner.Operands[0]).IsSingle;
}
