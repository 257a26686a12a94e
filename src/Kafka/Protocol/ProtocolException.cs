namespace Lockstep.Kafka.Protocol;

/// <summary>The broker's answer makes no sense or refuses for good.</summary>
internal sealed class ProtocolException(string message, bool isUnsupported = false) : Exception(message)
{
    /// <summary>True: this client can't do what the broker wants; another try won't either.</summary>
    internal bool IsUnsupported { get; } = isUnsupported;
}
