namespace Lockstep.Engine.Windows.Pattern.Logic;

/// <summary>
/// Something that must not happen while the rest is waited for: notoccur, and not within and. It fails when its operand is
/// satisfied. When the operand fails, not is settled; notoccur looks for it anew.
/// </summary>
internal sealed class GuardNode(LogicNode operand, bool isRepeated) : LogicNode([operand])
{
    /// <inheritdoc/>
    public override LogicStep Step(LogicScope scope)
    {
        switch (Operands[0].Step(scope))
        {
            case LogicStep.Complete:
                return scope.End(this, LogicStep.Failed);
            case LogicStep.Failed when !isRepeated:
                return scope.End(this, LogicStep.Complete);
            case LogicStep.Failed:
                scope.Reset(Operands[0]);
                break;
        }

        return LogicStep.Unchanged;
    }

    /// <inheritdoc/>
    public override bool CompletesAtEnd(LogicScope scope) => true;
}
