namespace Lockstep.Engine.Windows.Pattern.Logic;

/// <summary>
/// fby: one operand after the other. An event completes at most one operand. With a limit each operand but the first must be
/// complete at most that long after the one before it; at the limit to the microsecond is in time.
/// </summary>
internal sealed class FollowedByNode(LogicNode[] operands, long? limit) : LogicNode(operands)
{
    /// <inheritdoc/>
    public override int Words => 1;

    /// <inheritdoc/>
    public override bool IsTimed => limit is not null;

    /// <inheritdoc/>
    public override bool IsSingle => Operands is [var only] && only.IsSingle;

    /// <inheritdoc/>
    public override LogicStep Step(LogicScope scope)
    {
        var current = (int)scope.Word(FirstWord);
        var result = scope.TimedOut == this
            ? Operands[current].CompletesAtEnd(scope) ? LogicStep.Complete : LogicStep.Failed
            : Operands[current].Step(scope);
        if (result == LogicStep.Complete && current + 1 < Operands.Length)
        {
            scope.SetWord(FirstWord, current + 1);
            if (limit is { } time)
            {
                scope.Arm(FirstTimer, time);
            }

            return LogicStep.Advanced;
        }

        return scope.End(this, result);
    }

    /// <inheritdoc/>
    public override bool CompletesAtEnd(LogicScope scope) =>
        scope.Word(FirstWord) == Operands.Length - 1 && Operands[^1].CompletesAtEnd(scope);
}
