namespace Lockstep.Contracts.Projects;

/// <summary>A language of scripts in models.</summary>
public enum ScriptLanguage
{
    /// <summary>Lua 5.4, in the process.</summary>
    Lua,

    /// <summary>Python 3, in a process of its own.</summary>
    Python,
}
