using Lockstep.ZooKeeper.Protocol;
using Lockstep.ZooKeeper.Session;
using Microsoft.Extensions.Logging;

namespace Lockstep.ZooKeeper;

/// <summary>A session with a ZooKeeper ensemble, and its operations. Any thread may use it.</summary>
/// <remarks>
/// <para>Requests are sent in the order of the calls. Callbacks of watches and states run one after the other on a task of
/// their own, and always before the answers of requests that the server handled later: a slow one delays later
/// callbacks and answers, but never pings. A callback must not wait for an answer of the same client.</para>
/// <para>Every operation throws <see cref="ZooKeeperException"/> with the server's error, with connection loss when the
/// connection went before the answer came (the request may have taken effect), or with session expiry.
/// Cancelling ends the wait, not the request.</para>
/// </remarks>
public sealed class ZooKeeperClient : IAsyncDisposable
{
    private readonly SessionDriver _driver;
    private readonly string _chroot;
    private readonly SemaphoreSlim _inFlight;
    private readonly Lock _stateLock = new();
    private TaskCompletionSource _stateChange = NewStateChange();

    private ZooKeeperClient(ZooKeeperOptions options, ConnectString connectString, TimeProvider time, ILogger logger)
    {
        _chroot = connectString.Chroot;
        _inFlight = new SemaphoreSlim(options.MaxInFlight);
        _driver = SessionDriver.Start(options, connectString, time, logger, TellState);
    }

    /// <summary>Told of each new state, in order, from the task that also runs the watches.</summary>
    public event Action<SessionState>? StateChanged;

    /// <summary>How the client stands now; may be ahead of what <see cref="StateChanged"/> has told.</summary>
    public SessionState State => _driver.Status.State;

    /// <summary>The session; none before the first connection.</summary>
    public SessionId SessionId => _driver.Status.SessionId;

    /// <summary>The session's password: with it another process may take over or close the session, so treat it as a secret.</summary>
    public ReadOnlyMemory<byte> SessionPassword => _driver.Status.Password;

    /// <summary>The session time-out the server granted; what was asked for before the first connection.</summary>
    public TimeSpan NegotiatedTimeout => _driver.Status.Timeout;

    /// <summary>How often the client was connected.</summary>
    internal int Connections => _driver.Status.Connections;

    /// <summary>Starts to connect in the background; an unreachable server is no error.</summary>
    /// <param name="options">Where to and how.</param>
    /// <param name="time">Measures time-outs; only its timestamps and timers are used, never the wall clock.</param>
    /// <param name="logger">Told of each change of state.</param>
    /// <exception cref="ArgumentException">The options cannot be used; the message has all problems.</exception>
    public static ZooKeeperClient Start(ZooKeeperOptions options, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        return new ZooKeeperClient(options, ConnectString.Of(options), time, logger);
    }

    /// <summary>
    /// Closes a session of another process, which has died: its ephemerals go at once instead of after the session's
    /// time-out. A living owner is disconnected and finds its session expired.
    /// </summary>
    /// <param name="options">Where to; its session id and password are not used.</param>
    /// <param name="sessionId">The session.</param>
    /// <param name="password">Its password.</param>
    /// <param name="cancellationToken">Ends the attempt; servers are tried in turn until then.</param>
    /// <returns>True when the session was closed now, false when it was over already or the password is wrong.</returns>
    /// <exception cref="OperationCanceledException">No server answered until the cancellation.</exception>
    public static Task<bool> CloseSessionAsync(
        ZooKeeperOptions options,
        SessionId sessionId,
        ReadOnlyMemory<byte> password,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        return SessionCloser.CloseAsync(options, ConnectString.Of(options), sessionId, password, cancellationToken);
    }

    /// <summary>Waits until the client is connected.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ZooKeeperException">The session has ended.</exception>
    public async Task WaitConnectedAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task change;
            lock (_stateLock)
            {
                change = _stateChange.Task;
            }

            SessionStatus status = _driver.Status;
            if (status.State == SessionState.Connected)
            {
                return;
            }

            if (status.IsFinal)
            {
                throw new ZooKeeperException(status.FinalError);
            }

            await change.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Creates a znode.</summary>
    /// <param name="path">Its path; the server appends ten digits when the mode is sequential.</param>
    /// <param name="data">Its data, usually below 1 MB.</param>
    /// <param name="mode">Its kind.</param>
    /// <param name="acl">Its access list; open when null.</param>
    /// <param name="timeToLive">For modes with a time to live only.</param>
    /// <param name="cancellationToken">Ends the wait, not the request.</param>
    /// <returns>Its path and stat.</returns>
    /// <remarks>After a connection loss a sequential znode may exist under a name nobody was told: look for one that the own session owns.</remarks>
    public async Task<CreateResult> CreateAsync(
        string path,
        ReadOnlyMemory<byte> data = default,
        CreateMode mode = CreateMode.Persistent,
        IReadOnlyList<Acl>? acl = null,
        TimeSpan? timeToLive = null,
        CancellationToken cancellationToken = default)
    {
        bool lives = mode is CreateMode.PersistentWithTtl or CreateMode.PersistentSequentialWithTtl;
        if (lives != timeToLive.HasValue)
        {
            throw new ArgumentException("A time to live goes with the modes that have one, and only with them.", nameof(timeToLive));
        }

        string full = ZnodePaths.ToServer(_chroot, path, ZnodePaths.IsSequential(mode));
        IReadOnlyList<Acl> access = acl ?? Acl.Open;
        (OpCode op, IJuteRecord body) = mode switch
        {
            _ when timeToLive is { } ttl =>
                (OpCode.CreateTtl, (IJuteRecord)new CreateTtlRequest(full, data, access, mode, (long)ttl.TotalMilliseconds)),
            CreateMode.Container => (OpCode.CreateContainer, new CreateRequest(full, data, access, mode)),
            _ => (OpCode.Create2, new CreateRequest(full, data, access, mode)),
        };
        Create2Response created = await CallAsync(op, body, path, Create2Response.Read, null, cancellationToken).ConfigureAwait(false);
        return new CreateResult(ZnodePaths.ToClient(_chroot, created.Path), created.Stat);
    }

    /// <summary>Deletes a znode without children.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="version">The version it must have; -1 for any.</param>
    /// <param name="cancellationToken">Ends the wait, not the request.</param>
    public Task DeleteAsync(string path, int version = -1, CancellationToken cancellationToken = default) =>
        CallAsync(OpCode.Delete, new DeleteRequest(Full(path), version), path, ReadNothing, null, cancellationToken);

    /// <summary>Looks whether a znode exists.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="watch">Called once, when it is next created, deleted or its data set.</param>
    /// <param name="cancellationToken">Ends the wait, not the request.</param>
    /// <returns>Its stat; null when it does not exist.</returns>
    public async Task<Stat?> ExistsAsync(string path, Action<WatchEvent>? watch = null, CancellationToken cancellationToken = default)
    {
        try
        {
            StatRecord found = await ReadAsync(
                OpCode.Exists, path, watch, WatchTable.Table.Data, StatRecord.Read, cancellationToken).ConfigureAwait(false);
            return found.Stat;
        }
        catch (ZooKeeperException absent) when (absent.Code == ErrorCode.NoNode)
        {
            return null;
        }
    }

    /// <summary>Reads a znode's data.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="watch">Called once, when it is next deleted or its data set.</param>
    /// <param name="cancellationToken">Ends the wait, not the request.</param>
    public async Task<DataResult> GetDataAsync(string path, Action<WatchEvent>? watch = null, CancellationToken cancellationToken = default)
    {
        GetDataResponse read = await ReadAsync(
            OpCode.GetData, path, watch, WatchTable.Table.Data, GetDataResponse.Read, cancellationToken).ConfigureAwait(false);
        return new DataResult(read.Content, read.Stat);
    }

    /// <summary>Sets a znode's data.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="data">Its new data.</param>
    /// <param name="version">The version it must have; -1 for any.</param>
    /// <param name="cancellationToken">Ends the wait, not the request.</param>
    /// <returns>Its new stat.</returns>
    public async Task<Stat> SetDataAsync(
        string path,
        ReadOnlyMemory<byte> data,
        int version = -1,
        CancellationToken cancellationToken = default)
    {
        SetDataRequest body = new(Full(path), data, version);
        StatRecord set = await CallAsync(OpCode.SetData, body, path, StatRecord.Read, null, cancellationToken).ConfigureAwait(false);
        return set.Stat;
    }

    /// <summary>Lists a znode's children.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="watch">Called once, when it is deleted or a child is next created or deleted.</param>
    /// <param name="cancellationToken">Ends the wait, not the request.</param>
    public async Task<ChildrenResult> GetChildrenAsync(
        string path,
        Action<WatchEvent>? watch = null,
        CancellationToken cancellationToken = default)
    {
        GetChildren2Response read = await ReadAsync(
            OpCode.GetChildren2, path, watch, WatchTable.Table.Child, GetChildren2Response.Read, cancellationToken).ConfigureAwait(false);
        return new ChildrenResult(read.Names, read.Stat);
    }

    /// <summary>Makes the server catch up with its leader, so that reads sent afterwards see everything that was committed before.</summary>
    /// <param name="path">Any path.</param>
    /// <param name="cancellationToken">Ends the wait, not the request.</param>
    public Task SyncAsync(string path, CancellationToken cancellationToken = default) =>
        CallAsync(OpCode.Sync, new PathRecord(Full(path)), path, PathRecord.Read, null, cancellationToken);

    /// <summary>Does all operations in one transaction, or none.</summary>
    /// <param name="operations">What to do, in order.</param>
    /// <param name="cancellationToken">Ends the wait, not the request.</param>
    /// <returns>One outcome for each operation.</returns>
    /// <exception cref="ZooKeeperException">An operation failed: code and path are those of the first that did.</exception>
    public async Task<IReadOnlyList<MultiOutcome>> MultiAsync(
        IReadOnlyList<MultiOperation> operations,
        CancellationToken cancellationToken = default)
    {
        MultiRequest request = new([.. operations.Select(o => o with { Path = ToServer(o) })]);
        MultiResponse answer = await CallAsync(OpCode.Multi, request, "", MultiResponse.Read, null, cancellationToken).ConfigureAwait(false);
        return MultiOutcomes.Of(operations, answer, _chroot);
    }

    /// <summary>Reads a znode's access list.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="cancellationToken">Ends the wait, not the request.</param>
    public async Task<AclResult> GetAclAsync(string path, CancellationToken cancellationToken = default)
    {
        PathRecord body = new(Full(path));
        GetAclResponse read = await CallAsync(OpCode.GetAcl, body, path, GetAclResponse.Read, null, cancellationToken).ConfigureAwait(false);
        return new AclResult(read.Acl, read.Stat);
    }

    /// <summary>Sets a znode's access list.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="acl">The new list.</param>
    /// <param name="version">The version of the list it must have; -1 for any.</param>
    /// <param name="cancellationToken">Ends the wait, not the request.</param>
    /// <returns>The znode's new stat.</returns>
    public async Task<Stat> SetAclAsync(
        string path,
        IReadOnlyList<Acl> acl,
        int version = -1,
        CancellationToken cancellationToken = default)
    {
        SetAclRequest body = new(Full(path), acl, version);
        StatRecord set = await CallAsync(OpCode.SetAcl, body, path, StatRecord.Read, null, cancellationToken).ConfigureAwait(false);
        return set.Stat;
    }

    /// <summary>Shows an identity to the server, now and at each reconnect.</summary>
    /// <param name="identity">Scheme and credentials.</param>
    /// <param name="cancellationToken">Ends the wait, not the request.</param>
    /// <exception cref="ZooKeeperException">Refused: the whole session is of no more use then.</exception>
    public Task AddAuthAsync(AuthIdentity identity, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(identity);
        AuthPacket body = new(0, identity.Scheme, identity.Credentials);
        return CallAsync(OpCode.Auth, body, "", ReadNothing, null, cancellationToken);
    }

    /// <summary>Sets a watch that stays, over reconnects too; what happens while disconnected is not told, so read again after a reconnect.</summary>
    /// <param name="path">The znode; it need not exist.</param>
    /// <param name="mode">That znode alone, or everything below it too.</param>
    /// <param name="watch">Called each time.</param>
    /// <param name="cancellationToken">Ends the wait, not the request.</param>
    public Task AddWatchAsync(string path, WatchMode mode, Action<WatchEvent> watch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(watch);
        string full = Full(path);
        WatchTable.Table table = mode == WatchMode.Persistent ? WatchTable.Table.Persistent : WatchTable.Table.Recursive;
        return CallAsync(OpCode.AddWatch, new AddWatchRequest(full, mode), path, ReadNothing, NoteWatch, cancellationToken);

        void NoteWatch(ErrorCode error)
        {
            if (error == ErrorCode.Ok)
            {
                _driver.Watches.Add(table, full, watch);
            }
        }
    }

    /// <summary>Removes this client's watches on a path.</summary>
    /// <param name="path">The znode.</param>
    /// <param name="kind">Which of them.</param>
    /// <param name="cancellationToken">Ends the wait, not the request.</param>
    /// <exception cref="ZooKeeperException">With <see cref="ErrorCode.NoWatcher"/> when there is none.</exception>
    public Task RemoveWatchesAsync(string path, WatchKind kind = WatchKind.Any, CancellationToken cancellationToken = default)
    {
        string full = Full(path);
        return CallAsync(OpCode.RemoveWatches, new RemoveWatchesRequest(full, kind), path, ReadNothing, Forget, cancellationToken);

        void Forget(ErrorCode error)
        {
            if (error is ErrorCode.Ok or ErrorCode.NoWatcher)
            {
                _driver.Watches.Remove(full, kind);
            }
        }
    }

    /// <summary>Creates a persistent znode and its missing parents, if it does not exist.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="acl">The access list of what is created; open when null.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task EnsurePathAsync(string path, IReadOnlyList<Acl>? acl = null, CancellationToken cancellationToken = default)
    {
        try
        {
            if (path != "/")
            {
                await CreateAsync(path, acl: acl, cancellationToken: cancellationToken).ConfigureAwait(false);
            }
        }
        catch (ZooKeeperException exists) when (exists.Code == ErrorCode.NodeExists)
        {
            // As wanted.
        }
        catch (ZooKeeperException orphan) when (orphan.Code == ErrorCode.NoNode && path.LastIndexOf('/') > 0)
        {
            await EnsurePathAsync(ZnodePaths.Parent(path), acl, cancellationToken).ConfigureAwait(false);
            await EnsurePathAsync(path, acl, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Closes the session, when connected, and with it its ephemerals; else it lasts until its time-out. Waits for the callbacks.</summary>
    public async ValueTask DisposeAsync() => await _driver.CloseAsync(keepSession: false).ConfigureAwait(false);

    /// <summary>Goes without closing the session, as a process does that is killed.</summary>
    internal Task AbandonAsync() => _driver.CloseAsync(keepSession: true);

    private static bool ReadNothing(ref JuteReader reader) => reader.AtEnd;

    private static TaskCompletionSource NewStateChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private string Full(string path) => ZnodePaths.ToServer(_chroot, path);

    private string ToServer(MultiOperation operation) => ZnodePaths.ToServer(
        _chroot, operation.Path, operation is MultiOperation.Create create && ZnodePaths.IsSequential(create.Mode));

    private void TellState(SessionState state)
    {
        lock (_stateLock)
        {
            _stateChange.SetResult();
            _stateChange = NewStateChange();
        }

        StateChanged?.Invoke(state);
    }

    private Task<T> ReadAsync<T>(
        OpCode op,
        string path,
        Action<WatchEvent>? watch,
        WatchTable.Table table,
        JuteReader.ReadItem<T> read,
        CancellationToken cancellationToken)
    {
        string full = Full(path);
        Action<ErrorCode>? noteWatch = watch is null ? null : NoteWatch;
        return CallAsync(op, new ReadRequest(full, watch is not null), path, read, noteWatch, cancellationToken);

        void NoteWatch(ErrorCode error)
        {
            if (error == ErrorCode.Ok)
            {
                _driver.Watches.Add(table, full, watch);
            }
            else if (error == ErrorCode.NoNode && op == OpCode.Exists)
            {
                _driver.Watches.Add(WatchTable.Table.Exist, full, watch);
            }
        }
    }

    private async Task<T> CallAsync<T>(
        OpCode op,
        IJuteRecord body,
        string path,
        JuteReader.ReadItem<T> read,
        Action<ErrorCode>? onAnswer,
        CancellationToken cancellationToken)
    {
        await _inFlight.WaitAsync(cancellationToken).ConfigureAwait(false);
        PendingCall<T> call = new(op, body, path, read) { OnAnswer = onAnswer, OnEnd = () => _inFlight.Release() };
        await _driver.SubmitAsync(call, cancellationToken).ConfigureAwait(false);
        return await call.Completion.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
