namespace Lockstep.Engine.Expressions;

/// <summary>The loops of an expression did too much work for one event; the event is dropped as a bad one.</summary>
internal sealed class LoopLimitException()
    : Exception($"The expression's loops took more than {Frame.LoopRoundsMax} rounds, or work on long texts as costly.");
