namespace Lockstep.Engine.Expressions;

/// <summary>The loops of an expression went on too long for one event; the event is dropped as a bad one.</summary>
internal sealed class LoopLimitException() : Exception($"The expression's loops took more than {Frame.LoopRoundsMax} rounds.");
