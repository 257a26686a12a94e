namespace Lockstep.Engine.Windows.Pattern.Logic;

/// <summary>An event: satisfied by the first one of its source that passes its test.</summary>
internal sealed class EventNode(int number, int source) : LogicNode([])
{
    /// <summary>Which event of the pattern it is.</summary>
    public int Number => number;

    /// <inheritdoc/>
    public override bool IsSingle => true;

    /// <inheritdoc/>
    public override bool Takes(int other) => other == source;

    /// <inheritdoc/>
    public override LogicStep Step(LogicScope scope) =>
        scope.Source == source && scope.Test(number) ? LogicStep.Complete : LogicStep.Unchanged;

    /// <inheritdoc/>
    public override bool CompletesAtEnd(LogicScope scope) => false;
}
