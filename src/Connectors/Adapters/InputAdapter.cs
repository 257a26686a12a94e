using Lockstep.Connectors.Files;
using Lockstep.Connectors.Kafka;
using Lockstep.Contracts.Failover;
using Lockstep.Failover;
using Lockstep.Kafka;
using Lockstep.ZooKeeper;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Adapters;

/// <summary>
/// dfesp_fs_adapter type=pub over Kafka: a growing file's lines go to the inbound topic exactly once, whichever member of
/// the group does it. With hotfailover the members elect one; without, there is one, and a restart goes on where it was.
/// <code>
/// standby -> (elected, emergency) acquiring: fence, read position, check file -> active: pump
/// active -> (told, not first, fenced) standby at the end of the line; (unclear) acquiring again; (unclear for 2 s, another
///     waits) recovering: out of the election until Kafka answers
/// </code>
/// </summary>
internal sealed partial class InputAdapter : IConnector
{
    /// <summary>Commits or fences that fail for this long make a member give up its znode, when another member waits.</summary>
    public static readonly TimeSpan FailureLimit = new FailoverTimings().CommitFailureLimit;

    private static readonly TimeSpan RetryWait = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan UnclearWait = new FailoverTimings().RetryWait;

    private readonly ConnectorContext _context;
    private readonly AdapterOptions _options;
    private readonly FilePublisherOptions _file;
    private readonly StatusHolder _status;
    private readonly ILogger _logger;
    private readonly FilePositionStore _positions;
    private readonly Lock _lock = new();
    private CancellationTokenSource? _term;
    private long? _failingSince;

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
    public bool IsEndless => _file.IsEndless;

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
        if (_options.HotFailover)
        {
            return await RunAsCandidateAsync(producer, admin, stop).ConfigureAwait(false);
        }

        while (true)
        {
            stop.ThrowIfCancellationRequested();
            var end = await RunTermAsync(producer, admin, null, AdapterTurn.Alone, stop).ConfigureAwait(false);
            if (end.Kind is TermEndKind.Failed or TermEndKind.Finished || stop.IsCancellationRequested)
            {
                return end;
            }

            SetRole(MemberRole.Acquiring, end.Reason);
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

    /// <summary>Stands for election, and is active whenever it is its turn.</summary>
    private async Task<TermEnd> RunAsCandidateAsync(FencedProducer producer, TopicAdmin admin, CancellationToken stop)
    {
        var work = new AbandonedWork(_positions, admin, _file, _context.Schema, _context.AutogenKey, _context.Time);
        var election = new AdapterElection(
            _options.ZooKeeper, ZnodePath.Adapters(_options.Group), Content(), _context, Show);
        await using (election.ConfigureAwait(false))
        {
            var reason = "stands for election";
            SetRole(MemberRole.Standby, reason);
            var warm = WarmUpAsync(producer, stop);
            while (true)
            {
                // One whose last commit was unclear may not be first any more: it is no active then, and must not say so.
                var turn = await election.WaitForTurnAsync(work, () => SetRole(MemberRole.Standby, reason), stop).ConfigureAwait(false);
                var end = await RunTermAsync(producer, admin, election, turn, stop).ConfigureAwait(false);
                if (end.Kind is TermEndKind.Failed or TermEndKind.Finished || stop.IsCancellationRequested)
                {
                    return end;
                }

                reason = end.Reason;
                if (end.Kind != TermEndKind.Unclear)
                {
                    election.Leave();
                    SetRole(MemberRole.Standby, end.Reason);
                    await Task.Delay(RetryWait, _context.Time, stop).ConfigureAwait(false);
                    election.Rejoin();
                }
                else if (election.Candidates > 1 && _context.Time.GetElapsedTime(_failingSince ?? 0) >= FailureLimit)
                {
                    election.Leave();
                    SetRole(MemberRole.Recovering, $"Commits fail, and another member waits: {end.Reason}");
                    await warm.ConfigureAwait(false);
                    while (!await WarmUpAsync(producer, stop).ConfigureAwait(false))
                    {
                        await Task.Delay(RetryWait, _context.Time, stop).ConfigureAwait(false);
                    }

                    _failingSince = null;
                    SetRole(MemberRole.Standby, "Kafka answers again.");
                    election.Rejoin();
                }
                else
                {
                    await Task.Delay(UnclearWait, _context.Time, stop).ConfigureAwait(false);
                }
            }
        }
    }

    /// <summary>Connects to Kafka beforehand; false: not now.</summary>
    private async Task<bool> WarmUpAsync(FencedProducer producer, CancellationToken stop)
    {
        try
        {
            return await producer.WarmUpAsync([_options.Topic, _options.MetaTopic], stop).ConfigureAwait(false);
        }
        catch (Exception away) when (away is KafkaFaultException or TimeoutException or OperationCanceledException)
        {
            stop.ThrowIfCancellationRequested();
            _status.Change(s => s with { KafkaReachable = false });
            return false;
        }
    }

    /// <summary>Fences, reads the position, checks the file, pumps.</summary>
    private async Task<TermEnd> RunTermAsync(
        FencedProducer producer, TopicAdmin admin, AdapterElection? election, AdapterTurn turn, CancellationToken stop)
    {
        using var term = CancellationTokenSource.CreateLinkedTokenSource(stop, turn.Over);
        lock (_lock)
        {
            _term = term;
        }

        var began = _context.Time.GetTimestamp();
        FilePump? pump = null;
        var end = new TermEnd(TermEndKind.Unclear, "");
        try
        {
            SetRole(MemberRole.Acquiring, turn.IsEmergency ? "ZooKeeper is out of reach, and lines wait" : "elected");
            var taken = await producer.TakeAsync(null, stop).ConfigureAwait(false);
            if (!taken.IsDone)
            {
                var kind = taken.Outcome == TransactionOutcome.Fatal ? TermEndKind.Failed : TermEndKind.Unclear;
                return end = new TermEnd(kind, $"{taken.Code} {taken.Reason}");
            }

            var found = await _positions.ReadAsync(admin, stop).ConfigureAwait(false);
            if (!TryStart(found, out var position, out var replaced))
            {
                return end = new TermEnd(TermEndKind.Failed, replaced);
            }

            SetRole(MemberRole.Active, "fenced the predecessor", position);
            election?.Write(MemberRole.Active, position.Epoch);
            pump = new FilePump(
                new FilePumpOptions(
                    _file, _context.Schema, _context.AutogenKey, _options.Topic, _options.MetaTopic, _options.Group, _context.Worker.Member),
                position, producer, _status, _context.Time, _logger)
            {
                GivesUp = pending => pending >= FailureLimit && election is { Candidates: > 1 },
            };
            return end = await pump.RunAsync(term.Token).ConfigureAwait(false);
        }
        catch (KafkaFaultException passing) when (passing.Fault.Kind != KafkaFaultKind.Fatal)
        {
            _status.Change(s => s with { KafkaReachable = false, Reason = passing.Message });
            return end = new TermEnd(TermEndKind.Unclear, passing.Message);
        }
        finally
        {
            lock (_lock)
            {
                _term = null;
            }

            producer.Drop();
            _failingSince = end.Kind != TermEndKind.Unclear ? null
                : pump is { Commits: > 0 } ? pump.Began
                : _failingSince ?? pump?.Began ?? began;
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

        replaced = $"{different} {FilePublisherOptions.ReplacedAdvice}";
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

    private ZnodeContent Content() => new(
        _context.Worker.Member, _context.Worker.Incarnation, MemberRole.Standby, 0, _context.Worker.ModelDigest,
        _context.Worker.Address, Environment.ProcessId);

    [LoggerMessage(EventId = 5201, Level = LogLevel.Information,
        Message = "{Member} of adapter group {Group}: {From} -> {To}: {Reason}; epoch {Epoch}, byte {Offset}")]
    private static partial void LogRole(
        ILogger logger, string member, string group, MemberRole? from, MemberRole to, string reason, long epoch, long offset);

    [LoggerMessage(EventId = 5204, Level = LogLevel.Warning, Message = "Begins with a new file from its top: {Why}")]
    private static partial void LogRestarted(ILogger logger, string why);
}
