using System.Globalization;
using System.Security.Cryptography;
using Lockstep.ZooKeeper;
using Lockstep.ZooKeeper.Protocol;

namespace Lockstep.LocalCluster.ZooKeeper;

/// <summary>Everything the server knows, under one lock: connections bring requests, the tick ends sessions.</summary>
internal sealed class ServerState
{
    private const int SyncConnected = 3; // KeeperState of every event.
    private const int MinTimeoutTicks = 2;
    private const int MaxTimeoutTicks = 20;
    private const int PasswordBytes = 16;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _tick;
    private readonly Dictionary<SessionId, ServerSession> _sessions = [];
    private readonly RequestHandler _requests;

    public ServerState(TimeProvider time, TimeSpan tick)
    {
        _time = time;
        _tick = tick;
        Tree = new ZnodeTree(time);
        Tree.Plant();
        _requests = new RequestHandler(this);
    }

    /// <summary>The znodes.</summary>
    public ZnodeTree Tree { get; }

    /// <summary>The watches.</summary>
    public ServerWatches Watches { get; } = new();

    /// <summary>Handles a frame of a client; answers and events are queued before this returns.</summary>
    /// <exception cref="InvalidDataException">It is malformed: the connection is to be closed.</exception>
    public void Receive(ServerConnection connection, byte[] frame)
    {
        lock (_lock)
        {
            JuteReader reader = new(frame);
            if (connection.Session is not { } session)
            {
                Greet(connection, ConnectRequest.Read(ref reader));
                return;
            }

            if (session.Connection == connection && _sessions.ContainsKey(session.Id))
            {
                session.HeardAt = _time.GetTimestamp();
                _requests.Handle(connection, session, ref reader);
            }
            else
            {
                connection.End();
            }
        }
    }

    /// <summary>A connection is gone; its session waits for another one.</summary>
    public void Disconnected(ServerConnection connection)
    {
        lock (_lock)
        {
            Watches.Forget(connection);
            if (connection.Session?.Connection == connection)
            {
                connection.Session.Connection = null;
            }
        }
    }

    /// <summary>Ends sessions that were silent for too long, and znodes whose time is over.</summary>
    public void Tick()
    {
        lock (_lock)
        {
            foreach (ServerSession session in _sessions.Values.ToArray())
            {
                if (_time.GetElapsedTime(session.HeardAt) > session.Timeout)
                {
                    EndSession(session);
                    session.Connection?.Abort();
                }
            }

            foreach (Znode node in Tree.All.Where(IsOver).ToArray())
            {
                Tree.Begin();
                Tree.Delete(node.Path, -1, _ => { });
                Tell(Tree.Commit());
            }
        }
    }

    /// <summary>Closes a session: its ephemerals go, watchers are told.</summary>
    public void EndSession(ServerSession session)
    {
        _sessions.Remove(session.Id);
        Tree.Begin();
        foreach (Znode node in Tree.All.Where(n => n.Owner == session.Id.Value).ToArray())
        {
            Tree.Delete(node.Path, -1, _ => { });
        }

        Tell(Tree.Commit());
    }

    /// <summary>Sends changes to whoever watches.</summary>
    public void Tell(IEnumerable<TreeChange> changes)
    {
        foreach ((ServerConnection connection, TreeChange change) in changes.SelectMany(Watches.Fire))
        {
            TellOne(connection, change);
        }
    }

    /// <summary>Sends one event to one connection.</summary>
    public static void TellOne(ServerConnection connection, TreeChange change) => connection.Send(
        new ReplyHeader(Xid.Event, change.Zxid, ErrorCode.Ok),
        new WatcherEvent((int)change.Type, SyncConnected, change.Path));

    /// <summary>The answer to a four-letter word; null when it is none that is known.</summary>
    public string? AnswerWord(string word)
    {
        lock (_lock)
        {
            int connections = _sessions.Values.Count(s => s.Connection is not null);
            int ephemerals = Tree.All.Count(n => n.IsEphemeral);
            string zxid = Tree.Zxid.ToString("x", CultureInfo.InvariantCulture);
            FormattableString? answer = word switch
            {
                "ruok" => $"imok",
                "srvr" or "stat" => $"""
                    Zookeeper version: 3.9 protocol, in memory
                    Connections: {connections}
                    Outstanding: 0
                    Zxid: 0x{zxid}
                    Mode: standalone
                    Node count: {Tree.Count}

                    """,
                "mntr" => $"""
                    zk_version	3.9 protocol, in memory
                    zk_server_state	standalone
                    zk_num_alive_connections	{connections}
                    zk_outstanding_requests	0
                    zk_znode_count	{Tree.Count}
                    zk_watch_count	{Watches.Count}
                    zk_ephemerals_count	{ephemerals}
                    zk_global_sessions	{_sessions.Count}

                    """,
                _ => null,
            };
            return answer is null ? null : FormattableString.Invariant(answer);
        }
    }

    /// <summary>A container goes once it has had children and has none; a znode with a time to live when nothing happened to it that long.</summary>
    private bool IsOver(Znode node) => node.Children.Count == 0
        && ((node.IsContainer && node.ChildrenCreated > 0)
            || (node.TimeToLive is { } ttl && Tree.NowMs() - node.ModifiedMs > ttl.TotalMilliseconds));

    private void Greet(ServerConnection connection, ConnectRequest request)
    {
        if (request.LastZxidSeen > Tree.Zxid)
        {
            connection.End(); // As the real server: the client knows more than this server does and must go elsewhere.
            return;
        }

        TimeSpan asked = TimeSpan.FromMilliseconds(request.TimeoutMs);
        TimeSpan timeout = asked < _tick * MinTimeoutTicks ? _tick * MinTimeoutTicks
            : asked > _tick * MaxTimeoutTicks ? _tick * MaxTimeoutTicks
            : asked;
        ServerSession? session = request.SessionId.IsNone ? NewSession(timeout) : Reattach(request, timeout);
        if (session is null)
        {
            connection.Send(new ConnectResponse(0, 0, SessionId.None, new byte[PasswordBytes], false));
            connection.End();
            return;
        }

        session.HeardAt = _time.GetTimestamp();
        session.Connection = connection;
        connection.Session = session;
        connection.Send(new ConnectResponse(0, (int)timeout.TotalMilliseconds, session.Id, session.Password, false));
    }

    private ServerSession NewSession(TimeSpan timeout)
    {
        Tree.Begin();
        Tree.Commit();
        // Positive and below the marks of containers and times to live.
        SessionId id = new(BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8)) & 0x00ff_ffff_ffff_ffff | 0x0100_0000_0000_0000);
        ServerSession session = new(id, RandomNumberGenerator.GetBytes(PasswordBytes), timeout);
        _sessions.Add(id, session);
        return session;
    }

    private ServerSession? Reattach(ConnectRequest request, TimeSpan timeout)
    {
        if (!_sessions.TryGetValue(request.SessionId, out ServerSession? session)
            || !session.Password.Span.SequenceEqual(request.Password.Span))
        {
            return null;
        }

        if (session.Connection is { } former)
        {
            Watches.Forget(former);
            former.Abort();
        }

        session.Timeout = timeout;
        return session;
    }
}
