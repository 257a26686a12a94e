namespace Lockstep.Kafka;

/// <summary>Whether records of open and aborted transactions are seen.</summary>
public enum ReadIsolation
{
    /// <summary>Only committed records (<c>read_committed</c>).</summary>
    Committed,

    /// <summary>All records (<c>read_uncommitted</c>).</summary>
    Uncommitted,
}
