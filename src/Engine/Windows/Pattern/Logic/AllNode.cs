namespace Lockstep.Engine.Windows.Pattern.Logic;

/// <summary>
/// and: all operands, in any order; one event may satisfy several. Guards come first in the operands: they are looked at first,
/// and need nothing but that they have not failed when the others are complete.
/// </summary>
internal sealed class AllNode(LogicNode[] operands, int guards) : LogicNode(operands)
{
    public const int OperandsMax = 63;
    private readonly long _wanted = ((1L << operands.Length) - 1) & ~((1L << guards) - 1);

    /// <inheritdoc/>
    public override int Words => 1;

    /// <inheritdoc/>
    public override LogicStep Step(LogicScope scope)
    {
        var done = scope.Word(FirstWord);
        var isAdvanced = false;
        for (var i = 0; i < Operands.Length; i++)
        {
            if ((done >> i & 1) != 0)
            {
                continue;
            }

            switch (Operands[i].Step(scope))
            {
                case LogicStep.Failed:
                    return scope.End(this, LogicStep.Failed);
                case LogicStep.Complete:
                    done |= 1L << i;
                    isAdvanced |= i >= guards;
                    break;
                case LogicStep.Advanced:
                    isAdvanced |= i >= guards;
                    break;
            }
        }

        if (_wanted != 0 && (done & _wanted) == _wanted)
        {
            return scope.End(this, LogicStep.Complete);
        }

        scope.SetWord(FirstWord, done);
        return isAdvanced ? LogicStep.Advanced : LogicStep.Unchanged;
    }

    /// <inheritdoc/>
    public override bool CompletesAtEnd(LogicScope scope)
    {
        var done = scope.Word(FirstWord);
        for (var i = 0; i < Operands.Length; i++)
        {
            if ((done >> i & 1) == 0 && !Operands[i].CompletesAtEnd(scope))
            {
                return false;
            }
        }

        return true;
    }
}
