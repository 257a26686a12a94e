using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Lockstep.ZooKeeper;

/// <summary>
/// A candidate in an election: an ephemeral sequential znode that knows how many stand before it. It is information who
/// may try; safety is somebody else's, by <see cref="Czxid"/> as fence token.
/// </summary>
/// <remarks>
/// <para>One task looks: sync, list, watch the predecessor and the own znode. It looks again whenever a watch fires or the
/// client reconnects, as events can be missed while disconnected.</para>
/// <para>Sequence numbers restart when the parent is created anew, so order within one parent is by number, but only
/// <see cref="Czxid"/> orders candidates over time.</para>
/// </remarks>
public sealed partial class ElectionNode : IAsyncDisposable
{
    private static readonly ElectionPosition Gone = new(ElectionStanding.Missing, 0, null);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);

    private readonly ZooKeeperClient _client;
    private readonly ElectionOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();

    /// <summary>One place is enough: a look sees everything that happened before it.</summary>
    private readonly Channel<bool> _looks = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly Action<SessionState> _onState;
    private readonly Action<WatchEvent> _onEvent;
    private readonly string _name;
    private Task _looking = Task.CompletedTask;
    private volatile bool _gaveUp;
    private volatile Reading _reading;

    /// <summary>The predecessor of which the server said that it is gone; null for none.</summary>
    private volatile string? _gone;

    private ElectionNode(
        ZooKeeperClient client,
        ElectionOptions options,
        TimeProvider time,
        ILogger logger,
        CreateResult own)
    {
        _client = client;
        _options = options;
        _time = time;
        _logger = logger;
        Path = own.Path;
        Czxid = own.Stat.Czxid;
        _name = Path[(Path.LastIndexOf('/') + 1)..];
        _reading = new Reading(new ElectionPosition(ElectionStanding.Unsure, 0, null), 0);
        _onState = state => OnState(state);
        _onEvent = OnEvent;
    }

    /// <summary>Told of each new position, in order, from the task that looks: a slow callback delays the next look.</summary>
    public event Action<ElectionPosition>? PositionChanged;

    /// <summary>Told at once when the znode before the own one was deleted, from the client's thread; must return at once.</summary>
    public event Action? PredecessorGone;

    /// <summary>The own znode.</summary>
    public string Path { get; }

    /// <summary>The transaction that created the own znode: grows with each candidate ever, so it can fence older ones.</summary>
    public long Czxid { get; }

    /// <summary>The newest position; any thread may read it. It becomes unsure, ended or missing as soon as the client knows, before the event.</summary>
    public ElectionPosition Position
    {
        get
        {
            (ElectionPosition read, int connection) = _reading;
            return _gaveUp ? Gone
                : _client.State is SessionState.Expired or SessionState.Closed or SessionState.AuthFailed
                    ? read with { Standing = ElectionStanding.Ended }
                : read.Standing == ElectionStanding.Standing
                    && (_client.State != SessionState.Connected || _client.Connections != connection)
                    ? read with { Standing = ElectionStanding.Unsure }
                : read;
        }
    }

    /// <summary>Stands for election: creates the own znode, or takes the one this session already has there.</summary>
    /// <param name="client">A client; the znode lives as long as its session.</param>
    /// <param name="options">Which election.</param>
    /// <param name="data">The znode's data; a unique member id belongs into them, so that others can tell who stands.</param>
    /// <param name="time">Times the waits between attempts.</param>
    /// <param name="logger">Told of lost and failed looks.</param>
    /// <param name="cancellationToken">Ends the attempt; the znode may be there all the same and is found by the next one.</param>
    /// <returns>The candidate, whose position has been read once.</returns>
    /// <exception cref="ZooKeeperException">The session is over, or the access lists forbid it.</exception>
    public static async Task<ElectionNode> JoinAsync(
        ZooKeeperClient client,
        ElectionOptions options,
        ReadOnlyMemory<byte> data,
        TimeProvider time,
        ILogger logger,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(options);
        while (true)
        {
            await client.WaitConnectedAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await client.EnsurePathAsync(options.ParentPath, options.Acl, cancellationToken).ConfigureAwait(false);
                CreateResult own = await FindOwnAsync(client, options, cancellationToken).ConfigureAwait(false)
                    ?? await client.CreateAsync(
                        $"{options.ParentPath}/{options.Prefix}",
                        data,
                        CreateMode.EphemeralSequential,
                        options.Acl,
                        cancellationToken: cancellationToken).ConfigureAwait(false);
                ElectionNode node = new(client, options, time, logger, own);
                await node.StartAsync(data, cancellationToken).ConfigureAwait(false);
                return node;
            }
            catch (ZooKeeperException lost) when (lost.IsTransient || lost.Code == ErrorCode.NoNode)
            {
                // The znode may have been created all the same: the next round finds it by its owner. NoNode: the
                // parent was deleted between the two requests.
                await Task.Delay(RetryDelay, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Reads the position now, after everything that was committed by now.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ZooKeeperException">The connection or the session is lost.</exception>
    public async Task<ElectionPosition> RefreshAsync(CancellationToken cancellationToken)
    {
        await _client.SyncAsync(_options.ParentPath, cancellationToken).ConfigureAwait(false);
        ElectionPosition read = await ReadAsync(watch: null, cancellationToken).ConfigureAwait(false);
        if (read != _reading.Position)
        {
            _looks.Writer.TryWrite(true); // The looking task alone sets the position and tells of it.
        }

        return read;
    }

    /// <summary>Sets the own znode's data, for example when the role changes.</summary>
    /// <param name="data">The new data.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ZooKeeperException">The znode is missing, or the connection or session is lost.</exception>
    public async Task SetDataAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
        await _client.SetDataAsync(Path, data, -1, cancellationToken).ConfigureAwait(false);

    /// <summary>Gives up: deletes the own znode; the position becomes missing. After a connection loss call it again.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ZooKeeperException">The connection or session is lost.</exception>
    public async Task DeleteAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _client.DeleteAsync(Path, -1, cancellationToken).ConfigureAwait(false);
        }
        catch (ZooKeeperException gone) when (gone.Code == ErrorCode.NoNode)
        {
            // As wanted.
        }

        _gaveUp = true;
        _looks.Writer.TryWrite(true);
    }

    /// <summary>Stops looking. The znode stays until it is deleted or the session ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_stop.IsCancellationRequested)
        {
            _client.StateChanged -= _onState;
            await _stop.CancelAsync().ConfigureAwait(false);
            await _looking.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            _stop.Dispose();
        }
    }

    /// <summary>A znode of this session there: left by a create whose answer was lost. Of several the lowest is kept.</summary>
    private static async Task<CreateResult?> FindOwnAsync(
        ZooKeeperClient client,
        ElectionOptions options,
        CancellationToken cancellationToken)
    {
        await client.SyncAsync(options.ParentPath, cancellationToken).ConfigureAwait(false);
        ChildrenResult children = await client.GetChildrenAsync(options.ParentPath, null, cancellationToken).ConfigureAwait(false);
        CreateResult? own = null;
        foreach (string name in Candidates(children, options.Prefix))
        {
            string path = $"{options.ParentPath}/{name}";
            Stat? stat = await client.ExistsAsync(path, null, cancellationToken).ConfigureAwait(false);
            if (stat?.EphemeralOwner != client.SessionId)
            {
                continue;
            }

            if (own is null)
            {
                own = new CreateResult(path, stat);
            }
            else
            {
                await client.DeleteAsync(path, -1, cancellationToken).ConfigureAwait(false);
            }
        }

        return own;
    }

    /// <summary>The candidates' names by number, lowest first; numbers turn negative after 2^31 creations.</summary>
    private static IEnumerable<string> Candidates(ChildrenResult children, string prefix) => children.Names
        .Where(n => n.StartsWith(prefix, StringComparison.Ordinal)
            && int.TryParse(n.AsSpan(prefix.Length), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
        .OrderBy(n => int.Parse(n.AsSpan(prefix.Length), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));

    private async Task StartAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        DataResult held = await _client.GetDataAsync(Path, null, cancellationToken).ConfigureAwait(false);
        if (!held.Data.Span.SequenceEqual(data.Span))
        {
            await SetDataAsync(data, cancellationToken).ConfigureAwait(false); // Found, with what an earlier attempt wrote.
        }

        int connection = _client.Connections;
        _reading = new Reading(await ReadAsync(_onEvent, cancellationToken).ConfigureAwait(false), connection);
        _client.StateChanged += _onState;
        _looks.Writer.TryWrite(true); // For what happened before the last line.
        _looking = Task.Run(LookAsync, CancellationToken.None);
    }

    private void OnState(SessionState state) => _looks.Writer.TryWrite(state == SessionState.Connected);

    private void OnEvent(WatchEvent watched)
    {
        if (watched.Type == WatchEventType.Deleted && watched.Path == _reading.Position.Predecessor)
        {
            _gone = watched.Path;
            PredecessorGone?.Invoke();
        }

        _looks.Writer.TryWrite(true);
    }

    private async Task LookAsync()
    {
        try
        {
            while (await _looks.Reader.WaitToReadAsync(_stop.Token).ConfigureAwait(false))
            {
                _looks.Reader.TryRead(out _);
                if (!await LookOnceAsync().ConfigureAwait(false))
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Disposed.
        }
    }

    /// <summary>Looks until an answer came or the connection is lost; false when there will never be anything to see again.</summary>
    private async Task<bool> LookOnceAsync()
    {
        try
        {
            SessionState state = _client.State;
            if (state is SessionState.Suspended or SessionState.Connecting)
            {
                Enter(_reading.Position with { Standing = ElectionStanding.Unsure });
                return true; // The next connect asks for a look.
            }

            StepUp();
            int connection = _client.Connections; // Before reading: a reconnect meanwhile makes the reading unsure.
            await _client.SyncAsync(_options.ParentPath, _stop.Token).ConfigureAwait(false);
            ElectionPosition read = await ReadAsync(_onEvent, _stop.Token).ConfigureAwait(false);
            Enter(read, connection);
            return read.Standing != ElectionStanding.Missing;
        }
        catch (ZooKeeperException over) when (over.IsSessionOver || _client.State
            is SessionState.Expired or SessionState.Closed or SessionState.AuthFailed)
        {
            Enter(_reading.Position with { Standing = ElectionStanding.Ended });
            return false;
        }
        catch (ZooKeeperException lost)
        {
            LogLookFailed(_logger, Path, lost.Message);
            Enter(_reading.Position with { Standing = ElectionStanding.Unsure });
            await Task.Delay(RetryDelay, _time, _stop.Token).ConfigureAwait(false);
            _looks.Writer.TryWrite(true);
            return true;
        }
    }

    /// <summary>
    /// Who was right behind the lowest is the lowest once that is gone: nobody can come in between, since numbers only grow. No
    /// need to ask; the look that follows finds out whether the own znode went at the same time.
    /// </summary>
    private void StepUp()
    {
        (ElectionPosition read, int connection) = _reading;
        if (_gone is { } gone && read is { Standing: ElectionStanding.Standing, Rank: 1 } && read.Predecessor == gone
            && Position.Standing == ElectionStanding.Standing)
        {
            Enter(new ElectionPosition(ElectionStanding.Standing, 0, null), connection);
        }

        _gone = null;
    }

    /// <summary>Lists the candidates and, with a watch, sets it on the own znode and the one before it.</summary>
    private async Task<ElectionPosition> ReadAsync(Action<WatchEvent>? watch, CancellationToken cancellationToken)
    {
        while (true)
        {
            string[] line;
            try
            {
                ChildrenResult children = await _client.GetChildrenAsync(_options.ParentPath, null, cancellationToken)
                    .ConfigureAwait(false);
                line = [.. Candidates(children, _options.Prefix)];
            }
            catch (ZooKeeperException gone) when (gone.Code == ErrorCode.NoNode)
            {
                line = []; // The parent was deleted, so the own znode was too.
            }

            int rank = Array.IndexOf(line, _name);
            Stat? own = rank < 0 || _gaveUp
                ? null
                : await _client.ExistsAsync(Path, watch, cancellationToken).ConfigureAwait(false);
            if (own is null || own.Czxid != Czxid || own.EphemeralOwner != _client.SessionId)
            {
                return Gone;
            }

            string? predecessor = rank == 0 ? null : $"{_options.ParentPath}/{line[rank - 1]}";
            if (predecessor is null
                || await _client.ExistsAsync(predecessor, watch, cancellationToken).ConfigureAwait(false) is not null)
            {
                return new ElectionPosition(ElectionStanding.Standing, rank, predecessor);
            }

            // It went between the two requests: the list is out of date.
        }
    }

    private void Enter(ElectionPosition position, int connection = 0)
    {
        bool same = position == _reading.Position;
        _reading = new Reading(position, connection);
        if (same)
        {
            return;
        }

        try
        {
            PositionChanged?.Invoke(position);
        }
#pragma warning disable CA1031 // Outermost edge of a user's callback: its fault must not stop the candidate from looking.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogCallbackFault(_logger, Path, fault);
        }
    }

    /// <summary>A position and the number of the client's connection over which it was read.</summary>
    private sealed record Reading(ElectionPosition Position, int Connection);

    [LoggerMessage(3020, LogLevel.Warning, "Election znode {Path}: the look at the candidates failed and is repeated: {Reason}")]
    private static partial void LogLookFailed(ILogger logger, string path, string reason);

    [LoggerMessage(3021, LogLevel.Error, "Election znode {Path}: a callback for the position threw; the candidate goes on.")]
    private static partial void LogCallbackFault(ILogger logger, string path, Exception fault);
}
