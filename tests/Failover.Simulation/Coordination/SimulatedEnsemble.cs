using System.Globalization;

namespace Lockstep.Failover.Simulation.Coordination;

/// <summary>What a znode is, for as long as it is there.</summary>
internal sealed record Znode(string Path, long Owner, string Content, long Czxid)
{
    /// <summary>The transaction that removed it.</summary>
    public long Dzxid { get; set; } = long.MaxValue;

    public bool IsSeenAt(long zxid) => Czxid <= zxid && zxid < Dzxid;
}

/// <summary>How a request ended.</summary>
internal enum EnsembleError
{
    None,
    NoNode,
    NodeExists,
    SessionExpired,

    /// <summary>Only the client says so: nobody knows whether the request was carried out.</summary>
    ConnectionLoss,
}

/// <summary>An answer that may get lost.</summary>
internal sealed record EnsembleAnswer(EnsembleError Error, string Path = "", long Czxid = 0, IReadOnlyList<Znode>? Nodes = null);

/// <summary>
/// ZooKeeper: one history of changes, and per session a server that is behind it until it is told to sync. Sessions end by ticks,
/// by closing, never while the ensemble is down. A watch tells once, before any answer that would show the change; it is lost
/// with the connection.
/// </summary>
internal sealed class SimulatedEnsemble(Schedule schedule)
{
    private readonly List<Znode> _nodes = [];
    private readonly Dictionary<string, int> _sequences = new(StringComparer.Ordinal);
    private readonly Dictionary<long, EnsembleSession> _sessions = [];
    private long _lastSession;

    /// <summary>Sessions are looked at this often; a time-out is rounded up to it.</summary>
    public long Tick { get; init; } = 50 * Schedule.Millisecond;

    public long LagMax { get; set; } = 3 * Schedule.Millisecond;

    public bool IsUp { get; private set; } = true;

    public long Zxid { get; private set; }

    /// <summary>Told of each new znode.</summary>
    public event Action<Znode>? Created;

    public IReadOnlyList<Znode> Nodes => _nodes;

    public void Stop() => IsUp = false;

    /// <summary>Up again: every session counts from the beginning, unless all are to be over.</summary>
    public void Start(bool expireAll)
    {
        IsUp = true;
        foreach (var session in _sessions.Values.ToArray())
        {
            session.Heard = schedule.Now;
            if (expireAll)
            {
                End(session.Id, "expired");
            }
        }
    }

    /// <summary>
    /// A session, new or attached again; null: it is over. A session has one connection: the one before is closed, whichever of
    /// the two its client believes in (an attach that the client gave up may arrive late).
    /// </summary>
    public EnsembleSession? Attach(long id, long timeout, Action<Action> deliver, Action close)
    {
        EnsembleSession? session;
        if (id == 0)
        {
            session = new EnsembleSession(++_lastSession, timeout);
            _sessions.Add(session.Id, session);
            CheckLater(session);
        }
        else if (!_sessions.TryGetValue(id, out session))
        {
            return null;
        }

        session.Close();
        session.Heard = schedule.Now;
        (session.Deliver, session.Close) = (deliver, close);
        session.Watches.Clear();
        session.Connection++;
        session.View = Math.Max(session.View, Zxid - schedule.Between(0, 2));
        return session;
    }

    public bool Touch(long id)
    {
        if (!_sessions.TryGetValue(id, out var session))
        {
            return false;
        }

        session.Heard = schedule.Now;
        return true;
    }

    /// <summary>The session ends now; its znodes go, and its connection is closed.</summary>
    public void End(long id, string why)
    {
        if (_sessions.Remove(id, out var session))
        {
            Say($"session {id} {why}");
            session.Close();
            foreach (var node in _nodes.Where(n => n.Owner == id && n.Dzxid == long.MaxValue).ToArray())
            {
                Remove(node);
            }
        }
    }

    public EnsembleAnswer Create(long session, string path, string content, bool sequential)
    {
        if (!Touch(session))
        {
            return new EnsembleAnswer(EnsembleError.SessionExpired);
        }

        var parent = path[..path.LastIndexOf('/')];
        if (sequential)
        {
            var number = _sequences.GetValueOrDefault(parent);
            _sequences[parent] = number + 1;
            path += number.ToString("D10", CultureInfo.InvariantCulture);
        }
        else if (_nodes.Exists(n => n.Path == path && n.Dzxid == long.MaxValue))
        {
            return new EnsembleAnswer(EnsembleError.NodeExists, path);
        }

        var node = new Znode(path, session, content, ++Zxid);
        _nodes.Add(node);
        Say($"created {path} of session {session}");
        Changed(session);
        Created?.Invoke(node);
        return new EnsembleAnswer(EnsembleError.None, path, node.Czxid);
    }

    public EnsembleAnswer Delete(long session, string path)
    {
        if (!Touch(session))
        {
            return new EnsembleAnswer(EnsembleError.SessionExpired);
        }

        if (_nodes.Find(n => n.Path == path && n.Dzxid == long.MaxValue) is not { } node)
        {
            return new EnsembleAnswer(EnsembleError.NoNode, path);
        }

        Remove(node);
        See(_sessions[session], Zxid);
        return new EnsembleAnswer(EnsembleError.None, path);
    }

    /// <summary>The session's server catches up.</summary>
    public EnsembleAnswer Sync(long session)
    {
        if (!Touch(session))
        {
            return new EnsembleAnswer(EnsembleError.SessionExpired);
        }

        See(_sessions[session], Zxid);
        return new EnsembleAnswer(EnsembleError.None);
    }

    /// <summary>The children of a path as the session's server knows them, and perhaps a watch on them.</summary>
    public EnsembleAnswer Children(long session, string parent, Action? watch) => Look(session, s =>
    {
        if (watch is not null)
        {
            s.Watches[(parent, true)] = watch;
        }

        return new EnsembleAnswer(EnsembleError.None, parent, 0, [.. _nodes.Where(n => IsChild(n, parent) && n.IsSeenAt(s.View))]);
    });

    /// <summary>A znode as the session's server knows it (an empty list: it is not there), and perhaps a watch on it.</summary>
    public EnsembleAnswer Exists(long session, string path, Action? watch) => Look(session, s =>
    {
        if (watch is not null)
        {
            s.Watches[(path, false)] = watch;
        }

        return new EnsembleAnswer(EnsembleError.None, path, 0, [.. _nodes.Where(n => n.Path == path && n.IsSeenAt(s.View))]);
    });

    /// <summary>The parent is deleted and made anew: possible while it has no children; numbers restart.</summary>
    public void RestartSequence(string parent)
    {
        if (!_nodes.Exists(n => IsChild(n, parent) && n.Dzxid == long.MaxValue))
        {
            _sequences.Remove(parent);
            Say($"{parent} was made anew");
        }
    }

    private EnsembleAnswer Look(long session, Func<EnsembleSession, EnsembleAnswer> look) =>
        Touch(session) ? look(_sessions[session]) : new EnsembleAnswer(EnsembleError.SessionExpired);

    private static bool IsChild(Znode node, string parent) =>
        node.Path.StartsWith(parent, StringComparison.Ordinal) && node.Path.LastIndexOf('/') == parent.Length;

    private void Remove(Znode node)
    {
        node.Dzxid = ++Zxid;
        Say($"removed {node.Path}");
        Changed(writer: 0);
    }

    /// <summary>Each session's server hears of a change in its own time; the one that wrote it at once.</summary>
    private void Changed(long writer)
    {
        var zxid = Zxid;
        foreach (var session in _sessions.Values.ToArray())
        {
            if (session.Id == writer)
            {
                See(session, zxid);
            }
            else
            {
                schedule.After(schedule.Between(50, LagMax), () => See(session, zxid));
            }
        }
    }

    private void See(EnsembleSession session, long zxid)
    {
        var before = session.View;
        if (zxid <= before)
        {
            return;
        }

        session.View = zxid;
        foreach (var node in _nodes)
        {
            var made = node.Czxid > before && node.Czxid <= zxid;
            var gone = node.Dzxid > before && node.Dzxid <= zxid;
            if (made || gone)
            {
                Fire(session, (node.Path, false));
                Fire(session, (node.Path[..node.Path.LastIndexOf('/')], true));
            }
        }
    }

    private static void Fire(EnsembleSession session, (string, bool) watched)
    {
        if (session.Watches.Remove(watched, out var tell))
        {
            session.Deliver(tell);
        }
    }

    private void CheckLater(EnsembleSession session)
    {
        var due = session.Heard + session.Timeout;
        due = (due + Tick - 1) / Tick * Tick;
        schedule.After(due - schedule.Now, () =>
        {
            if (!_sessions.ContainsKey(session.Id))
            {
                return;
            }

            if (!IsUp)
            {
                session.Heard = schedule.Now;
            }

            if (schedule.Now - session.Heard >= session.Timeout)
            {
                End(session.Id, "expired");
            }
            else
            {
                CheckLater(session);
            }
        });
    }

    private void Say(string what)
    {
        if (schedule.Trace.IsOn)
        {
            schedule.Trace.Say(schedule.Now, "zookeeper", what);
        }
    }
}

/// <summary>A session as the ensemble keeps it.</summary>
internal sealed class EnsembleSession(long id, long timeout)
{
    public long Id { get; } = id;

    public long Timeout { get; } = timeout;

    public long Heard { get; set; }

    /// <summary>How far the server that it is connected to has followed the changes.</summary>
    public long View { get; set; }

    /// <summary>The number of its connection.</summary>
    public int Connection { get; set; }

    /// <summary>Sends an event down the connection, behind everything sent before.</summary>
    public Action<Action> Deliver { get; set; } = _ => { };

    /// <summary>Closes the connection.</summary>
    public Action Close { get; set; } = () => { };

    /// <summary>Watches by path; true: on its children.</summary>
    public Dictionary<(string Path, bool Children), Action> Watches { get; } = [];
}
