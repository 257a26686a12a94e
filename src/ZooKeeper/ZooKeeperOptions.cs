namespace Lockstep.ZooKeeper;

/// <summary>How a client reaches its ensemble.</summary>
public sealed record ZooKeeperOptions
{
    /// <summary>Servers and perhaps a chroot: <c>host:port,host:port/chroot</c>. Port 2181 when left out; <c>[::1]:2181</c> for IPv6.</summary>
    public required string ConnectString { get; init; }

    /// <summary>How long the session is to outlive silence; the server answers with what it grants.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>How long one server has to accept a connection and answer the handshake before the next is tried.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A session to go on with; none for a new one. Taking it over disconnects whoever uses it.</summary>
    public SessionId SessionId { get; init; }

    /// <summary>The password of <see cref="SessionId"/>, 16 bytes.</summary>
    public ReadOnlyMemory<byte> SessionPassword { get; init; }

    /// <summary>Encryption; null for none.</summary>
    public ZooKeeperTls? Tls { get; init; }

    /// <summary>Identities that are shown at each connect, in order.</summary>
    public IReadOnlyList<AuthIdentity> Identities { get; init; } = [];

    /// <summary>How many requests may be unanswered at once; further callers wait for their turn.</summary>
    public int MaxInFlight { get; init; } = 1000;

    /// <summary>
    /// How many watch events may wait for slow callbacks. Beyond that the connection is dropped, so that whoever keeps
    /// up with state changes reads everything again.
    /// </summary>
    public int MaxWaitingEvents { get; init; } = 100_000;

    /// <summary>The longest answer taken from a server, in bytes; a longer one drops the connection.</summary>
    public int MaxReplyBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>All problems of these options, each naming its option; empty when they can be used.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> problems = [];
        if (!Session.ConnectString.TryParse(ConnectString, out _, out string? problem))
        {
            problems.Add($"{nameof(ConnectString)}: {problem}");
        }

        if (SessionTimeout <= TimeSpan.Zero || SessionTimeout.TotalMilliseconds > int.MaxValue)
        {
            problems.Add($"{nameof(SessionTimeout)}: must be more than nothing and less than 25 days.");
        }

        if (ConnectTimeout <= TimeSpan.Zero)
        {
            problems.Add($"{nameof(ConnectTimeout)}: must be more than nothing.");
        }

        if (!SessionId.IsNone && SessionPassword.IsEmpty)
        {
            problems.Add($"{nameof(SessionPassword)}: a session is only given to who knows its password.");
        }

        if (MaxInFlight < 1 || MaxWaitingEvents < 1 || MaxReplyBytes < 1024)
        {
            problems.Add($"{nameof(MaxInFlight)}, {nameof(MaxWaitingEvents)}, {nameof(MaxReplyBytes)}: "
                + "must be at least 1, 1 and 1024.");
        }

        return problems;
    }
}
