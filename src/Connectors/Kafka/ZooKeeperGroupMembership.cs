using System.Threading.Channels;
using Lockstep.Contracts.Failover;
using Lockstep.Failover;
using Lockstep.ZooKeeper;
using Microsoft.Extensions.Logging;
using Session = Lockstep.ZooKeeper.SessionState;
using SessionState = Lockstep.Failover.SessionState;
using Standing = Lockstep.Failover.ElectionStanding;
using ZnodeStanding = Lockstep.ZooKeeper.ElectionStanding;

namespace Lockstep.Connectors.Kafka;

/// <summary>
/// A member's znode in an election under a path. One task owns session and znode and does what it is told in order. A session
/// that is over is followed by a new one; it is reported as expired once the ensemble answers again, and as suspended until
/// then: an ensemble that is gone altogether elects nobody. Used by engine groups and by publisher adapter groups.
/// </summary>
internal sealed partial class ZooKeeperGroupMembership : IGroupMembership, IAsyncDisposable
{
    /// <summary>Orders that may wait; more come only from a driver that has gone wild, which is an error.</summary>
    public const int OrderLimit = 10_000;

    private static readonly TimeSpan JoinTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryWait = TimeSpan.FromMilliseconds(100);

    private readonly MembershipOptions _options;
    private readonly MembershipOwner _owner;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<Func<CancellationToken, Task>> _orders =
        Channel.CreateBounded<Func<CancellationToken, Task>>(OrderLimit);

    private readonly Task _running;
    private ZnodeContent _content;
    private ZooKeeperClient? _client;
    private ElectionNode? _node;
    private bool _wanted;
    private int _candidates;
    private bool _expired;
    private string? _watched;

    /// <summary>A znode of this session that was given up and is not known to be gone; a join takes it over.</summary>
    private string? _left;

    public ZooKeeperGroupMembership(MembershipOptions options, MembershipOwner owner, TimeProvider time, ILogger logger)
    {
        (_options, _owner, _content) = (options, owner, options.Content);
        (_time, _logger) = (time, logger);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Full path of the own znode; null for none.</summary>
    public string? Znode { get; private set; }

    /// <summary>Full path of the znode before it; null for none.</summary>
    public string? Watched => Volatile.Read(ref _watched);

    /// <summary>The session is alive as far as known.</summary>
    public bool IsConnected => _client?.State == Session.Connected;

    public void Join() => Order(_ =>
    {
        _wanted = true;
        return Task.CompletedTask;
    });

    public void Leave() => Order(async stop =>
    {
        _wanted = false;
        await DropNodeAsync(delete: true, stop).ConfigureAwait(false);
    });

    public void Confirm(int attempt) => Order(async stop =>
    {
        var standing = await ReadStandingAsync(stop).ConfigureAwait(false);
        _owner.Report(new FailoverInput.LeadershipAnswered(attempt, standing ?? Standing.None) { Reason = WhyNone(standing) });
        if (standing is null && _node is { } node)
        {
            // The member takes that as not being elected. Its znode may stand first all the same, and nothing need ever change
            // there: who would tell it?
            AskAgain(node);
        }
    });

    public void Write(MemberRole role, Epoch epoch) => Order(async stop =>
    {
        _content = _content with { Role = role, Epoch = epoch.Value };
        if (_node is { } node && _client?.State == Session.Connected)
        {
            await TryAsync(() => node.SetDataAsync(Encode(), stop), stop).ConfigureAwait(false);
        }
    });

    /// <summary>What the other members' znodes say, in the order of the election; empty when coordination is away.</summary>
    public async Task<IReadOnlyList<ZnodeContent>> PeersAsync(CancellationToken cancellation)
    {
        IReadOnlyList<ZnodeContent> peers = [];
        if (_client is { State: Session.Connected } client)
        {
            await TryAsync(
                async () => peers = await MemberZnodes.ReadAsync(
                    client, _options.ParentPath, _content.Incarnation, cancellation).ConfigureAwait(false),
                cancellation).ConfigureAwait(false);
        }

        return peers;
    }

    /// <summary>Deletes the znode and closes the session.</summary>
    public async ValueTask DisposeAsync()
    {
        _orders.Writer.TryComplete();
        _stop.CancelAfter(JoinTimeout);
#pragma warning disable VSTHRD003 // Started by the constructor, on the pool; there is no context to lock up with.
        await _running.ConfigureAwait(false);
#pragma warning restore VSTHRD003
        _stop.Dispose();
    }

    private void Order(Func<CancellationToken, Task> order)
    {
        if (!_orders.Writer.TryWrite(order) && !_orders.Reader.Completion.IsCompleted && !_stop.IsCancellationRequested)
        {
            LogFailed(_logger, _options.ParentPath, "Too many orders wait; one was left out.");
        }
    }

    private async Task RunAsync()
    {
        try
        {
            StartSession();
            while (await _orders.Reader.WaitToReadAsync(_stop.Token).ConfigureAwait(false))
            {
                while (_orders.Reader.TryRead(out var order))
                {
                    await order(_stop.Token).ConfigureAwait(false);
                }

                await SettleAsync(_stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The time for an orderly end is over.
        }
#pragma warning disable CA1031 // Outermost edge of the task: handed to its owner, who ends.
        catch (Exception defect)
#pragma warning restore CA1031
        {
            _owner.OnDefect(defect);
        }

        await EndAsync().ConfigureAwait(false);
    }

    /// <summary>Brings session and znode to what is wanted.</summary>
    private async Task SettleAsync(CancellationToken stop)
    {
        if (_client!.State is Session.Expired or Session.Closed or Session.AuthFailed)
        {
            await DropNodeAsync(delete: false, stop).ConfigureAwait(false);
            _left = null;
            await _client.DisposeAsync().ConfigureAwait(false);
            _expired = true;
            StartSession();
        }

        if (_wanted && _node is null && _client.State == Session.Connected)
        {
            await JoinAsync(stop).ConfigureAwait(false);
        }
        else if (!_wanted)
        {
            await DeleteLeftAsync(stop).ConfigureAwait(false);
        }
    }

    private void StartSession()
    {
        var client = ZooKeeperClient.Start(
            new ZooKeeperOptions { ConnectString = _options.ConnectString, SessionTimeout = _options.SessionTimeout }, _time, _logger);
        _client = client;
        client.StateChanged += state => Order(_ => OnStateAsync(client, state));
        if (client.State == Session.Connected)
        {
            Order(_ => OnStateAsync(client, Session.Connected));
        }
    }

    private Task OnStateAsync(ZooKeeperClient client, Session state)
    {
        if (client != _client)
        {
            return Task.CompletedTask;
        }

        if (state == Session.Connected)
        {
            if (_expired)
            {
                _expired = false;
                _owner.Report(new FailoverInput.SessionChanged(SessionState.Expired));
            }

            _owner.OnSession(new ZooKeeperSession(client.SessionId.Value, Convert.ToBase64String(client.SessionPassword.Span)));
            _owner.Report(new FailoverInput.SessionChanged(SessionState.Connected));
        }
        else
        {
            _owner.Report(new FailoverInput.SessionChanged(SessionState.Suspended));
        }

        return Task.CompletedTask;
    }

    private async Task JoinAsync(CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(JoinTimeout);
        try
        {
            var node = await ElectionNode.JoinAsync(
                _client!, new ElectionOptions { ParentPath = _options.ParentPath, Prefix = ZnodePath.MemberPrefix },
                Encode(), _time, _logger, limit.Token).ConfigureAwait(false);
            (_node, _left) = (node, null);
            Znode = node.Path;
            LogCreated(_logger, node.Path);
            node.PredecessorGone += _owner.OnGone;
            node.PositionChanged += position => Order(_ => OnPositionAsync(node, position));
            await OnPositionAsync(node, node.Position).ConfigureAwait(false);
            await CountAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            Retry();
        }
        catch (ZooKeeperException away)
        {
            LogFailed(_logger, _options.ParentPath, away.Message);
            Retry();
        }
    }

    /// <summary>Looks again a moment later; the task ends by itself and only wakes the one that owns everything.</summary>
    private void Retry() => Later(_ => Task.CompletedTask);

    private void Later(Func<CancellationToken, Task> order) => _ = Task.Delay(RetryWait, _time, _stop.Token).ContinueWith(
        _ => Order(order), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);

    private async Task OnPositionAsync(ElectionNode node, ElectionPosition position)
    {
        if (node != _node)
        {
            return;
        }

        switch (position.Standing)
        {
            case ZnodeStanding.Standing:
                if (position.Predecessor is { } before && before != _watched)
                {
                    LogWatching(_logger, before);
                }

                Volatile.Write(ref _watched, position.Predecessor);
                Report(MemberZnodes.StandingOf(position));
                break;
            case ZnodeStanding.Missing:
                // Somebody deleted it: out of the election until the next one is made.
                await DropNodeAsync(delete: false, CancellationToken.None).ConfigureAwait(false);
                Report(Standing.None);
                break;
        }
    }

    /// <summary>Counts the candidates now and whenever one comes or goes.</summary>
    private async Task CountAsync(CancellationToken stop)
    {
        var client = _client!;
        if (_node is not { } node || client.State != Session.Connected)
        {
            return;
        }

        await TryAsync(
            async () =>
            {
                var children = await client.GetChildrenAsync(
                    _options.ParentPath, _ => Order(CountAsync), stop).ConfigureAwait(false);
                _candidates = children.Names.Count(n => n.StartsWith(ZnodePath.MemberPrefix, StringComparison.Ordinal));
                if (node == _node && node.Position.Standing == ZnodeStanding.Standing)
                {
                    Report(MemberZnodes.StandingOf(node.Position));
                }
            },
            stop).ConfigureAwait(false);
    }

    /// <summary>Reads and reports where a znode stands, a moment later, until that succeeds or the znode is given up.</summary>
    private void AskAgain(ElectionNode node) => Later(async stop =>
    {
        if (node != _node)
        {
            return;
        }

        if (await ReadStandingAsync(stop).ConfigureAwait(false) is { } standing)
        {
            Report(standing);
        }
        else
        {
            AskAgain(node);
        }
    });

    /// <summary>Null: it can't be read now.</summary>
    private async Task<Standing?> ReadStandingAsync(CancellationToken stop)
    {
        Standing? standing = _node is null ? Standing.None : null;
        if (_node is { } node && _client?.State == Session.Connected)
        {
            await TryAsync(async () => standing = MemberZnodes.StandingOf(await node.RefreshAsync(stop).ConfigureAwait(false)), stop).ConfigureAwait(false);
        }

        return standing;
    }

    /// <summary>What keeps this member from a place in the election; null: nothing that is known.</summary>
    private string? WhyNone(Standing? standing) => standing is null
        ? $"it does not answer (the session is {_client?.State.ToString().ToLowerInvariant() ?? "not there"})."
        : _node is null ? "the member's znode is gone." : null;

    private async Task DropNodeAsync(bool delete, CancellationToken stop)
    {
        if (_node is not { } node)
        {
            return;
        }

        _node = null;
        Znode = null;
        Volatile.Write(ref _watched, null);
        if (delete)
        {
            _left = node.Path;
            await DeleteLeftAsync(stop).ConfigureAwait(false);
        }

        await node.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>A znode that nobody stands behind holds up the election for as long as its session lives: deleted again and again.</summary>
    private async Task DeleteLeftAsync(CancellationToken stop)
    {
        if (_left is { } path && _client is { State: Session.Connected } client)
        {
            await TryAsync(
                async () =>
                {
                    await MemberZnodes.DeleteAsync(client, path, stop).ConfigureAwait(false);
                    _left = null;
                },
                stop).ConfigureAwait(false);
            if (_left is not null)
            {
                Retry();
            }
        }
    }

    private async Task EndAsync()
    {
        using var limit = new CancellationTokenSource(JoinTimeout);
        await DropNodeAsync(delete: true, limit.Token).ConfigureAwait(false);
        if (_client is { } client)
        {
            await client.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task TryAsync(Func<Task> call, CancellationToken stop)
    {
        try
        {
            await call().WaitAsync(JoinTimeout, _time, stop).ConfigureAwait(false);
        }
        catch (Exception away) when (away is ZooKeeperException or TimeoutException)
        {
            LogFailed(_logger, _options.ParentPath, away.Message);
        }
    }

    private void Report(Standing standing) =>
        _owner.Report(new FailoverInput.ElectionChanged(standing, Math.Max(_candidates, 1)));

    private byte[] Encode() => ZnodeContentCodec.Encode(_content);
}
