using Lockstep.Connectors.Kafka;
using Lockstep.Contracts.Failover;
using Lockstep.Failover;
using Microsoft.Extensions.Logging;
using ElectionStanding = Lockstep.Failover.ElectionStanding;
using SessionState = Lockstep.Failover.SessionState;

namespace Lockstep.Connectors.Adapters;

/// <summary>
/// A publisher adapter's place in its group's election, for the adapter's whole life. Says when it is its turn, and when a
/// turn is over.
/// <code>
/// WaitForTurn -> elected                                  -> over: session expired, znode gone, another first
///             -> emergency: no coordination, work waits   -> over: the ensemble is back and another is first
/// </code>
/// An ensemble that is out of reach elects nobody: a turn goes on without it, as an engine's does (docs/failover.md).
/// </summary>
internal sealed class AdapterElection : IAsyncDisposable
{
    /// <summary>Session time-out that is asked for; the server bounds it by its tick time.</summary>
    public static readonly TimeSpan SessionTimeout = TimeSpan.FromSeconds(1);

    private readonly ZooKeeperGroupMembership _membership;
    private readonly Action<ZooKeeperSession> _onSession;
    private readonly Action<AdapterElection> _onChange;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = NewSignal();
    private CancellationTokenSource? _term;
    private SessionState _session = SessionState.Suspended;
    private ElectionStanding _standing = ElectionStanding.None;
    private bool _emergency;
    private Exception? _defect;
    private int _leaving;

    /// <summary>Opens a session and stands for election.</summary>
    /// <param name="zooKeeper">The servers.</param>
    /// <param name="parent">Parent of the candidates.</param>
    /// <param name="content">First content of the own znode.</param>
    /// <param name="context">For time and log.</param>
    /// <param name="onChange">Told of each change of place or connection; must return at once.</param>
    public AdapterElection(
        string zooKeeper, string parent, ZnodeContent content, ConnectorContext context, Action<AdapterElection> onChange)
    {
        _onSession = context.OnSession;
        _onChange = onChange;
        _time = context.Time;
        lock (_lock)
        {
            // What it says waits for the lock, and so for the field.
            _membership = new ZooKeeperGroupMembership(
                new MembershipOptions(zooKeeper, SessionTimeout, parent, content),
                new MembershipOwner(Take, context.OnSession, OnGone: () => { }, Fail), context.Time,
                context.Loggers.CreateLogger<ZooKeeperGroupMembership>());
        }

        _membership.Join();
    }

    /// <summary>Full path of the own znode; null for none.</summary>
    public string? Path => _membership.Znode;

    /// <summary>Full path of the znode before it; null for none.</summary>
    public string? Predecessor => _membership.Watched;

    /// <summary>True while a server answers.</summary>
    public bool IsConnected => _membership.IsConnected;

    /// <summary>Candidates, this one among them, as far as known; 1 when coordination is away.</summary>
    public int Candidates { get; private set; } = 1;

    /// <summary>Waits until it is this member's turn.</summary>
    /// <param name="work">Asked while coordination is away.</param>
    /// <param name="waits">Told before each wait: it is another's turn, or nobody's.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>The token tells when the turn is over; it counts until the next call.</returns>
    /// <exception cref="InvalidOperationException">A defect has ended this member's part in the election.</exception>
    public async Task<AdapterTurn> WaitForTurnAsync(AbandonedWork work, Action waits, CancellationToken stop)
    {
        while (true)
        {
            Task changed;
            bool isConnected;
            lock (_lock)
            {
                if (_defect is { } defect)
                {
                    throw new InvalidOperationException("The adapter's part in the election failed.", defect);
                }

                changed = _changed.Task;
                isConnected = _session == SessionState.Connected;
                if (_standing == ElectionStanding.First && isConnected)
                {
                    return Begin(emergency: false);
                }
            }

            waits();
            if (isConnected)
            {
                work.Forget();
                await changed.WaitAsync(stop).ConfigureAwait(false);
            }
            else if (await work.WaitsAsync(stop).ConfigureAwait(false))
            {
                lock (_lock)
                {
                    if (_session != SessionState.Connected)
                    {
                        return Begin(emergency: true);
                    }
                }
            }
            else
            {
                await Task.WhenAny(changed, Task.Delay(AbandonedWork.Look, _time, stop)).ConfigureAwait(false);
                stop.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>Gives up the znode; the next in line hears at once.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            // What the old znode still says no longer counts; the answer to Confirm comes after all of it.
            _leaving++;
            _standing = ElectionStanding.None;
        }

        _membership.Leave();
        _membership.Confirm(0);
    }

    /// <summary>Stands for election again, at the end of the line.</summary>
    public void Rejoin() => _membership.Join();

    /// <summary>Writes the znode's content; information only.</summary>
    public void Write(MemberRole role, long epoch) => _membership.Write(role, new Epoch(epoch));

    /// <summary>Gives up the znode and closes the session.</summary>
    public async ValueTask DisposeAsync()
    {
        await _membership.DisposeAsync().ConfigureAwait(false);
        _onSession(ZooKeeperSession.None);
        lock (_lock)
        {
            _term?.Dispose();
            _term = null;
        }
    }

    private AdapterTurn Begin(bool emergency)
    {
        _term?.Dispose();
        _term = new CancellationTokenSource();
        _emergency = emergency;
        return new AdapterTurn(emergency, _term.Token);
    }

    /// <summary>Called by the membership's task, one at a time.</summary>
    private void Take(FailoverInput input)
    {
        lock (_lock)
        {
            switch (input)
            {
                case FailoverInput.LeadershipAnswered:
                    _leaving--;
                    break;
                case FailoverInput.SessionChanged { Session: var session }:
                    TakeSession(session);
                    break;
                case FailoverInput.ElectionChanged election when _leaving == 0:
                    TakeStanding(election);
                    break;
            }

            Wake();
        }

        _onChange(this);
    }

    private void Fail(Exception defect)
    {
        lock (_lock)
        {
            _defect = defect;
            _term?.Cancel();
            Wake();
        }
    }

    /// <summary>Lets whoever waits look again. Under the lock: what waits goes on elsewhere.</summary>
    private void Wake()
    {
        _changed.TrySetResult();
        _changed = NewSignal();
    }

    private void TakeSession(SessionState session)
    {
        _session = session;
        if (session != SessionState.Connected)
        {
            Candidates = 1;
        }

        if (session == SessionState.Expired)
        {
            // The ensemble answers again and has forgotten this member: another may have been elected.
            _standing = ElectionStanding.None;
            if (!_emergency)
            {
                _term?.Cancel();
            }
        }
    }

    private void TakeStanding(FailoverInput.ElectionChanged election)
    {
        (_standing, Candidates) = (election.Standing, election.Candidates);
        if (_standing == ElectionStanding.First)
        {
            _emergency = false;
        }
        else
        {
            _term?.Cancel();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
