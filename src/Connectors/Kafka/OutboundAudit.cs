using System.Collections.Immutable;
using Lockstep.Connectors.Kafka.Shadows;
using Lockstep.Contracts.Failover;
using Lockstep.Kafka;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Kafka;

/// <summary>
/// Reads every outbound topic on a thread of its own, keeps the newest stamp of each, and checks that q goes on without gap or
/// repeat and that epochs never go back. What it finds is counted and logged; it changes nothing. Records without a stamp of
/// this group (a foreign writer) are counted as findings and not as outputs.
/// </summary>
internal sealed partial class OutboundAudit : IDisposable
{
    private static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(50);

    private static ReadOnlySpan<byte> HeaderName => "lockstep"u8;

    private readonly KafkaBusOptions _bus;
    private readonly ImmutableArray<OutboundTopic> _topics;
    private readonly ImmutableArray<long> _starts;
    private readonly string _group;
    private readonly ShadowComparison _comparison;
    private readonly byte[] _groupBytes;
    private readonly RecordPage _page = new();
    private readonly (long Q, long Epoch)[] _newest;
    private readonly Action _wake;
    private readonly ILogger _logger;
    private readonly OutboundStamp?[] _last;
    private readonly long[] _lastOffsets;
    private readonly long[] _positions;
    private readonly Thread _thread;
    private long _findings;
    private volatile bool _stopped;

    /// <summary>Starts reading.</summary>
    /// <param name="bus">Where.</param>
    /// <param name="topics">What.</param>
    /// <param name="starts">First offset of each topic by index; low enough to meet its last record.</param>
    /// <param name="group">Whose stamps count.</param>
    /// <param name="comparison">Told of each record of the group while it is on; on the reader's thread.</param>
    /// <param name="wake">Called when a position moved, from the reader's thread.</param>
    /// <param name="logger">Log lines.</param>
    public OutboundAudit(
        KafkaBusOptions bus, ImmutableArray<OutboundTopic> topics, ImmutableArray<long> starts, string group,
        ShadowComparison comparison, Action wake, ILogger logger)
    {
        _bus = bus;
        _topics = topics;
        _starts = starts;
        _group = group;
        _comparison = comparison;
        _groupBytes = System.Text.Encoding.UTF8.GetBytes(group);
        _newest = new (long, long)[topics.Length];
        _wake = wake;
        _logger = logger;
        _last = new OutboundStamp?[topics.Length];
        _lastOffsets = [.. starts.Select(_ => -1L)];
        _positions = [.. starts.Select(_ => -1L)];
        _thread = new Thread(Run) { IsBackground = true, Name = "outbound audit" };
        _thread.Start();
    }

    /// <summary>Records that were foreign, repeated, missing or of an old epoch.</summary>
    public long Findings => Interlocked.Read(ref _findings);

    /// <summary>Everything of the topic below this offset has been read; -1: not known yet.</summary>
    public long Position(int topic) => Volatile.Read(ref _positions[topic]);

    /// <summary>The newest stamp of the topic; null for none.</summary>
    public OutboundStamp? Last(int topic) => Volatile.Read(ref _last[topic]);

    /// <summary>Offset of the newest record of the topic; -1 for none.</summary>
    public long LastOffset(int topic) => Volatile.Read(ref _lastOffsets[topic]);

    public void Dispose()
    {
        _stopped = true;
        _thread.Join(PollTimeout * 10);
    }

    private void Run()
    {
        var indexes = _topics.ToDictionary(t => t.Name, t => t.Index, StringComparer.Ordinal);
        using var reader = new PartitionReader(
            ReaderTuning.Quick(_bus), ReadIsolation.Committed,
            [.. _topics.Select(t => new PartitionStart(t.Name, _starts[t.Index]))], _logger);
        while (!_stopped)
        {
            try
            {
                if (reader.Read(PollTimeout, _page))
                {
                    Check(indexes[_page.Topic]);
                }

                Advance(reader);
            }
            catch (OffsetGoneException gone)
            {
                // Purged or made anew: the journal's q goes on counting, so nothing is lost by reading on from what is there.
                LogGone(_logger, gone.Topic, gone.Offset);
                reader.Assign([.. _topics.Select(t => new PartitionStart(
                    t.Name, t.Name == gone.Topic || Position(t.Index) < 0 ? PartitionStart.Earliest : Position(t.Index)))]);
            }
            catch (KafkaFaultException away)
            {
                LogFault(_logger, away.Message);
            }
        }
    }

    private void Advance(PartitionReader reader)
    {
        var moved = false;
        foreach (var topic in _topics)
        {
            var position = reader.PositionOf(topic.Name);
            if (position != _positions[topic.Index])
            {
                Volatile.Write(ref _positions[topic.Index], position);
                moved = true;
            }
        }

        if (moved)
        {
            _wake();
        }
    }

    private void Check(int topic)
    {
        // First: whoever has seen a stamp of this page must see that it goes so far.
        Volatile.Write(ref _lastOffsets[topic], _page.OffsetOf(_page.Count - 1));
        var newest = -1;
        for (var i = 0; i < _page.Count; i++)
        {
            if (!_page.TryHeaderOf(i, HeaderName, out var header)
                || !OutboundStampCodec.TryPeek(header, out var epoch, out var q, out var group) || !group.SequenceEqual(_groupBytes))
            {
                Interlocked.Increment(ref _findings);
                LogForeign(_logger, _page.Topic, _page.OffsetOf(i));
                continue;
            }

            var before = _newest[topic];
            if (before.Q > 0 && (q != before.Q + 1 || epoch < before.Epoch))
            {
                Interlocked.Increment(ref _findings);
                LogBroken(_logger, _page.Topic, _page.OffsetOf(i), q, epoch, before.Q, before.Epoch);
            }

            if (q > before.Q)
            {
                _newest[topic] = (q, epoch);
                newest = i;
                if (_comparison.IsOn && OutboundStampCodec.TryDecode(header, out var whole))
                {
                    _comparison.Seen(topic, whole!, _page.ValueOf(i).ToArray());
                }
            }
        }

        // Only the newest is ever asked for; the others are not worth an object each.
        if (newest >= 0 && _page.TryHeaderOf(newest, HeaderName, out var last) && OutboundStampCodec.TryDecode(last, out var stamp))
        {
            Volatile.Write(ref _last[topic], stamp);
        }
    }

    [LoggerMessage(EventId = 5140, Level = LogLevel.Warning, Message = "Outbound topics can't be read: {Reason}")]
    private static partial void LogFault(ILogger logger, string reason);

    [LoggerMessage(EventId = 5141, Level = LogLevel.Warning, Message = "Outbound topic {Topic} does not hold offset {Offset} any more")]
    private static partial void LogGone(ILogger logger, string topic, long offset);

    [LoggerMessage(EventId = 5142, Level = LogLevel.Error,
        Message = "Record {Offset} of outbound topic {Topic} is of a foreign writer; it is not counted")]
    private static partial void LogForeign(ILogger logger, string topic, long offset);

    [LoggerMessage(EventId = 5143, Level = LogLevel.Error,
        Message = "Outbound topic {Topic} at {Offset}: q {Q} of epoch {Epoch} follows q {LastQ} of epoch {LastEpoch}")]
    private static partial void LogBroken(
        ILogger logger, string topic, long offset, long q, long epoch, long lastQ, long lastEpoch);
}
