namespace Lockstep.Scripting;

/// <summary>A script did not load, or a call of one of its functions failed or took too much: the event it was called for is bad.</summary>
public sealed class ScriptException : Exception
{
    /// <summary>Says why.</summary>
    public ScriptException(string message)
        : base(message)
    {
    }

    /// <summary>Says why, and what it comes from.</summary>
    public ScriptException(string message, Exception cause)
        : base(message, cause)
    {
    }

    /// <summary>Without a reason.</summary>
    public ScriptException()
    {
    }

    /// <summary>For code that does not compile: what is wrong, and in which part of it; null for everything else.</summary>
    public ScriptFault? Fault { get; init; }
}

/// <summary>
/// The process of a script is gone or did not answer in time. Its state is lost, and other members may have answers: the member
/// must end.
/// </summary>
public sealed class ScriptProcessException : Exception
{
    /// <summary>Says why.</summary>
    public ScriptProcessException(string message)
        : base(message)
    {
    }

    /// <summary>Says why, and what it comes from.</summary>
    public ScriptProcessException(string message, Exception cause)
        : base(message, cause)
    {
    }

    /// <summary>Without a reason.</summary>
    public ScriptProcessException()
    {
    }
}
