using System.Collections.Immutable;
using Lockstep.Contracts.Projects;
using Lockstep.Scripting.Lua;
using Lockstep.Scripting.Python;

namespace Lockstep.Scripting;

/// <summary>Compiles scripts without running them.</summary>
public static class ScriptSyntax
{
    /// <summary>Compiles parts of a model's code.</summary>
    /// <param name="language">Their language.</param>
    /// <param name="parts">A name and the code each.</param>
    /// <param name="grants">Names the interpreter.</param>
    /// <returns>One a part: the first place where it does not compile, or null.</returns>
    /// <exception cref="ScriptProcessException">There is no such interpreter, or it gave no answer.</exception>
    public static ImmutableArray<ScriptFault?> Check(
        ScriptLanguage language, IReadOnlyList<(string Name, string Code)> parts, ScriptGrants grants)
    {
        ArgumentNullException.ThrowIfNull(parts);
        return parts.Count == 0 ? [] : language == ScriptLanguage.Lua ? LuaSyntax.Check(parts) : PythonSyntax.Check(parts, grants);
    }
}
