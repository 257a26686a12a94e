using Lockstep.Contracts.Projects;

namespace Lockstep.Scripting;

/// <summary>A place where code does not compile.</summary>
/// <param name="Part">Name of the module or script that holds it.</param>
/// <param name="Line">Line of the code, from 1.</param>
/// <param name="Column">Column of that line, from 1; 0 when it is not known.</param>
/// <param name="Message">What is wrong.</param>
public sealed record ScriptFault(string Part, int Line, int Column, string Message)
{
    /// <summary>The place in the model.</summary>
    /// <param name="code">Where the code begins; its line when the code is in a file of its own.</param>
    /// <param name="isInModel">True: the code stands in the model.</param>
    public TextPosition In(TextPosition code, bool isInModel) =>
        !isInModel || code.Line == 0 ? code
        : Line <= 1 ? code with { Column = code.Column + Math.Max(Column - 1, 0) }
        : new TextPosition(code.Line + Line - 1, Math.Max(Column, 1));
}
