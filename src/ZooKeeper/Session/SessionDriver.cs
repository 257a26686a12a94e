using System.Threading.Channels;
using Lockstep.ZooKeeper.Protocol;
using Microsoft.Extensions.Logging;
using Effect = Lockstep.ZooKeeper.Session.SessionEffect;

namespace Lockstep.ZooKeeper.Session;

/// <summary>
/// Owns a session: one task drains inputs, steps the <see cref="SessionMachine"/> and carries out its effects; sockets
/// and callbacks have tasks of their own.
/// </summary>
internal sealed partial class SessionDriver
{
    /// <summary>How many inputs may wait for the owner; connections and users then wait, the timer's are dropped.</summary>
    private const int MaxWaitingInputs = 1024;

    /// <summary>Java's client splits at 128 kB too: servers refuse frames beyond 1 MB.</summary>
    private const int MaxRestoredPathBytes = 128 * 1024;

    private readonly ZooKeeperOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _start;
    private readonly IReadOnlyList<ServerAddress> _servers;
    private readonly SessionMachine _machine;
    private readonly Delivery _delivery;
    private readonly CallQueue _calls;
    private readonly List<AuthIdentity> _identities;
    private readonly List<SessionConnection> _connections = []; // Those that are not quite closed yet, too.
    private readonly Channel<DriverInput> _inputs = Channel.CreateBounded<DriverInput>(
        new BoundedChannelOptions(MaxWaitingInputs) { SingleReader = true });

    private readonly Action<SessionState> _stateChanged;
    private SessionConnection? _connection;
    private long _lastZxid;

    private SessionDriver(
        ZooKeeperOptions options,
        ConnectString connectString,
        TimeProvider time,
        ILogger logger,
        Action<SessionState> stateChanged)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _start = time.GetTimestamp();
        _servers = connectString.Shuffled();
        _machine = new SessionMachine(new SessionSettings(
            _servers.Count, options.SessionTimeout, options.ConnectTimeout, options.SessionId, options.SessionPassword));
        _delivery = new Delivery(logger);
        _calls = new CallQueue(_delivery, connectString.Chroot);
        _identities = [.. options.Identities];
        _stateChanged = stateChanged;
        Status = StatusNow();
    }

    /// <summary>Ends when the session has ended and everything is delivered.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>The newest status; any thread may read it.</summary>
    public SessionStatus Status { get => Volatile.Read(ref field); private set => Volatile.Write(ref field, value); }

    /// <summary>The watches; used by the owner's task alone, that is by <see cref="PendingCall.OnAnswer"/>.</summary>
    public WatchTable Watches => _calls.Watches;

    /// <summary>Starts to connect.</summary>
    public static SessionDriver Start(
        ZooKeeperOptions options,
        ConnectString connectString,
        TimeProvider time,
        ILogger logger,
        Action<SessionState> stateChanged)
    {
        SessionDriver driver = new(options, connectString, time, logger, stateChanged);
        driver.Completion = Task.Run(async () =>
        {
            Task delivering = driver._delivery.RunAsync();
            try
            {
                await driver.RunAsync().ConfigureAwait(false);
            }
            catch
            {
                driver.Abandon();
                throw;
            }
            finally
            {
                driver._delivery.End();
                await delivering.ConfigureAwait(false);
            }
        });
        return driver;
    }

    /// <summary>Hands a request to the owner; a session that is over fails it.</summary>
    public async ValueTask SubmitAsync(PendingCall call, CancellationToken cancellationToken)
    {
        try
        {
            await _inputs.Writer.WriteAsync(new DriverInput.Submitted(call), cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            call.Fail(Status.FinalError);
        }
        catch (OperationCanceledException)
        {
            call.OnEnd?.Invoke();
            throw;
        }
    }

    /// <summary>Ends when everything has ended.</summary>
    /// <param name="keepSession">True to leave the session to its time-out or to another process.</param>
    public async Task CloseAsync(bool keepSession)
    {
        try
        {
            await _inputs.Writer.WriteAsync(new DriverInput.CloseAsked(keepSession)).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            // It is over already.
        }

        await Completion.WaitAsync(CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>A fault of this code: nobody may wait for answers that will not come, or believe in a session that nobody keeps.</summary>
    private void Abandon()
    {
        Status = StatusNow() with { State = SessionState.Expired };
        _inputs.Writer.TryComplete();
        _calls.FailAll(ErrorCode.SystemError);
        _connections.ForEach(c => c.Close());
        _delivery.State(() => _stateChanged(SessionState.Expired));
    }

    private TimeSpan Now() => _time.GetElapsedTime(_start);

    private SessionStatus StatusNow() =>
        new(_machine.State, _machine.SessionId, _machine.Password, _machine.Timeout, _machine.Connections);

    private async Task RunAsync()
    {
        ITimer timer = _time.CreateTimer(
            _ => _inputs.Writer.TryWrite(new DriverInput.TimerFired()),
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        await using (timer.ConfigureAwait(false))
        {
            Apply(_machine.Advance(Now()));
            while (_machine.NextDeadline is { } deadline)
            {
                TimeSpan wait = deadline - Now();
                timer.Change(wait > TimeSpan.FromMilliseconds(1) ? wait : TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
                await _inputs.Reader.WaitToReadAsync().ConfigureAwait(false);
                for (int i = 0; i < MaxWaitingInputs && _inputs.Reader.TryRead(out DriverInput? input); i++)
                {
                    Handle(input);
                }

                Apply(_machine.Advance(Now()));
            }
        }

        _inputs.Writer.TryComplete();
        while (_inputs.Reader.TryRead(out DriverInput? late))
        {
            if (late is DriverInput.Submitted { Call: { } call })
            {
                _delivery.Fail(call, Status.FinalError);
            }
        }

        await Task.WhenAll(_connections.Select(c => c.Completion)).ConfigureAwait(false);
        _connections.ForEach(c => c.Dispose());
    }

    private void Handle(DriverInput input)
    {
        switch (input)
        {
            case DriverInput.Submitted submitted:
                Submit(submitted.Call);
                break;
            case DriverInput.CloseAsked asked:
                Apply(asked.KeepSession ? _machine.AbandonAsked() : _machine.CloseAsked(Now()));
                break;
            case DriverInput.Opened opened when opened.Connection == _connection:
                Apply(_machine.Opened());
                break;
            case DriverInput.FrameCame came when came.Connection == _connection:
                Apply(_machine.Advance(came.At));
                Receive(came);
                break;
            case DriverInput.ConnectionEnded ended:
                _connections.Remove(ended.Connection);
                if (ended.Connection == _connection)
                {
                    Apply(_machine.ConnectionLost(Now(), ended.Reason));
                }

                ended.Connection.Dispose();

                break;
            default:
                break; // The timer's, and late words of a connection that was given up.
        }
    }

    private void Submit(PendingCall call)
    {
        switch (_machine.State)
        {
            case SessionState.Connecting:
                _calls.Hold(call);
                break;
            case SessionState.Connected when _machine.IsAttached:
                Send(call);
                break;
            case SessionState.Connected or SessionState.Suspended:
                _delivery.Fail(call, ErrorCode.ConnectionLoss);
                break;
            default:
                _delivery.Fail(call, Status.FinalError);
                break;
        }
    }

    private void Send(PendingCall call)
    {
        if (call is { Op: OpCode.Auth, Body: AuthPacket packet })
        {
            _identities.Add(new AuthIdentity(packet.Scheme, packet.Credentials));
        }

        SendFrame(_calls.Sent(call));
    }

    private void SendFrame(ReadOnlyMemory<byte> frame)
    {
        _connection?.Send(frame);
        _machine.Sent(Now());
    }

    private void Receive(DriverInput.FrameCame came)
    {
        if (came.Connection != _connection)
        {
            return; // The look at the clock ended it.
        }

        try
        {
            JuteReader reader = new(came.Frame);
            if (_machine.IsHandshaking)
            {
                ReceiveHandshake(ref reader, came);
                return;
            }

            ReplyHeader header = ReplyHeader.Read(ref reader);
            _machine.Heard(came.At);
            _lastZxid = Math.Max(_lastZxid, header.Zxid);
            switch (_calls.Receive(header, ref reader))
            {
                case ReplyMeaning.CloseConfirmed:
                    Apply(_machine.CloseConfirmed());
                    break;
                case ReplyMeaning.AuthRefused:
                    Apply(_machine.AuthRefused());
                    break;
                case ReplyMeaning.SessionGone:
                    Apply(_machine.SessionGone());
                    break;
                default:
                    break;
            }

            if (_delivery.WaitingEvents > _options.MaxWaitingEvents)
            {
                Apply(_machine.ConnectionLost(Now(), "more watch events wait for callbacks than the limit allows"));
            }
        }
        catch (InvalidDataException malformed)
        {
            Apply(_machine.ConnectionLost(Now(), malformed.Message));
        }
    }

    private void ReceiveHandshake(ref JuteReader reader, DriverInput.FrameCame came)
    {
        ConnectResponse answer = ConnectResponse.Read(ref reader);
        Apply(_machine.HandshakeAnswered(
            came.At, answer.SessionId, answer.Password, TimeSpan.FromMilliseconds(answer.TimeoutMs)));
    }

    private void Apply(IReadOnlyList<Effect> effects)
    {
        foreach (Effect effect in effects)
        {
            Apply(effect);
        }
    }

    private void Apply(Effect effect)
    {
        switch (effect)
        {
            case Effect.OpenConnection open:
                _connection = SessionConnection.Start(_servers[open.Server], _options, _inputs.Writer, Now);
                _connections.Add(_connection);
                break;
            case Effect.SendHandshake handshake:
                _connection?.Send(JuteWriter.Frame(new ConnectRequest(
                    0, _lastZxid, (int)handshake.Timeout.TotalMilliseconds, handshake.SessionId, handshake.Password, false)));
                break;
            case Effect.CloseConnection close:
                CloseConnection(close.Reason);
                break;
            case Effect.SendPing:
                _connection?.Send(CallQueue.Ping);
                break;
            case Effect.SendCloseSession:
                SendFrame(_calls.CloseSession());
                break;
            case Effect.RestoreSession:
                Restore();
                break;
            case Effect.SendHeldCalls:
                _calls.TakeHeld().ForEach(Send);
                break;
            case Effect.FailCalls fail:
                _calls.FailAll(fail.Error);
                break;
            case Effect.EnterState entered:
                EnterState(entered.State);
                break;
            default:
                throw new InvalidOperationException($"Unknown effect {effect}.");
        }
    }

    private void CloseConnection(string reason)
    {
        if (_connection is { } connection)
        {
            string server = connection.Server.ToString();
            if (_machine.State == SessionState.Closed)
            {
                LogClosed(_logger, server, reason);
            }
            else
            {
                LogLost(_logger, server, reason);
            }

            connection.Close();
            _connection = null;
        }
    }

    private void Restore()
    {
        foreach (AuthIdentity identity in _identities)
        {
            SendFrame(_calls.RestoredIdentity(identity));
        }

        foreach ((OpCode op, IJuteRecord body) in Watches.Restore(_lastZxid, MaxRestoredPathBytes))
        {
            SendFrame(JuteWriter.Frame(new RequestHeader(Xid.SetWatches, op), body));
        }
    }

    private void EnterState(SessionState state)
    {
        Status = StatusNow();
        LogState(_logger, _machine.SessionId, state, _connection?.Server.ToString() ?? "none", _machine.Timeout.TotalMilliseconds);
        if (Status.IsFinal)
        {
            Watches.Clear();
        }

        _delivery.State(() => _stateChanged(state));
    }
}
