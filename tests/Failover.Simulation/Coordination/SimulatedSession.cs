namespace Lockstep.Failover.Simulation.Coordination;

/// <summary>
/// A ZooKeeper client: one session over one connection after the other. Requests and answers of a connection keep their order; a
/// message that gets lost breaks it, and what was asked over it has no clear end. Hears nothing for 4/3 of the time-out: counts
/// the session as over, whatever the ensemble thinks.
/// </summary>
internal sealed class SimulatedSession
{
    private readonly Process _owner;
    private readonly Link _link;
    private readonly SimulatedEnsemble _ensemble;
    private readonly long _timeout;
    private readonly HashSet<TaskCompletionSource<EnsembleAnswer>> _pending = [];
    private Connection? _connection;
    private long _heard;

    public SimulatedSession(Process owner, Link link, SimulatedEnsemble ensemble, long timeout)
    {
        (_owner, _link, _ensemble, _timeout) = (owner, link, ensemble, timeout);
        _heard = owner.Schedule.Now;
        owner.Schedule.Observe(LiveAsync());
    }

    public event Action<SessionState>? StateChanged;

    /// <summary>0: none yet.</summary>
    public long Id { get; private set; }

    public bool IsConnected => _connection is not null && !IsOver;

    public bool IsOver { get; private set; }

    /// <summary>Grows with each connection.</summary>
    public int Connections { get; private set; }

    public Task<EnsembleAnswer> CreateAsync(string path, string content, bool sequential) =>
        CallAsync(() => _ensemble.Create(Id, path, content, sequential));

    public Task<EnsembleAnswer> DeleteAsync(string path) => CallAsync(() => _ensemble.Delete(Id, path));

    public Task<EnsembleAnswer> SyncAsync() => CallAsync(() => _ensemble.Sync(Id));

    public Task<EnsembleAnswer> ChildrenAsync(string parent, Action? watch) =>
        CallAsync(() => _ensemble.Children(Id, parent, watch));

    public Task<EnsembleAnswer> ExistsAsync(string path, Action? watch) => CallAsync(() => _ensemble.Exists(Id, path, watch));

    /// <summary>Ends the session in order.</summary>
    public void Close()
    {
        if (_connection is { } connection)
        {
            connection.Out(() => _ensemble.End(Id, "closed"));
        }

        Over();
    }

    private async Task LiveAsync()
    {
        while (!IsOver)
        {
            if (_connection is null)
            {
                await ConnectAsync();
            }
            else
            {
                await _owner.WaitAsync(_timeout / 3);
                Ping();
            }

            if (!IsOver && _owner.Schedule.Now - _heard >= _timeout * 4 / 3)
            {
                Over();
                StateChanged?.Invoke(SessionState.Expired);
            }
            else if (_connection is not null && _owner.Schedule.Now - _heard >= _timeout * 2 / 3)
            {
                Drop();
            }
        }
    }

    private async Task ConnectAsync()
    {
        var connection = new Connection(_owner, _link, this);
        var (known, answered) = (Id, new TaskCompletionSource<EnsembleSession?>());
        var refused = false;
        connection.Out(() =>
        {
            var session = _ensemble.Attach(known, _timeout, connection.In, connection.CloseByServer);
            connection.In(() =>
            {
                refused = session is null;
                answered.TrySetResult(session);
            });
        });
        _owner.Post(_timeout / 3, () => answered.TrySetResult(null));
        var attached = await answered.Task;
        if (IsOver)
        {
            return;
        }

        if (refused)
        {
            Over();
            StateChanged?.Invoke(SessionState.Expired);
        }
        else if (attached is null || connection.IsBroken)
        {
            await _owner.WaitAsync(_owner.Schedule.Between(Schedule.Millisecond, 20 * Schedule.Millisecond));
        }
        else
        {
            (_connection, Id, _heard) = (connection, attached.Id, _owner.Schedule.Now);
            Connections++;
            StateChanged?.Invoke(SessionState.Connected);
        }
    }

    private void Ping()
    {
        var (connection, id) = (_connection, Id);
        connection?.Out(() =>
        {
            if (_ensemble.Touch(id))
            {
                connection.In(() => { });
            }
        });
    }

    private async Task<EnsembleAnswer> CallAsync(Func<EnsembleAnswer> serve)
    {
        if (IsOver || _connection is not { } connection)
        {
            return new EnsembleAnswer(IsOver ? EnsembleError.SessionExpired : EnsembleError.ConnectionLoss);
        }

        var call = new TaskCompletionSource<EnsembleAnswer>();
        _pending.Add(call);
        connection.Out(() =>
        {
            var answer = serve();
            connection.In(() => call.TrySetResult(answer));
        });
        var said = await call.Task;
        _pending.Remove(call);
        if (said.Error == EnsembleError.SessionExpired && !IsOver)
        {
            Over();
            StateChanged?.Invoke(SessionState.Expired);
        }

        return said;
    }

    private void Drop()
    {
        if (_connection is null)
        {
            return;
        }

        _connection.IsBroken = true;
        _connection = null;
        Fail();
        StateChanged?.Invoke(SessionState.Suspended);
    }

    private void Over()
    {
        IsOver = true;
        if (_connection is { } connection)
        {
            connection.IsBroken = true;
        }

        _connection = null;
        Fail();
    }

    private void Fail()
    {
        foreach (var call in _pending.ToArray())
        {
            call.TrySetResult(new EnsembleAnswer(EnsembleError.ConnectionLoss));
        }
    }

    /// <summary>One connection: order is kept both ways, and after a loss nothing comes through.</summary>
    private sealed class Connection(Process owner, Link link, SimulatedSession session)
    {
        private long _lastOut;
        private long _lastIn;
        private bool _reset;

        public bool IsBroken { get; set; }

        public void Out(Action arrives)
        {
            if (IsBroken || Resets(link.IsCutOut))
            {
                return;
            }

            _lastOut = Math.Max(_lastOut + 1, owner.Schedule.Now + link.Delay());
            owner.Schedule.After(_lastOut - owner.Schedule.Now, () =>
            {
                if (!Resets(link.IsCutOut))
                {
                    Serve(arrives);
                }
            });
        }

        public void In(Action arrives)
        {
            if (IsBroken || Resets(link.IsCutIn))
            {
                return;
            }

            _lastIn = Math.Max(_lastIn + 1, owner.Schedule.Now + link.Delay());
            owner.Schedule.After(_lastIn - owner.Schedule.Now, () => owner.Run(() =>
            {
                if (!IsBroken && !Resets(link.IsCutIn))
                {
                    session._heard = owner.Schedule.Now;
                    arrives();
                }
            }));
        }

        /// <summary>The client notices a moment later; with a cut line only when it hears nothing.</summary>
        public void CloseByServer()
        {
            if (!Resets(link.IsCutIn))
            {
                Reset();
            }
        }

        /// <summary>
        /// A lost message breaks the connection. The client notices a moment later; with a cut line only when it hears nothing.
        /// </summary>
        private bool Resets(bool isCut)
        {
            if (_reset)
            {
                return true;
            }

            if (isCut)
            {
                _reset = true;
            }
            else if (link.IsLost())
            {
                Reset();
            }

            return _reset;
        }

        /// <summary>A server that is down breaks the connection too.</summary>
        private void Serve(Action arrives)
        {
            if (session._ensemble.IsUp)
            {
                arrives();
            }
            else
            {
                Reset();
            }
        }

        private void Reset()
        {
            _reset = true;
            owner.Post(link.Delay(), () =>
            {
                if (session._connection == this)
                {
                    session.Drop();
                }
            });
        }
    }
}
