using Lockstep.Kafka.Protocol;
using Lockstep.Kafka.Reading;
using Microsoft.Extensions.Logging;

namespace Lockstep.Kafka;

/// <summary>Where reading of a topic's partition 0 starts.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Offset">The offset, or <see cref="Earliest"/> or <see cref="Latest"/>.</param>
public readonly record struct PartitionStart(string Topic, long Offset)
{
    /// <summary>The first record still kept.</summary>
    public const long Earliest = -2;

    /// <summary>Only what is written from now on.</summary>
    public const long Latest = -1;
}

/// <summary>
/// Reads partition 0 of some topics with manual assignment: no consumer group, nothing committed, no silent reset. One
/// thread owns it. Records of one topic come in offset order; topics interleave as they arrive. A topic that does not exist
/// is waited for without a word, and read once it is there: ask <see cref="TopicAdmin.DescribeAsync"/> first.
/// </summary>
/// <remarks>
/// Speaks to the brokers itself (<see cref="DirectSource"/>), which costs a small part of what a call of librdkafka costs for
/// each record (docs/adr/0010). Where it can't (security properties or a compression that only librdkafka knows), librdkafka
/// reads, and a log line says so.
/// </remarks>
public sealed partial class PartitionReader : IDisposable
{
    /// <summary>Longest wait of the constructor, <see cref="Assign"/> and <see cref="Seek"/> for a first or end offset.</summary>
    public static readonly TimeSpan ResolveLimit = TimeSpan.FromSeconds(2);

    private readonly KafkaBusOptions _options;
    private readonly ReadIsolation _isolation;
    private readonly ILogger _logger;
    private readonly RecordPage _page = new();
    private readonly HashSet<string> _paused = new(StringComparer.Ordinal);
    private IReadOnlyCollection<PartitionStart> _starts;
    private IRecordSource _source;
    private int _next;
    private bool _disposed;

    /// <summary>Creates the client and starts fetching.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="isolation">Whether records of open and aborted transactions are seen.</param>
    /// <param name="starts">The topics and where each starts; a topic occurs once.</param>
    /// <param name="logger">Takes the client's own log lines.</param>
    public PartitionReader(
        KafkaBusOptions options, ReadIsolation isolation, IReadOnlyCollection<PartitionStart> starts, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(starts);
        (_options, _isolation, _logger, _starts) = (options, isolation, logger, starts);
        if (ProtocolSupport.WhyUnsupported(options) is { } reason)
        {
            LogClient(logger, reason);
            _source = new ClientSource(options, isolation, starts, logger);
        }
        else
        {
            _source = new DirectSource(options, isolation, logger);
            _source.Assign(starts);
        }
    }

    /// <summary>Reads these topics from these offsets instead of what was read before.</summary>
    /// <param name="starts">The topics and where each starts.</param>
    public void Assign(IReadOnlyCollection<PartitionStart> starts)
    {
        ArgumentNullException.ThrowIfNull(starts);
        Forget();
        _starts = starts;
        _paused.Clear();
        _source.Assign(starts);
    }

    /// <summary>
    /// Fills a page with the next records of one topic. False: nothing came within the time-out, or only markers and aborted
    /// records, or the end of a partition was reached (which <see cref="IsAtEnd"/> and <see cref="PositionOf"/> then show).
    /// Call it again either way. Not to be mixed with <see cref="Poll"/>.
    /// </summary>
    /// <param name="timeout">Longest time to wait; zero returns at once.</param>
    /// <param name="page">Takes the records; what it held before is gone.</param>
    /// <exception cref="OffsetGoneException">The offset asked for is not there any more, or never was.</exception>
    /// <exception cref="KafkaFaultException">Another error; <see cref="KafkaFaultKind.Retry"/> means: read again.</exception>
    public bool Read(TimeSpan timeout, RecordPage page)
    {
        ArgumentNullException.ThrowIfNull(page);
        try
        {
            return _source.Read(timeout, page);
        }
        catch (UnknownCodecException unknown)
        {
            LogClient(_logger, unknown.Message);
            List<PartitionStart> starts = [.. _starts.Select(s => new PartitionStart(
                s.Topic, _source.PositionOf(s.Topic) is >= 0 and var position ? position : s.Offset))];
            _source.Dispose();
            _source = new ClientSource(_options, _isolation, starts, _logger);
            foreach (var topic in _paused)
            {
                _source.Pause(topic);
            }

            page.Clear();
            return false;
        }
    }

    /// <summary>
    /// The next record, or null: see <see cref="Read"/>. A copy, and so for topics of few records.
    /// </summary>
    /// <param name="timeout">Longest time to wait; zero returns at once.</param>
    /// <exception cref="OffsetGoneException">The offset asked for is not there any more, or never was.</exception>
    /// <exception cref="KafkaFaultException">Another error; <see cref="KafkaFaultKind.Retry"/> means: poll again.</exception>
    public KafkaRecord? Poll(TimeSpan timeout)
    {
        if (_next >= _page.Count)
        {
            _next = 0;
            if (!Read(timeout, _page))
            {
                return null;
            }
        }

        return _page.Copy(_next++);
    }

    /// <summary>
    /// The offset up to which everything readable was returned: one after the last record, or, at the end of the partition,
    /// after the markers and aborted records behind it too, so that it can be compared with <c>ListOffsets</c> (latest):
    /// <c>PositionOf(t) >= latest</c> means that nothing below it is missing. -1 until known.
    /// </summary>
    /// <param name="topic">One of the assigned topics.</param>
    public long PositionOf(string topic) => IsInPage(topic) ? _page.OffsetOf(_next) : _source.PositionOf(topic);

    /// <summary>True: the last thing heard of the topic was its end (for committed reading: the last stable offset).</summary>
    /// <param name="topic">One of the assigned topics.</param>
    public bool IsAtEnd(string topic) => !IsInPage(topic) && _source.IsAtEnd(topic);

    /// <summary>Goes on reading at another offset. Records fetched before are dropped.</summary>
    /// <param name="topic">One of the assigned topics.</param>
    /// <param name="offset">The offset, or <see cref="PartitionStart.Earliest"/> or <see cref="PartitionStart.Latest"/>.</param>
    /// <exception cref="KafkaFaultException">The client refuses; <see cref="KafkaFaultKind.Retry"/>: not fetching yet.</exception>
    public void Seek(string topic, long offset)
    {
        if (IsInPage(topic))
        {
            Forget();
        }

        _source.Seek(topic, offset);
    }

    /// <summary>Stops returning records of the topic; the position stays. What is fetched already is fetched again later.</summary>
    /// <param name="topic">One of the assigned topics.</param>
    public void Pause(string topic)
    {
        if (IsInPage(topic))
        {
            _source.Seek(topic, _page.OffsetOf(_next));
            Forget();
        }

        _paused.Add(topic);
        _source.Pause(topic);
    }

    /// <summary>Undoes <see cref="Pause"/>.</summary>
    /// <param name="topic">One of the assigned topics.</param>
    public void Resume(string topic)
    {
        _paused.Remove(topic);
        _source.Resume(topic);
    }

    /// <summary>Ends the client.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _source.Dispose();
        }
    }

    private bool IsInPage(string topic) => _next < _page.Count && _page.Topic == topic;

    private void Forget()
    {
        _page.Clear();
        _next = 0;
    }

    [LoggerMessage(EventId = 4012, Level = LogLevel.Information,
        Message = "Topics are read through librdkafka, which takes more processor time: {Reason}")]
    private static partial void LogClient(ILogger logger, string reason);
}
