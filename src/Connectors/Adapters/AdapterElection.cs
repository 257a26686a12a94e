using Lockstep.ZooKeeper;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Adapters;

/// <summary>
/// One candidacy of a publisher adapter: a session of its own and an election znode under it. Over when the session or the
/// znode is; a new candidacy then stands at the end of the line.
/// </summary>
internal sealed class AdapterElection : IAsyncDisposable
{
    /// <summary>Session time-out that is asked for; the server bounds it by its tick time.</summary>
    public static readonly TimeSpan SessionTimeout = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan ResignLimit = TimeSpan.FromSeconds(1);

    private readonly ZooKeeperClient _client;
    private readonly ElectionNode _node;
    private readonly Action<ZooKeeperSession> _onSession;
    private readonly Action<AdapterElection> _onChange;
    private readonly TaskCompletionSource<bool> _turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _over = new();

    private AdapterElection(
        ZooKeeperClient client, ElectionNode node, Action<ZooKeeperSession> onSession, Action<AdapterElection> onChange)
    {
        _client = client;
        _node = node;
        _onSession = onSession;
        _onChange = onChange;
        Over = _over.Token;
    }

    /// <summary>Cancelled when this candidacy is over: session expired, znode gone, or somebody before it.</summary>
    public CancellationToken Over { get; }

    /// <summary>Full path of the own znode.</summary>
    public string Path => _node.Path;

    /// <summary>Full path of the znode before it; null for none.</summary>
    public string? Predecessor => _node.Position.Predecessor;

    /// <summary>True while a server answers.</summary>
    public bool IsConnected => _client.State == SessionState.Connected;

    /// <summary>Opens a session and stands for election.</summary>
    /// <param name="options">The servers.</param>
    /// <param name="parent">Parent of the candidates.</param>
    /// <param name="content">First content of the own znode.</param>
    /// <param name="context">For time and log.</param>
    /// <param name="onChange">Told of each change of place or connection; must return at once.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ZooKeeperException">The session ended before it stood, or access is refused.</exception>
    public static async Task<AdapterElection> JoinAsync(
        ZooKeeperOptions options,
        string parent,
        byte[] content,
        ConnectorContext context,
        Action<AdapterElection> onChange,
        CancellationToken cancellation)
    {
        var client = ZooKeeperClient.Start(options, context.Time, context.Loggers.CreateLogger<ZooKeeperClient>());
        try
        {
            var node = await ElectionNode.JoinAsync(
                client,
                new ElectionOptions { ParentPath = parent },
                content,
                context.Time,
                context.Loggers.CreateLogger<ElectionNode>(),
                cancellation).ConfigureAwait(false);
            context.OnSession(new ZooKeeperSession(client.SessionId.Value, Convert.ToBase64String(client.SessionPassword.Span)));
            var election = new AdapterElection(client, node, context.OnSession, onChange);
            client.StateChanged += election.OnState;
            node.PositionChanged += election.OnPosition;
            election.OnPosition(node.Position);
            return election;
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>True: it is this member's turn; false: the candidacy is over.</summary>
    public Task<bool> WaitForTurnAsync(CancellationToken cancellation) => _turn.Task.WaitAsync(cancellation);

    /// <summary>Writes the znode's content; information only, so that a loss is left for the next write.</summary>
    public async Task WriteAsync(byte[] content, CancellationToken cancellation)
    {
        try
        {
            await _node.SetDataAsync(content, cancellation).ConfigureAwait(false);
        }
        catch (ZooKeeperException lost) when (lost.IsTransient || lost.IsSessionOver || lost.Code == ErrorCode.NoNode)
        {
            _onChange(this);
        }
    }

    /// <summary>Gives up the znode, so that the next in line hears at once, and closes the session.</summary>
    public async ValueTask DisposeAsync()
    {
        _node.PositionChanged -= OnPosition;
        _client.StateChanged -= OnState;
        try
        {
            using var limit = new CancellationTokenSource(ResignLimit);
            if (IsConnected)
            {
                await _node.DeleteAsync(limit.Token).ConfigureAwait(false);
            }
        }
        catch (Exception lost) when (lost is ZooKeeperException or OperationCanceledException)
        {
            // The znode goes with the session.
            _onChange(this);
        }

        await _node.DisposeAsync().ConfigureAwait(false);
        await _client.DisposeAsync().ConfigureAwait(false);
        _onSession(ZooKeeperSession.None);
        _over.Dispose();
    }

    private void OnState(SessionState state) => _onChange(this);

    private void OnPosition(ElectionPosition position)
    {
        var isOver = position.Standing is ElectionStanding.Missing or ElectionStanding.Ended;
        if (position.IsLowest)
        {
            _turn.TrySetResult(true);
        }
        else if (isOver)
        {
            _turn.TrySetResult(false);
        }

        if (isOver || (position.Standing == ElectionStanding.Standing && position.Rank > 0 && _turn.Task.IsCompleted))
        {
            _over.Cancel();
        }

        _onChange(this);
    }
}
