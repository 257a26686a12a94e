using Effect = Lockstep.ZooKeeper.Session.SessionEffect;

namespace Lockstep.ZooKeeper.Session;

/// <summary>
/// A session's life, without sockets and clocks: inputs carry the time since some start, outputs are effects for the driver.
/// </summary>
/// <remarks>
/// <code>
/// Waiting --due--> Opening --opened--> Handshaking --answer--> Attached --close asked--> Closing --> Ended
///    ^                |                     |                     |
///    +---- lost, or too slow ---------------+---- silent 2/3 -----+        (silent 4/3 of the time-out: Ended, expired)
/// </code>
/// Ping after 1/3 of the time-out without sending; drop the connection after 2/3 without hearing; expire by own rule
/// after 4/3: the server forgets a session after one time-out without hearing from the client, rounded up to its tick,
/// and a client that hears nothing may never be told.
/// </remarks>
internal sealed class SessionMachine(SessionSettings settings)
{
    /// <summary>Wait before the second round over all servers; doubles each round.</summary>
    public static readonly TimeSpan ReconnectDelayMin = TimeSpan.FromMilliseconds(20);

    /// <summary>The longest wait between two rounds.</summary>
    public static readonly TimeSpan ReconnectDelayMax = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a server has to confirm the end of a session.</summary>
    public static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(1);

    private static readonly IReadOnlyList<Effect> Nothing = [];
    private Phase _phase = Phase.Waiting;
    private TimeSpan _deadline; // Of the phases Waiting, Opening, Handshaking and Closing.
    private TimeSpan _lastHeard;
    private TimeSpan _lastSent;
    private bool _everAttached;
    private int _attempts; // Since a connection last held.
    private TimeSpan _attachedAt;
    private int _nextServer;

    private enum Phase
    {
        Waiting,
        Opening,
        Handshaking,
        Attached,
        Closing,
        Ended,
    }

    /// <summary>How the client stands.</summary>
    public SessionState State { get; private set; } = SessionState.Connecting;

    /// <summary>The session; none before the first handshake.</summary>
    public SessionId SessionId { get; private set; } = settings.SessionId;

    /// <summary>Its password.</summary>
    public ReadOnlyMemory<byte> Password { get; private set; } = settings.Password;

    /// <summary>The time-out the server granted; the one asked for before that.</summary>
    public TimeSpan Timeout { get; private set; } = settings.SessionTimeout;

    /// <summary>How often the client was connected.</summary>
    public int Connections { get; private set; }

    /// <summary>True when requests may be sent.</summary>
    public bool IsAttached => _phase == Phase.Attached;

    /// <summary>True when the next frame answers the handshake.</summary>
    public bool IsHandshaking => _phase == Phase.Handshaking;

    /// <summary>When <see cref="Advance"/> is to be called at the latest; null once ended.</summary>
    public TimeSpan? NextDeadline => _phase switch
    {
        Phase.Ended => null,
        Phase.Attached => Earlier(Earlier(_lastSent + (Timeout / 3), _lastHeard + (Timeout * 2 / 3)), ExpiresAt),
        _ => _everAttached ? Earlier(_deadline, ExpiresAt) : _deadline,
    };

    private TimeSpan ExpiresAt => _lastHeard + (Timeout * 4 / 3);

    /// <summary>Time has passed. To be called before every other input with the same time, so that no late word revives a dead session.</summary>
    public IReadOnlyList<Effect> Advance(TimeSpan now)
    {
        if (_phase == Phase.Ended)
        {
            return Nothing;
        }

        if (_everAttached && now >= ExpiresAt)
        {
            return End(SessionState.Expired, ErrorCode.SessionExpired, "nothing heard for 4/3 of the session time-out");
        }

        switch (_phase)
        {
            case Phase.Waiting when now >= _deadline:
                return Open(now);
            case Phase.Opening or Phase.Handshaking when now >= _deadline:
                return Drop(now, "no handshake within the connect time-out");
            case Phase.Attached when now >= _lastHeard + (Timeout * 2 / 3):
                return Drop(now, "nothing heard for 2/3 of the session time-out");
            case Phase.Attached when now >= _lastSent + (Timeout / 3):
                _lastSent = now;
                return [new Effect.SendPing()];
            case Phase.Closing when now >= _deadline:
                return End(SessionState.Closed, ErrorCode.ConnectionLoss, "the end of the session was not confirmed in time");
            default:
                return Nothing;
        }
    }

    /// <summary>The connection asked for is there.</summary>
    public IReadOnlyList<Effect> Opened()
    {
        if (_phase != Phase.Opening)
        {
            return Nothing;
        }

        _phase = Phase.Handshaking;
        return [new Effect.SendHandshake(SessionId, Password, settings.SessionTimeout)];
    }

    /// <summary>The server answered the handshake.</summary>
    public IReadOnlyList<Effect> HandshakeAnswered(
        TimeSpan now,
        SessionId sessionId,
        ReadOnlyMemory<byte> password,
        TimeSpan timeout)
    {
        if (_phase != Phase.Handshaking)
        {
            return Nothing;
        }

        if (timeout <= TimeSpan.Zero || sessionId.IsNone)
        {
            return SessionId.IsNone
                ? Drop(now, "the server granted no session")
                : End(SessionState.Expired, ErrorCode.SessionExpired, "the server says that the session has expired");
        }

        (SessionId, Password, Timeout) = (sessionId, password, timeout);
        (_lastHeard, _lastSent, _attachedAt, _everAttached, _phase) = (now, now, now, true, Phase.Attached);
        Connections++;
        State = SessionState.Connected;
        return [new Effect.RestoreSession(), new Effect.EnterState(State), new Effect.SendHeldCalls()];
    }

    /// <summary>Something came from the server this client is attached to.</summary>
    public void Heard(TimeSpan now) => _lastHeard = now > _lastHeard ? now : _lastHeard;

    /// <summary>Something was sent to it.</summary>
    public void Sent(TimeSpan now) => _lastSent = now;

    /// <summary>The connection, or the attempt at one, has ended.</summary>
    public IReadOnlyList<Effect> ConnectionLost(TimeSpan now, string reason) => _phase switch
    {
        Phase.Closing => End(SessionState.Closed, ErrorCode.ConnectionLoss, reason),
        Phase.Opening or Phase.Handshaking or Phase.Attached => Drop(now, reason),
        _ => Nothing,
    };

    /// <summary>The server refused an identity.</summary>
    public IReadOnlyList<Effect> AuthRefused() =>
        _phase == Phase.Ended ? Nothing : End(SessionState.AuthFailed, ErrorCode.AuthFailed, "the server refused an identity");

    /// <summary>The server demands something that no other server of the ensemble would not.</summary>
    public IReadOnlyList<Effect> SessionGone() =>
        _phase == Phase.Ended ? Nothing : End(SessionState.Expired, ErrorCode.SessionExpired, "the server ended the session");

    /// <summary>The user wants the session closed.</summary>
    public IReadOnlyList<Effect> CloseAsked(TimeSpan now)
    {
        switch (_phase)
        {
            case Phase.Ended or Phase.Closing:
                return Nothing;
            case Phase.Attached:
                _phase = Phase.Closing;
                _deadline = now + CloseTimeout;
                return [new Effect.SendCloseSession()];
            default:
                return End(SessionState.Closed, ErrorCode.ConnectionLoss, "closed while not connected");
        }
    }

    /// <summary>The user leaves, the session stays.</summary>
    public IReadOnlyList<Effect> AbandonAsked() => _phase == Phase.Ended
        ? Nothing
        : End(SessionState.Closed, ErrorCode.ConnectionLoss, "the session is left to its time-out or to another process");

    /// <summary>The server confirmed that the session is closed.</summary>
    public IReadOnlyList<Effect> CloseConfirmed() =>
        _phase == Phase.Closing ? End(SessionState.Closed, ErrorCode.ConnectionLoss, "closed") : Nothing;

    private static TimeSpan Earlier(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private List<Effect> Open(TimeSpan now)
    {
        int server = _nextServer;
        _nextServer = (_nextServer + 1) % settings.ServerCount;
        _attempts++;
        _phase = Phase.Opening;
        _deadline = now + settings.ConnectTimeout;
        return [new Effect.OpenConnection(server)];
    }

    /// <summary>
    /// The first round over all servers goes without a wait, unless connections break as soon as they are made, as
    /// when two clients use one session.
    /// </summary>
    private List<Effect> Drop(TimeSpan now, string reason)
    {
        if (_phase == Phase.Attached && now - _attachedAt >= Timeout / 3)
        {
            _attempts = 0;
        }

        int rounds = _attempts / settings.ServerCount;
        bool roundEnds = _attempts > 0 && _attempts % settings.ServerCount == 0;
        TimeSpan delay = roundEnds
            ? Earlier(ReconnectDelayMin * Math.Pow(2, Math.Min(rounds - 1, 10)), ReconnectDelayMax)
            : TimeSpan.Zero;
        _phase = Phase.Waiting;
        _deadline = now + delay;
        List<Effect> effects = [new Effect.CloseConnection(reason)];
        if (State == SessionState.Connected)
        {
            State = SessionState.Suspended;
            effects.Add(new Effect.EnterState(State));
            effects.Add(new Effect.FailCalls(ErrorCode.ConnectionLoss));
        }

        return effects;
    }

    private List<Effect> End(SessionState state, ErrorCode error, string reason)
    {
        _phase = Phase.Ended;
        State = state;
        return [new Effect.CloseConnection(reason), new Effect.EnterState(state), new Effect.FailCalls(error)];
    }
}
