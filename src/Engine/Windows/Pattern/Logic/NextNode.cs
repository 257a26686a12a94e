namespace Lockstep.Engine.Windows.Pattern.Logic;

/// <summary>is: the next event of its sources, or each of the next n, must bring the operand further.</summary>
internal sealed class NextNode(LogicNode operand, int times) : LogicNode([operand])
{
    /// <inheritdoc/>
    public override int Words => times > 1 ? 1 : 0;

    /// <inheritdoc/>
    public override LogicStep Step(LogicScope scope)
    {
        var result = Operands[0].Step(scope);
        if (result == LogicStep.Unchanged && Operands[0].Takes(scope.Source))
        {
            return scope.End(this, LogicStep.Failed);
        }

        if (result != LogicStep.Complete || times == 1)
        {
            return scope.End(this, result);
        }

        var count = scope.Word(FirstWord) + 1;
        if (count == times)
        {
            return scope.End(this, LogicStep.Complete);
        }

        scope.SetWord(FirstWord, count);
        scope.Reset(Operands[0]);
        return LogicStep.Advanced;
    }

    /// <inheritdoc/>
    public override bool CompletesAtEnd(LogicScope scope) =>
        (times == 1 || scope.Word(FirstWord) == times - 1) && Operands[0].CompletesAtEnd(scope);
}
