namespace Lockstep.Failover.Simulation.Coordination;

/// <summary>
/// An ephemeral sequential znode that knows where it stands, by the rules of the real one: sync, list, watch the own znode and
/// the one before it; look again when a watch fires or the client has connected anew.
/// </summary>
internal sealed class ElectionNode
{
    private const string Prefix = SimulatedMembership.Parent + "/server-n_";
    private const long RetryWait = 20 * Schedule.Millisecond;
    private readonly Process _owner;
    private readonly SimulatedSession _session;
    private readonly long _czxid;
    private bool _looks;
    private bool _again;
    private bool _disposed;

    private ElectionNode(Process owner, SimulatedSession session, string path, long czxid) =>
        (_owner, _session, Path, _czxid) = (owner, session, path, czxid);

    public event Action<ElectionStanding?>? Changed;

    public string Path { get; }

    /// <summary>Null: unsure.</summary>
    public ElectionStanding? Standing { get; private set; }

    /// <summary>Null: not now.</summary>
    public static async Task<ElectionNode?> JoinAsync(Process owner, SimulatedSession session, string name)
    {
        var found = await FindOwnAsync(session);
        if (found.Error != EnsembleError.None)
        {
            return null;
        }

        if (found.Path.Length == 0)
        {
            found = await session.CreateAsync(Prefix, name, sequential: true);
        }

        if (found.Error != EnsembleError.None)
        {
            return null;
        }

        var node = new ElectionNode(owner, session, found.Path, found.Czxid);
        node.Standing = await node.ReadAsync(watched: true);
        node.LookAgain();
        return node;
    }

    public void LookAgain()
    {
        if (_looks)
        {
            _again = true;
        }
        else if (!_disposed)
        {
            _looks = true;
            _owner.Schedule.Observe(LookAsync());
        }
    }

    /// <summary>Reads the standing after everything that was committed by now; null: unsure.</summary>
    public async Task<ElectionStanding?> RefreshAsync()
    {
        if ((await _session.SyncAsync()).Error != EnsembleError.None)
        {
            return null;
        }

        var read = await ReadAsync(watched: false);
        if (read != Standing)
        {
            LookAgain();
        }

        return read;
    }

    public void Dispose() => _disposed = true;

    /// <summary>A znode of this session, left by a create whose answer was lost: the lowest is kept.</summary>
    public static async Task<EnsembleAnswer> FindOwnAsync(SimulatedSession session)
    {
        var synced = await session.SyncAsync();
        var children = synced.Error == EnsembleError.None
            ? await session.ChildrenAsync(SimulatedMembership.Parent, null)
            : synced;
        if (children.Error != EnsembleError.None)
        {
            return children;
        }

        EnsembleAnswer? own = null;
        foreach (var node in children.Nodes!.Where(n => n.Owner == session.Id).OrderBy(n => n.Path, StringComparer.Ordinal))
        {
            if (own is not null)
            {
                await session.DeleteAsync(node.Path);
            }

            own ??= new EnsembleAnswer(EnsembleError.None, node.Path, node.Czxid);
        }

        return own ?? new EnsembleAnswer(EnsembleError.None);
    }

    private async Task LookAsync()
    {
        do
        {
            _again = false;
            if (!_session.IsConnected)
            {
                break;
            }

            var connection = _session.Connections;
            var synced = await _session.SyncAsync();
            var read = synced.Error == EnsembleError.None ? await ReadAsync(watched: true) : null;
            if (_disposed || _session.IsOver)
            {
                break;
            }

            if (read is null)
            {
                await _owner.WaitAsync(RetryWait);
                _again = true;
            }
            else if (read != Standing && connection == _session.Connections)
            {
                Standing = read;
                Changed?.Invoke(read);
            }
        }
        while (_again && !_disposed);
        _looks = false;
    }

    private async Task<ElectionStanding?> ReadAsync(bool watched)
    {
        Action? watch = watched ? LookAgain : null;
        while (true)
        {
            var children = await _session.ChildrenAsync(SimulatedMembership.Parent, null);
            if (children.Error != EnsembleError.None)
            {
                return null;
            }

            string[] line = [.. children.Nodes!.Select(n => n.Path).Order(StringComparer.Ordinal)];
            var rank = Array.IndexOf(line, Path);
            var own = await _session.ExistsAsync(Path, watch);
            if (own.Error != EnsembleError.None)
            {
                return null;
            }

            if (rank < 0 || own.Nodes is not [var node] || node.Czxid != _czxid || node.Owner != _session.Id)
            {
                return ElectionStanding.None;
            }

            if (rank == 0)
            {
                return ElectionStanding.First;
            }

            var before = await _session.ExistsAsync(line[rank - 1], watch);
            if (before.Error != EnsembleError.None)
            {
                return null;
            }

            if (before.Nodes is [_])
            {
                return ElectionStanding.Waiting;
            }
        }
    }
}
