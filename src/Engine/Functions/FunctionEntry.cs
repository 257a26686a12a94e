namespace Lockstep.Engine.Functions;

/// <summary>What a function does: evaluates the arguments it needs.</summary>
internal delegate Variant FunctionBody(FunctionNode[] arguments, FunctionFrame frame);

/// <summary>A function of the functional language.</summary>
/// <param name="Name">Its name; case matters not.</param>
/// <param name="ArgumentsMin">Fewest arguments.</param>
/// <param name="ArgumentsMax">Most arguments.</param>
/// <param name="IsPure">True when it depends on its arguments alone.</param>
/// <param name="Body">What it does.</param>
internal sealed record FunctionEntry(string Name, int ArgumentsMin, int ArgumentsMax, bool IsPure, FunctionBody Body);
