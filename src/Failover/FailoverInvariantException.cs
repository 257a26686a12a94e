namespace Lockstep.Failover;

/// <summary>An invariant of docs/failover.md does not hold. The member closes its gate and ends.</summary>
public sealed class FailoverInvariantException : Exception
{
    /// <summary>Without particulars; for the framework's sake.</summary>
    public FailoverInvariantException()
        : this("F?", "no reason was given")
    {
    }

    /// <summary>As above, with a reason.</summary>
    public FailoverInvariantException(string message)
        : this("F?", message)
    {
    }

    /// <summary>As above, with a reason and its cause.</summary>
    public FailoverInvariantException(string message, Exception innerException)
        : base(message, innerException) => Name = "F?";

    /// <summary>Which invariant and what was seen.</summary>
    /// <param name="name">F1 to F5.</param>
    /// <param name="seen">What contradicts it.</param>
    public FailoverInvariantException(string name, string seen)
        : base($"{name} does not hold: {seen}") => Name = name;

    /// <summary>F1 to F5.</summary>
    public string Name { get; }
}
