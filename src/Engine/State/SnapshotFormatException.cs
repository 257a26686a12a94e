namespace Lockstep.Engine.State;

/// <summary>
/// A snapshot cannot be used: damaged, of another version, or of another model. The message says which.
/// </summary>
public sealed class SnapshotFormatException : Exception
{
    /// <summary>Makes one.</summary>
    public SnapshotFormatException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with the error that revealed it.</summary>
    public SnapshotFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
