using System.Text;
using Confluent.Kafka;
using Lockstep.Kafka.Protocol;
using Microsoft.Extensions.Logging;

namespace Lockstep.Kafka.Writing;

/// <summary>
/// Writes transactions with the own protocol client (docs/adr/0012): each has an epoch of its own, so that nothing of one that
/// arrives late can do anything to another. Records are kept until the commit and then sent, a batch a topic at a time.
/// </summary>
internal sealed partial class DirectSink : IRecordSink
{
    // A busy broker answers within it: a request that is given up may have been carried out all the same, and then in-memory brokers,
    // unlike real ones, refuse who asks for the same epoch again.
    private static readonly TimeSpan PrepareLimit = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan BeginLimit = TimeSpan.FromSeconds(2);

    private readonly KafkaBusOptions _options;
    private readonly string _transactionalId;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly BatchCodec _codec;
    private readonly ManualResetEventSlim _interrupted = new(false, spinCount: 0);
    private readonly CoordinatorLink _coordinator;
    private readonly LeaderLinks _leaders;
    private readonly Dictionary<string, TopicLane> _lanes = new(StringComparer.Ordinal);
    private ProducerIdentity _identity = ProducerIdentity.None;
    private KafkaFault? _fault;
    private KafkaFault? _sendFault;
    private string _headerText = "";
    private byte[] _headerName = [];
    private bool _isOpen;
    private bool _isTouched;
    private bool _raises;
    private bool _renews;

    public DirectSink(KafkaBusOptions options, string transactionalId, TimeProvider time, ILogger logger)
    {
        _options = options;
        _transactionalId = transactionalId;
        _time = time;
        _logger = logger;
        _codec = new BatchCodec(options.ExtraConfig.GetValueOrDefault("compression.type", options.Compression));
        _coordinator = new CoordinatorLink(options, transactionalId, _interrupted);
        _leaders = new LeaderLinks(options, transactionalId, _interrupted);
    }

    public void WarmUp(IReadOnlyCollection<string> topics, TimeSpan timeout)
    {
        var limit = new Deadline(timeout);
        if (_coordinator.WarmUp(limit) is { } away)
        {
            throw new KafkaFaultException(_transactionalId, AskedAgain(away));
        }

        try
        {
            if (_leaders.WarmUp(topics) is [var missing, ..])
            {
                throw new KafkaFaultException(missing, KafkaFault.Of(new Error(ErrorCode.UnknownTopicOrPart)));
            }
        }
        catch (Exception broken) when (Bootstrap.IsNetwork(broken, CancellationToken.None))
        {
            throw new KafkaFaultException(_options.BootstrapServers, AskedAgain(WriteFaults.Broken(broken)), broken);
        }
        catch (Exception refused) when (WriteFaults.Refused(refused) is not null)
        {
            throw new KafkaFaultException(_options.BootstrapServers, WriteFaults.Refused(refused)!, refused);
        }
    }

    public TransactionResult InitTransactions(TimeSpan timeout)
    {
        var identity = ProducerIdentity.None;
        if (_coordinator.Init(ref identity, new Deadline(timeout)) is { } fault)
        {
            return Failed(fault);
        }

        Adopt(identity);
        return TransactionResult.Done;
    }

    public TransactionResult Take(FenceResult.Fenced fenced, TimeSpan timeout)
    {
        Adopt(new ProducerIdentity(fenced.ProducerId, fenced.Epoch));
        return TransactionResult.Done;
    }

    public TransactionResult Begin()
    {
        if ((_fault ?? Misused() ?? Renew(BeginLimit)) is { } fault)
        {
            return Failed(fault);
        }

        (_isOpen, _isTouched, _sendFault) = (true, false, null);
        _raises = _coordinator.EndsRaiseEpoch;
        return TransactionResult.Done;
    }

    public void Send(string topic, byte[]? value, byte[]? key, IReadOnlyList<KafkaHeader>? headers)
    {
        if (Fits(topic, value?.Length ?? 0))
        {
            LaneOf(topic).Add(value, key, headers);
        }
    }

    public void Send(string topic, ReadOnlySpan<byte> value, string headerName, ReadOnlySpan<byte> header)
    {
        if (!ReferenceEquals(_headerText, headerName))
        {
            (_headerText, _headerName) = (headerName, Encoding.UTF8.GetBytes(headerName));
        }

        if (Fits(topic, value.Length))
        {
            LaneOf(topic).Add(value, _headerName, header);
        }
    }

    public TransactionResult Commit(TimeSpan timeout)
    {
        var limit = new Deadline(timeout);
        return (_fault ?? _sendFault ?? Ship(limit) ?? End(commit: true, limit)) is { } fault ? Failed(fault) : TransactionResult.Done;
    }

    public TransactionResult Abort(TimeSpan timeout) =>
        (_fault ?? End(commit: false, new Deadline(timeout))) is { } fault ? Failed(fault) : TransactionResult.Done;

    /// <summary>Where an end does not raise the epoch: raises it now, so that the next transaction need not wait for it.</summary>
    public void Prepare()
    {
        if (!_isOpen && _fault is null)
        {
            // What it could not do is left to the next transaction's begin, which says so.
            _ = Renew(PrepareLimit);
        }
    }

    /// <summary>Sends what an open transaction has so far.</summary>
    public void Poll()
    {
        if (_isOpen)
        {
            _sendFault ??= _fault ?? Ship(new Deadline(BeginLimit));
        }
    }

    public void Interrupt() => _interrupted.Set();

    public void Dispose()
    {
        _interrupted.Set();
        _coordinator.Dispose();
        _leaders.Dispose();
        _codec.Dispose();
    }

    private KafkaFault? Misused() => _identity.IsNone || _isOpen
        ? new KafkaFault(KafkaFaultKind.Unclear, nameof(ErrorCode.Local_State), _isOpen ? "A transaction is open." : "The id was not taken.")
        : null;

    private void Adopt(ProducerIdentity identity)
    {
        _identity = identity;
        (_fault, _sendFault, _renews) = (null, null, false);
        EndLanes(raised: true);
    }

    private KafkaFault? Ship(Deadline limit)
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var lanes = new List<TopicLane>();
        foreach (var lane in _lanes.Values)
        {
            if (lane.IsUsed && lane.Seal(_identity, now, _codec))
            {
                lanes.Add(lane);
            }
        }

        if (lanes.Count == 0)
        {
            return null;
        }

        _isTouched = true;
        if (!_raises && lanes.Where(lane => !lane.IsAdded).Select(lane => lane.Topic).ToArray() is { Length: > 0 } news)
        {
            if (_coordinator.Add(_identity, news, limit) is { } refused)
            {
                return refused;
            }

            lanes.ForEach(lane => lane.IsAdded = true);
        }

        return _leaders.Write(lanes, _raises, limit);
    }

    private KafkaFault? End(bool commit, Deadline limit)
    {
        // Nothing of it is known to any broker: there is nothing to end.
        if (_isTouched)
        {
            if (_coordinator.End(ref _identity, commit, _raises, limit) is { } fault)
            {
                return fault;
            }

            _renews = !_raises;
        }

        _isOpen = false;
        EndLanes(raised: _isTouched);
        return null;
    }

    private KafkaFault? Renew(TimeSpan timeout)
    {
        if (!_renews)
        {
            return null;
        }

        var fault = _coordinator.Init(ref _identity, new Deadline(timeout));
        _renews = fault is not null;
        if (fault?.Kind is KafkaFaultKind.Fenced or KafkaFaultKind.Fatal)
        {
            _fault = fault;
        }

        return fault;
    }

    private void EndLanes(bool raised)
    {
        foreach (var lane in _lanes.Values)
        {
            lane.End(raised);
        }
    }

    private bool Fits(string topic, int bytes)
    {
        if (_isOpen && bytes > _options.MaxRecordBytes)
        {
            _sendFault ??= new KafkaFault(KafkaFaultKind.Fatal, nameof(ErrorCode.MsgSizeTooLarge), string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"A record of {bytes} bytes for {topic} is larger than the {_options.MaxRecordBytes} that are sent."));
        }

        return _isOpen && _sendFault is null;
    }

    private TopicLane LaneOf(string topic)
    {
        if (!_lanes.TryGetValue(topic, out var lane))
        {
            _lanes.Add(topic, lane = new TopicLane(topic));
        }

        return lane;
    }

    /// <summary>What follows on an unclear or fenced end is refused as well.</summary>
    private TransactionResult Failed(KafkaFault fault)
    {
        if (fault.Kind == KafkaFaultKind.Fenced)
        {
            _fault = fault;
        }

        LogFailed(_logger, _transactionalId, fault.Kind, fault.Code, fault.Reason);
        return TransactionResult.Of(fault);
    }

    /// <summary>Nothing was written: it may simply be asked again.</summary>
    private static KafkaFault AskedAgain(KafkaFault fault) =>
        fault.Kind == KafkaFaultKind.Unclear ? fault with { Kind = KafkaFaultKind.Retry } : fault;

    [LoggerMessage(EventId = 4001, Level = LogLevel.Warning,
        Message = "Transaction of {TransactionalId} did not end well: {Kind} {Code}: {Reason}")]
    private static partial void LogFailed(
        ILogger logger, string transactionalId, KafkaFaultKind kind, string code, string reason);
}
