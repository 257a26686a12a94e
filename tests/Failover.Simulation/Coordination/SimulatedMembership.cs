using Lockstep.Contracts.Failover;

namespace Lockstep.Failover.Simulation.Coordination;

/// <summary>
/// A member's znode in the election, by the rules of the real one: one task does what it is told in order, another looks; a
/// session that is over is followed by a new one and reported as expired once the ensemble answers again; a znode of this session
/// that a lost answer left behind is found by its owner.
/// </summary>
internal sealed class SimulatedMembership : IGroupMembership
{
    public const string Parent = "/g";
    private const long RetryWait = 30 * Schedule.Millisecond;
    private const long CallLimit = 300 * Schedule.Millisecond;
    private readonly Process _owner;
    private readonly Link _link;
    private readonly SimulatedEnsemble _ensemble;
    private readonly long _timeout;
    private readonly string _name;
    private readonly Action<FailoverInput> _report;
    private readonly Action<long> _onSession;
    private readonly Queue<Func<Task>> _orders = new();
    private SimulatedSession _session = null!;
    private ElectionNode? _node;
    private string? _left;
    private bool _mayHaveCreated;
    private bool _busy;
    private bool _wanted;
    private bool _expired;
    private int _candidates;

    public SimulatedMembership(
        Process owner, Link link, SimulatedEnsemble ensemble, long timeout, string name,
        Action<FailoverInput> report, Action<long> onSession)
    {
        (_owner, _link, _ensemble, _timeout, _name) = (owner, link, ensemble, timeout, name);
        (_report, _onSession) = (report, onSession);
        StartSession();
    }

    public bool IsConnected => _session.IsConnected;

    public void Join() => Order(() =>
    {
        _wanted = true;
        return Task.CompletedTask;
    });

    public void Leave() => Order(async () =>
    {
        _wanted = false;
        if (_node is { } node)
        {
            _node = null;
            node.Dispose();
            _left = node.Path;
            await DeleteLeftAsync();
        }
    });

    public void Confirm(int attempt) => Order(async () =>
    {
        var standing = await ReadStandingAsync();
        _report(new FailoverInput.LeadershipAnswered(attempt, standing ?? ElectionStanding.None));
        if (standing is null && _node is { } node)
        {
            AskAgain(node);
        }
    });

    public void Write(MemberRole role, Epoch epoch)
    {
        // What a znode says is information only; nobody here reads it.
    }

    /// <summary>The other members' names, in the order of the election; empty when coordination is away.</summary>
    public async Task<IReadOnlyList<string>> PeersAsync()
    {
        if (!_session.IsConnected || await LimitAsync(_session.ChildrenAsync(Parent, null)) is not { Nodes: { } nodes })
        {
            return [];
        }

        return [.. nodes.OrderBy(n => n.Path, StringComparer.Ordinal).Select(n => n.Content).Where(n => n != _name).Distinct()];
    }

    /// <summary>Deletes the znode and closes the session.</summary>
    public void End()
    {
        _node?.Dispose();
        _node = null;
        _session.Close();
    }

    private void Order(Func<Task> order)
    {
        _orders.Enqueue(order);
        if (!_busy)
        {
            _busy = true;
            _owner.Post(_owner.Schedule.Between(5, 100), () => _owner.Schedule.Observe(WorkAsync()));
        }
    }

    private async Task WorkAsync()
    {
        while (_orders.TryDequeue(out var order))
        {
            await order();
            await SettleAsync();
        }

        _busy = false;
    }

    private async Task SettleAsync()
    {
        if (_session.IsOver)
        {
            _node?.Dispose();
            (_node, _left, _mayHaveCreated) = (null, null, false);
            _expired = true;
            StartSession();
        }

        if (_wanted && _node is null && _session.IsConnected)
        {
            await JoinAsync();
        }
        else if (!_wanted)
        {
            await DeleteLeftAsync();
        }
    }

    /// <summary>A znode that nobody stands behind holds up the election for as long as its session lives.</summary>
    private async Task DeleteLeftAsync()
    {
        if (!_session.IsConnected)
        {
            return;
        }

        if (_mayHaveCreated && await LimitAsync(ElectionNode.FindOwnAsync(_session)) is { Error: EnsembleError.None } found)
        {
            (_left, _mayHaveCreated) = (found.Path.Length == 0 ? _left : found.Path, false);
        }

        if (_left is { } path && await LimitAsync(_session.DeleteAsync(path)) is { Error: EnsembleError.None or EnsembleError.NoNode })
        {
            _left = null;
        }

        if (_left is not null || _mayHaveCreated)
        {
            _owner.Post(RetryWait, () => Order(() => Task.CompletedTask));
        }
    }

    private void StartSession()
    {
        var session = new SimulatedSession(_owner, _link, _ensemble, _timeout);
        _session = session;
        session.StateChanged += state => Order(() =>
        {
            OnState(session, state);
            return Task.CompletedTask;
        });
    }

    private void OnState(SimulatedSession session, SessionState state)
    {
        if (session != _session)
        {
            return;
        }

        if (state == SessionState.Connected)
        {
            if (_expired)
            {
                _expired = false;
                _report(new FailoverInput.SessionChanged(SessionState.Expired));
            }

            _onSession(session.Id);
            _report(new FailoverInput.SessionChanged(SessionState.Connected));
            _node?.LookAgain();
        }
        else
        {
            _report(new FailoverInput.SessionChanged(SessionState.Suspended));
        }
    }

    private async Task JoinAsync()
    {
        var node = await ElectionNode.JoinAsync(_owner, _session, _name);
        if (node is null)
        {
            _mayHaveCreated = true;
            _owner.Post(RetryWait, () => Order(() => Task.CompletedTask));
            return;
        }

        (_node, _left, _mayHaveCreated) = (node, null, false);
        node.Changed += standing => Order(() =>
        {
            OnStanding(node, standing);
            return Task.CompletedTask;
        });
        OnStanding(node, node.Standing);
        await CountAsync();
    }

    private void OnStanding(ElectionNode node, ElectionStanding? standing)
    {
        if (node != _node || standing is null)
        {
            return;
        }

        if (standing == ElectionStanding.None)
        {
            _node = null;
            node.Dispose();
        }

        Report(standing.Value);
    }

    private void AskAgain(ElectionNode node) => _owner.Post(RetryWait, () => Order(async () =>
    {
        if (node != _node)
        {
            return;
        }

        if (await ReadStandingAsync() is { } standing)
        {
            Report(standing);
        }
        else
        {
            AskAgain(node);
        }
    }));

    /// <summary>Null: it can't be read now.</summary>
    private async Task<ElectionStanding?> ReadStandingAsync() => _node is not { } node
        ? ElectionStanding.None
        : _session.IsConnected ? await LimitAsync(node.RefreshAsync()) : null;

    private async Task CountAsync()
    {
        if (_node is not { } node || !_session.IsConnected)
        {
            return;
        }

        var children = await LimitAsync(_session.ChildrenAsync(Parent, () => Order(CountAsync)));
        if (children?.Nodes is { } nodes)
        {
            _candidates = nodes.Count;
            if (node == _node && node.Standing is { } standing)
            {
                Report(standing);
            }
        }
    }

    private void Report(ElectionStanding standing) =>
        _report(new FailoverInput.ElectionChanged(standing, Math.Max(_candidates, 1)));

    private async Task<T?> LimitAsync<T>(Task<T> call) => await Task.WhenAny(call, _owner.WaitAsync(CallLimit)) == call
        ? await call
        : default;
}
