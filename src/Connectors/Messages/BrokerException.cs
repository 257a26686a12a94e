namespace Lockstep.Connectors.Messages;

/// <summary>A broker is not there, or refuses: names the broker and what to do, never a password.</summary>
/// <param name="message">What happened.</param>
/// <param name="isFatal">True when trying again changes nothing.</param>
/// <param name="cause">What the client said.</param>
internal sealed class BrokerException(string message, bool isFatal = false, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>True when trying again changes nothing.</summary>
    public bool IsFatal => isFatal;
}
