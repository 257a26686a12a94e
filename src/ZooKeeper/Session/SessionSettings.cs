namespace Lockstep.ZooKeeper.Session;

/// <summary>What the session machine has to know of the options.</summary>
/// <param name="ServerCount">How many servers there are to try.</param>
/// <param name="SessionTimeout">The time-out to ask for.</param>
/// <param name="ConnectTimeout">How long one server has for connection and handshake.</param>
/// <param name="SessionId">A session to go on with, or none.</param>
/// <param name="Password">Its password.</param>
internal sealed record SessionSettings(
    int ServerCount,
    TimeSpan SessionTimeout,
    TimeSpan ConnectTimeout,
    SessionId SessionId,
    ReadOnlyMemory<byte> Password);
