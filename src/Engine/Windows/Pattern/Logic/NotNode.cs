namespace Lockstep.Engine.Windows.Pattern.Logic;

/// <summary>
/// not, as a step of its own. Of an event (or a choice of events): decided by the next event of its source. Of anything else:
/// satisfied when that fails, failed when that is satisfied.
/// </summary>
internal sealed class NotNode(LogicNode operand) : LogicNode([operand])
{
    /// <inheritdoc/>
    public override LogicStep Step(LogicScope scope) => Operands[0].Step(scope) switch
    {
        LogicStep.Complete => scope.End(this, LogicStep.Failed),
        LogicStep.Failed => scope.End(this, LogicStep.Complete),
        LogicStep.Unchanged when Operands[0].IsSingle && Operands[0].Takes(scope.Source) => scope.End(this, LogicStep.Complete),
        var waiting => waiting,
    };

    /// <inheritdoc/>
    public override bool CompletesAtEnd(LogicScope scope) => !Operands[0].IsSingle && !Operands[0].CompletesAtEnd(scope);
}
