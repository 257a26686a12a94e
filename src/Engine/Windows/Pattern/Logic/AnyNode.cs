namespace Lockstep.Engine.Windows.Pattern.Logic;

/// <summary>or: the first operand that is satisfied, of several by one event the first in the text; fails when all have.</summary>
internal sealed class AnyNode(LogicNode[] operands) : LogicNode(operands)
{
    /// <inheritdoc/>
    public override int Words => 1;

    /// <inheritdoc/>
    public override bool IsSingle => Array.TrueForAll(Operands, o => o.IsSingle);

    /// <inheritdoc/>
    public override LogicStep Step(LogicScope scope)
    {
        var failed = scope.Word(FirstWord);
        var isAdvanced = false;
        for (var i = 0; i < Operands.Length; i++)
        {
            if ((failed >> i & 1) != 0)
            {
                continue;
            }

            switch (Operands[i].Step(scope))
            {
                case LogicStep.Complete:
                    return scope.End(this, LogicStep.Complete);
                case LogicStep.Failed:
                    failed |= 1L << i;
                    break;
                case LogicStep.Advanced:
                    isAdvanced = true;
                    break;
            }
        }

        if (failed == (1L << Operands.Length) - 1)
        {
            return scope.End(this, LogicStep.Failed);
        }

        scope.SetWord(FirstWord, failed);
        return isAdvanced ? LogicStep.Advanced : LogicStep.Unchanged;
    }

    /// <inheritdoc/>
    public override bool CompletesAtEnd(LogicScope scope)
    {
        var failed = scope.Word(FirstWord);
        for (var i = 0; i < Operands.Length; i++)
        {
            if ((failed >> i & 1) == 0 && Operands[i].CompletesAtEnd(scope))
            {
                return true;
            }
        }

        return false;
    }
}
