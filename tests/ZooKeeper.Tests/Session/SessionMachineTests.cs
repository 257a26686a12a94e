using Lockstep.ZooKeeper.Session;
using Effect = Lockstep.ZooKeeper.Session.SessionEffect;

namespace Lockstep.ZooKeeper.Tests.Session;

/// <summary>A session's life without sockets. Method: inputs with times of the test's own, effects compared.</summary>
public sealed class SessionMachineTests
{
    private static readonly SessionId Id = new(7);
    private static readonly byte[] Password = [1, 2, 3];
    private readonly SessionMachine _machine = new(Settings());

    [Fact]
    public void It_connects_and_shakes_hands()
    {
        Assert.Equal([new Effect.OpenConnection(0)], _machine.Advance(Ms(0)));
        Effect.SendHandshake handshake = Assert.IsType<Effect.SendHandshake>(Assert.Single(_machine.Opened()));
        Assert.Equal((SessionId.None, Ms(3000)), (handshake.SessionId, handshake.Timeout));
        Assert.Equal(
            [new Effect.RestoreSession(), new Effect.EnterState(SessionState.Connected), new Effect.SendHeldCalls()],
            _machine.HandshakeAnswered(Ms(5), Id, Password, Ms(1500)));
        Assert.Equal((SessionState.Connected, Id, Ms(1500)), (_machine.State, _machine.SessionId, _machine.Timeout));
    }

    [Fact]
    public void It_pings_after_a_third_of_the_timeout_without_sending()
    {
        Attach(_machine, Ms(0));
        Assert.Equal(Ms(500), _machine.NextDeadline);
        Assert.Empty(_machine.Advance(Ms(499)));
        Assert.Equal([new Effect.SendPing()], _machine.Advance(Ms(500)));
        _machine.Heard(Ms(510));
        Assert.Empty(_machine.Advance(Ms(999)));
        _machine.Sent(Ms(999));
        Assert.Empty(_machine.Advance(Ms(1400)));
        Assert.Equal(Ms(1499), _machine.NextDeadline);
    }

    [Fact]
    public void It_drops_a_connection_that_is_silent_for_two_thirds_and_tries_the_next_server()
    {
        Attach(_machine, Ms(0));
        _machine.Advance(Ms(500));
        Assert.Equal(
            [
                new Effect.CloseConnection("nothing heard for 2/3 of the session time-out"),
                new Effect.EnterState(SessionState.Suspended),
                new Effect.FailCalls(ErrorCode.ConnectionLoss),
            ],
            _machine.Advance(Ms(1000)));
        Assert.Equal([new Effect.OpenConnection(1)], _machine.Advance(Ms(1000)));
    }

    [Fact]
    public void It_expires_by_its_own_rule_after_four_thirds_of_silence()
    {
        Attach(_machine, Ms(0));
        _machine.Heard(Ms(100));
        _machine.Advance(Ms(1100));
        Assert.Equal(SessionState.Suspended, _machine.State);
        for (int at = 1101; at < 2100; at++)
        {
            _machine.Advance(Ms(at));
            _machine.Opened(); // Servers accept connections but say nothing: that is not hearing.
        }

        Assert.Equal(SessionState.Suspended, _machine.State);
        Assert.Equal(
            [
                new Effect.CloseConnection("nothing heard for 4/3 of the session time-out"),
                new Effect.EnterState(SessionState.Expired),
                new Effect.FailCalls(ErrorCode.SessionExpired),
            ],
            _machine.Advance(Ms(2100)));
        Assert.Null(_machine.NextDeadline);
        Assert.Empty(_machine.Advance(Ms(9000)));
        Assert.Empty(_machine.HandshakeAnswered(Ms(9000), Id, Password, Ms(1500)));
    }

    [Fact]
    public void A_process_that_slept_finds_its_session_expired_whatever_lies_in_the_socket()
    {
        Attach(_machine, Ms(0));
        _machine.Advance(Ms(60_000));
        _machine.Heard(Ms(60_000));
        Assert.Equal(SessionState.Expired, _machine.State);
    }

    [Fact]
    public void It_never_expires_before_the_first_connection()
    {
        TimeSpan now = Ms(0);
        for (int i = 0; i < 1000; i++)
        {
            _machine.Advance(now);
            _machine.ConnectionLost(now, "refused");
            now = _machine.NextDeadline!.Value;
        }

        Assert.Equal(SessionState.Connecting, _machine.State);
        Assert.True(now > TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void The_first_round_over_the_servers_goes_without_a_wait_and_later_ones_wait_longer()
    {
        List<double> waits = [];
        TimeSpan now = Ms(0);
        for (int i = 0; i < 20; i++)
        {
            _machine.Advance(now);
            _machine.ConnectionLost(now, "refused");
            waits.Add((_machine.NextDeadline!.Value - now).TotalMilliseconds);
            now = _machine.NextDeadline!.Value;
        }

        Assert.Equal([0, 0, 20, 0, 0, 40, 0, 0, 80, 0, 0, 160, 0, 0, 320, 0, 0, 500, 0, 0], waits);
    }

    [Fact]
    public void Two_clients_that_take_the_same_session_from_each_other_slow_down()
    {
        List<double> waits = [];
        TimeSpan now = Ms(0);
        for (int i = 0; i < 9; i++)
        {
            Attach(_machine, now);
            _machine.ConnectionLost(now + Ms(1), "moved");
            waits.Add((_machine.NextDeadline!.Value - now - Ms(1)).TotalMilliseconds);
            now = _machine.NextDeadline!.Value;
        }

        Assert.Equal([0, 0, 20, 0, 0, 40, 0, 0, 80], waits);
    }

    [Fact]
    public void A_server_that_does_not_answer_the_handshake_is_left()
    {
        _machine.Advance(Ms(0));
        _machine.Opened();
        Assert.Equal(Ms(400), _machine.NextDeadline);
        Assert.Equal(
            [new Effect.CloseConnection("no handshake within the connect time-out")], _machine.Advance(Ms(400)));
        Assert.Equal([new Effect.OpenConnection(1)], _machine.Advance(Ms(400)));
    }

    [Fact]
    public void A_reconnect_goes_on_with_the_session()
    {
        Attach(_machine, Ms(0));
        _machine.ConnectionLost(Ms(100), "reset");
        _machine.Advance(Ms(100));
        Effect.SendHandshake handshake = Assert.IsType<Effect.SendHandshake>(Assert.Single(_machine.Opened()));
        Assert.Equal(Id, handshake.SessionId);
        Assert.Equal(Password, handshake.Password.ToArray());
        _machine.HandshakeAnswered(Ms(110), Id, Password, Ms(1500));
        Assert.Equal((SessionState.Connected, 2), (_machine.State, _machine.Connections));
    }

    [Fact]
    public void The_servers_word_that_the_session_is_over_ends_it()
    {
        Attach(_machine, Ms(0));
        _machine.ConnectionLost(Ms(100), "reset");
        _machine.Advance(Ms(100));
        _machine.Opened();
        _machine.HandshakeAnswered(Ms(110), SessionId.None, Password, Ms(0));
        Assert.Equal(SessionState.Expired, _machine.State);
    }

    [Fact]
    public void A_refused_new_session_is_tried_elsewhere()
    {
        _machine.Advance(Ms(0));
        _machine.Opened();
        _machine.HandshakeAnswered(Ms(1), SessionId.None, Password, Ms(0));
        Assert.Equal([new Effect.OpenConnection(1)], _machine.Advance(Ms(1)));
    }

    [Fact]
    public void Closing_waits_for_the_confirmation_but_not_for_long()
    {
        Attach(_machine, Ms(0));
        Assert.Equal([new Effect.SendCloseSession()], _machine.CloseAsked(Ms(10)));
        Assert.False(_machine.IsAttached);
        Assert.Empty(_machine.CloseAsked(Ms(11)));
        _machine.Advance(Ms(1010));
        Assert.Equal(SessionState.Closed, _machine.State);

        SessionMachine confirmed = new(Settings());
        Attach(confirmed, Ms(0));
        confirmed.CloseAsked(Ms(10));
        confirmed.CloseConfirmed();
        Assert.Equal(SessionState.Closed, confirmed.State);
    }

    [Fact]
    public void Closing_while_not_connected_ends_at_once()
    {
        _machine.Advance(Ms(0));
        _machine.CloseAsked(Ms(1));
        Assert.Equal(SessionState.Closed, _machine.State);
        Assert.Empty(_machine.ConnectionLost(Ms(2), "late"));
    }

    [Fact]
    public void A_refused_identity_ends_it()
    {
        Attach(_machine, Ms(0));
        _machine.AuthRefused();
        Assert.Equal(SessionState.AuthFailed, _machine.State);
    }

    private static SessionSettings Settings() => new(3, Ms(3000), Ms(400), SessionId.None, default);

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static void Attach(SessionMachine machine, TimeSpan now)
    {
        Assert.IsType<Effect.OpenConnection>(Assert.Single(machine.Advance(now)));
        machine.Opened();
        machine.HandshakeAnswered(now, Id, Password, Ms(1500));
        Assert.True(machine.IsAttached);
    }
}
