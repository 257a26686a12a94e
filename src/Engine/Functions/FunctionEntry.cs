namespace Lockstep.Engine.Functions;

/// <summary>What a function does: evaluates the arguments it needs.</summary>
internal delegate Variant FunctionBody(FunctionNode[] arguments, FunctionFrame frame);

/// <summary>A function of the functional language, with all that its page says of it.</summary>
/// <param name="Name">Its name; case matters not.</param>
/// <param name="Arguments">
/// Their names separated by commas: <c>x</c> must be there, <c>x?</c> may be left out, <c>x...</c> stands for one or more,
/// <c>x...?</c> for any number.
/// </param>
/// <param name="Meaning">What it gives, as half a sentence.</param>
/// <param name="Example">A call, in the setting of <see cref="FunctionExamples"/>.</param>
/// <param name="Result">What the example gives, as text; null for null.</param>
/// <param name="Body">What it does.</param>
internal sealed record FunctionEntry(
    string Name, string Arguments, string Meaning, string Example, string? Result, FunctionBody Body)
{
    private readonly string[] _arguments = Arguments.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>True when it depends on its arguments alone.</summary>
    public bool IsPure { get; init; } = true;

    /// <summary>Fewest arguments.</summary>
    public int ArgumentsMin => _arguments.Count(a => !a.EndsWith('?'));

    /// <summary>Most arguments.</summary>
    public int ArgumentsMax =>
        Array.Exists(_arguments, a => a.Contains("...", StringComparison.Ordinal)) ? int.MaxValue : _arguments.Length;
}

/// <summary>Functions of one theme, in the order of their page.</summary>
/// <param name="Title">The theme.</param>
/// <param name="Entries">Its functions.</param>
internal sealed record FunctionGroup(string Title, FunctionEntry[] Entries);
