namespace Lockstep.Engine.Expressions;

/// <summary>A compiled expression.</summary>
/// <param name="Evaluate">A function of the frame that gives the value: long?, double?, string or bool?.</param>
/// <param name="IsPure">True when the value depends on the event's fields alone.</param>
internal sealed record CompiledExpression(Delegate Evaluate, bool IsPure)
{
    /// <summary>The function by its result.</summary>
    public Func<Frame, T> As<T>() => (Func<Frame, T>)Evaluate;
}
