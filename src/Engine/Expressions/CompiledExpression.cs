using System.Linq.Expressions;
using Lockstep.Engine.Expressions.Columns;

namespace Lockstep.Engine.Expressions;

/// <summary>A compiled expression.</summary>
/// <param name="Evaluate">A function of the frame that gives the value: long?, double?, string or bool?.</param>
/// <param name="IsPure">True when the value depends on the event's fields alone.</param>
/// <param name="Code">What the function is made of.</param>
internal sealed record CompiledExpression(Delegate Evaluate, bool IsPure, Expression Code)
{
    /// <summary>The function by its result.</summary>
    public Func<Frame, T> As<T>() => (Func<Frame, T>)Evaluate;

    /// <summary>The column form of a real number; null when there is none.</summary>
    public ColumnNode<double>? Reals => ColumnPlanner.Reals(Code, 0);

    /// <summary>The column form of a whole number; null when there is none.</summary>
    public ColumnNode<long>? Wholes => ColumnPlanner.Wholes(Code, 0);

    /// <summary>The column form of a condition; null when there is none.</summary>
    public ConditionNode? Condition => ColumnPlanner.Condition(Code);
}
