using Lockstep.Connectors.Files;
using Lockstep.Connectors.Kafka;
using Lockstep.Contracts.Failover;
using Lockstep.Kafka;
using Lockstep.ZooKeeper;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Adapters;

/// <summary>
/// dfesp_fs_adapter type=pub over Kafka: a growing file's lines go to the inbound topic exactly once, whichever member of
/// the group does it. With hotfailover the members elect one; without, there is one, and a restart goes on where it was.
/// <code>
/// standby -> (elected) acquiring: fence, read position, check file -> active: pump -> (told, fenced, unclear) standby ...
/// </code>
/// </summary>
internal sealed partial class InputAdapter : IConnector
{
    private static readonly TimeSpan RetryWait = TimeSpan.FromMilliseconds(200);

    private readonly ConnectorContext _context;
    private readonly AdapterOptions _options;
    private readonly FilePublisherOptions _file;
    private readonly StatusHolder _status;
    private readonly ILogger _logger;
    private readonly FilePositionStore _positions;
    private readonly Lock _lock = new();
    private CancellationTokenSource? _term;

    /// <summary>Over a checked connector.</summary>
    public InputAdapter(ConnectorContext context, AdapterOptions options)
    {
        _context = context;
        _options = options;
        _file = options.Publisher!;
        _logger = context.Loggers.CreateLogger<InputAdapter>();
        _status = new StatusHolder(context, _logger);
        _positions = new FilePositionStore(options.Bus, options.MetaTopic, options.Group, options.Topic, _logger);
    }

    /// <inheritdoc/>
    public ConnectorStatus Status => _status.Now;

    /// <inheritdoc/>
    public void SwitchOver()
    {
        lock (_lock)
        {
            _term?.Cancel();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken stop)
    {
        _status.Change(s => s with { State = ConnectorState.Running, ZooKeeperReachable = !_options.HotFailover });
        SetRole(MemberRole.Recovering, "started");
        var producer = new FencedProducer(_options.Bus, _options.Group, _context.Time, _context.Loggers);
        await using (producer.ConfigureAwait(false))
        {
            using var admin = new TopicAdmin(_options.Bus, _logger);
            try
            {
                var end = await RunUntilEndAsync(producer, admin, stop).ConfigureAwait(false);
                if (end.Kind == TermEndKind.Failed)
                {
                    _status.Failed(end.Reason);
                    SetRole(MemberRole.Fenced, end.Reason);
                }
                else
                {
                    _status.Change(s => s with { State = end.Kind == TermEndKind.Finished ? ConnectorState.Finished : ConnectorState.Stopped });
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                _status.Change(s => s with { State = ConnectorState.Stopped });
            }
            catch (Exception refused) when (refused is KafkaFaultException or ZooKeeperException or ArgumentException)
            {
                _status.Failed(refused.Message);
            }
        }
    }

    private async Task<TermEnd> RunUntilEndAsync(FencedProducer producer, TopicAdmin admin, CancellationToken stop)
    {
        await EnsureTopicsAsync(admin, stop).ConfigureAwait(false);
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            var end = _options.HotFailover
                ? await RunCandidacyAsync(producer, admin, stop).ConfigureAwait(false)
                : await RunTermAsync(producer, admin, null, stop).ConfigureAwait(false);
            if (end.Kind is TermEndKind.Failed or TermEndKind.Finished || stop.IsCancellationRequested)
            {
                return end;
            }

            SetRole(_options.HotFailover ? MemberRole.Standby : MemberRole.Acquiring, end.Reason);
            await Task.Delay(RetryWait, _context.Time, stop).ConfigureAwait(false);
        }
    }

    private async Task EnsureTopicsAsync(TopicAdmin admin, CancellationToken stop)
    {
        TopicSpec[] specs =
        [
            new(_options.Topic) { Replication = _context.Worker.Replication },
            new(_options.MetaTopic) { Replication = _context.Worker.Replication, Compacted = true },
        ];
        foreach (var spec in specs)
        {
            await TopicSetup.EnsureAsync(admin, spec, _status, _context.Time, _logger, stop).ConfigureAwait(false);
        }
    }

    /// <summary>Stands for election once, and is active when elected, again and again while the candidacy lasts.</summary>
    private async Task<TermEnd> RunCandidacyAsync(FencedProducer producer, TopicAdmin admin, CancellationToken stop)
    {
        AdapterElection election;
        try
        {
            election = await AdapterElection.JoinAsync(
                new ZooKeeperOptions { ConnectString = _options.ZooKeeper, SessionTimeout = AdapterElection.SessionTimeout },
                ZnodePath.Adapters(_options.Group), Content(MemberRole.Standby, 0), _context, Show, stop).ConfigureAwait(false);
        }
        catch (ZooKeeperException lost) when (lost.IsTransient || lost.IsSessionOver)
        {
            return new TermEnd(TermEndKind.Told, lost.Message);
        }

        LogNode(_logger, election.Path);
        await using (election.ConfigureAwait(false))
        {
            SetRole(MemberRole.Standby, "stands for election");
            if (election.Predecessor is { } before)
            {
                LogWatching(_logger, before);
            }

            await producer.WarmUpAsync([_options.Topic, _options.MetaTopic], stop).ConfigureAwait(false);
            if (!await election.WaitForTurnAsync(stop).ConfigureAwait(false))
            {
                return new TermEnd(TermEndKind.Told, "the candidacy is over");
            }

            while (true)
            {
                var end = await RunTermAsync(producer, admin, election, stop).ConfigureAwait(false);
                if (end.Kind != TermEndKind.Unclear || election.Over.IsCancellationRequested || stop.IsCancellationRequested)
                {
                    return end;
                }
            }
        }
    }

    /// <summary>Fences, reads the position, checks the file, pumps.</summary>
    private async Task<TermEnd> RunTermAsync(
        FencedProducer producer, TopicAdmin admin, AdapterElection? election, CancellationToken stop)
    {
        using var term = CancellationTokenSource.CreateLinkedTokenSource(stop, election?.Over ?? CancellationToken.None);
        lock (_lock)
        {
            _term = term;
        }

        try
        {
            SetRole(MemberRole.Acquiring, "elected");
            var taken = await producer.TakeAsync(stop).ConfigureAwait(false);
            if (!taken.IsDone)
            {
                var kind = taken.Outcome == TransactionOutcome.Fatal ? TermEndKind.Failed : TermEndKind.Unclear;
                return new TermEnd(kind, $"{taken.Code} {taken.Reason}");
            }

            var found = await _positions.ReadAsync(admin, stop).ConfigureAwait(false);
            if (!TryStart(found, out var position, out var replaced))
            {
                return new TermEnd(TermEndKind.Failed, replaced);
            }

            SetRole(MemberRole.Active, "fenced the predecessor", position);
            await WriteAsync(election, MemberRole.Active, position.Epoch, stop).ConfigureAwait(false);
            var pump = new FilePump(
                new FilePumpOptions(
                    _file, _context.Schema, _context.AutogenKey, _options.Topic, _options.MetaTopic, _options.Group, _context.Worker.Member),
                position, producer, _status, _context.Time, _logger);
            return await pump.RunAsync(term.Token).ConfigureAwait(false);
        }
        catch (KafkaFaultException passing) when (passing.Fault.Kind != KafkaFaultKind.Fatal)
        {
            _status.Change(s => s with { KafkaReachable = false, Reason = passing.Message });
            return new TermEnd(TermEndKind.Unclear, passing.Message);
        }
        finally
        {
            lock (_lock)
            {
                _term = null;
            }

            producer.Drop();
        }
    }

    /// <summary>Where to go on in the file; false: it is not the file that was read.</summary>
    private bool TryStart(FilePosition? found, out FilePosition position, out string replaced)
    {
        replaced = "";
        position = new FilePosition(
            FilePrint.Empty.ToString(), 0, 0, _options.Topic, _file.Path, (found?.Epoch ?? 0) + 1, _context.Worker.Member);
        if (found is null || (found.Offset == 0 && !File.Exists(_file.Path)))
        {
            return true;
        }

        var watch = new FileWatch(_file.Path, _file.Growing, _context.Time);
        if (watch.Compare(FilePrint.Parse(found.Fingerprint), found.Offset) is not { } different)
        {
            position = found with { Epoch = position.Epoch, Member = position.Member, File = position.File };
            return true;
        }

        if (_file.RestartWhenReplaced)
        {
            LogRestarted(_logger, different);
            return true;
        }

        replaced = different + " Restore it, or set onreplaced=restart to begin with the new file from its top.";
        return false;
    }

    private void SetRole(MemberRole role, string reason, FilePosition? at = null)
    {
        var before = _status.Now;
        if (before.Role == role)
        {
            return;
        }

        _status.Change(s => s with
        {
            Role = role,
            Epoch = at?.Epoch ?? s.Epoch,
            Position = at?.Offset ?? s.Position,
            KafkaReachable = at is not null || s.KafkaReachable,
        });
        LogRole(_logger, _context.Worker.Member, _options.Group, before.Role, role, reason, at?.Epoch ?? before.Epoch, at?.Offset ?? before.Position);
    }

    private void Show(AdapterElection election) => _status.Change(s => s with
    {
        Znode = election.Path,
        WatchedZnode = election.Predecessor,
        ZooKeeperReachable = election.IsConnected,
    });

    private Task WriteAsync(AdapterElection? election, MemberRole role, long epoch, CancellationToken stop) =>
        election is null ? Task.CompletedTask : election.WriteAsync(Content(role, epoch), stop);

    private byte[] Content(MemberRole role, long epoch) => ZnodeContentCodec.Encode(new ZnodeContent(
        _context.Worker.Member, _context.Worker.Incarnation, role, epoch, _context.Worker.ModelDigest,
        _context.Worker.Address, Environment.ProcessId));

    [LoggerMessage(EventId = 5201, Level = LogLevel.Information,
        Message = "{Member} of adapter group {Group}: {From} -> {To}: {Reason}; epoch {Epoch}, byte {Offset}")]
    private static partial void LogRole(
        ILogger logger, string member, string group, MemberRole? from, MemberRole to, string reason, long epoch, long offset);

    [LoggerMessage(EventId = 5202, Level = LogLevel.Information,
        Message = "dfESPkafkaConnector::z_watcher(): Created zookeeper node {Path}")]
    private static partial void LogNode(ILogger logger, string path);

    [LoggerMessage(EventId = 5203, Level = LogLevel.Information,
        Message = "dfESPkafkaConnector::watchActiveZnode(): Watching zookeeper node {Path}")]
    private static partial void LogWatching(ILogger logger, string path);

    [LoggerMessage(EventId = 5204, Level = LogLevel.Warning, Message = "Begins with a new file from its top: {Why}")]
    private static partial void LogRestarted(ILogger logger, string why);
}
