using System.Collections.Concurrent;
using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Engine.Execution;
using Lockstep.Failover;
using Lockstep.Kafka;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Kafka;

/// <summary>One inbound record, decoded.</summary>
/// <param name="TopicIndex">Index of its topic.</param>
/// <param name="Offset">Its offset.</param>
/// <param name="Block">Its events; null when it could not be decoded.</param>
/// <param name="Bytes">Its bytes, for limits; the bytes themselves only when it could not be decoded.</param>
/// <param name="Raw">See <paramref name="Bytes"/>.</param>
/// <param name="Fault">Why it could not be decoded; null when it could.</param>
internal sealed record InboundRecord(int TopicIndex, long Offset, EventBlock? Block, int Bytes, byte[]? Raw, string? Fault);

/// <summary>
/// Reads the inbound topics ahead on a thread of its own and decodes them, so that the engine's thread never waits for the
/// network. Of each topic it holds <see cref="EngineMemberLimits.PrefetchRecords"/> and
/// <see cref="EngineMemberLimits.PrefetchBytes"/> at most; reading of a full topic pauses until half is taken.
/// </summary>
internal sealed partial class InboundFeed : IDisposable
{
    private static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan FullWait = TimeSpan.FromMilliseconds(2);

    private readonly KafkaBusOptions _bus;
    private readonly ImmutableArray<InboundTopic> _topics;
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private readonly Lane[] _byIndex;
    private readonly Func<InboundTopic, KafkaRecord, InboundRecord> _decode;
    private readonly EngineMemberLimits _limits;
    private readonly Action _wake;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private volatile bool _stopped;

    /// <summary>Starts reading.</summary>
    /// <param name="bus">Where.</param>
    /// <param name="topics">What.</param>
    /// <param name="starts">The first offset of each topic, by its index; <see cref="JournalCursor.Unknown"/>: it is not read.</param>
    /// <param name="decode">Decodes a record; called on the reader's thread, must not throw for what data do.</param>
    /// <param name="limits">How far ahead.</param>
    /// <param name="wake">Called when something was read, from the reader's thread.</param>
    /// <param name="logger">Log lines.</param>
    public InboundFeed(
        KafkaBusOptions bus, ImmutableArray<InboundTopic> topics, ImmutableArray<long> starts,
        Func<InboundTopic, KafkaRecord, InboundRecord> decode, EngineMemberLimits limits, Action wake, ILogger logger)
    {
        _bus = bus;
        _topics = topics;
        _decode = decode;
        _limits = limits;
        _wake = wake;
        _logger = logger;
        _byIndex = [.. topics.Select(t => new Lane(t, starts[t.Index]))];
        foreach (var lane in _byIndex)
        {
            _lanes.Add(lane.Topic.Name, lane);
        }

        _thread = new Thread(Run) { IsBackground = true, Name = "inbound reader" };
        _thread.Start();
    }

    /// <summary>Why reading stands still; null when it does not.</summary>
    public string? Fault { get; private set; }

    /// <summary>Records read and not taken yet.</summary>
    public long Waiting => _byIndex.Sum(l => (long)l.Queue.Count);

    /// <summary>For the engine's thread: the next record of a topic, left where it is.</summary>
    public bool TryPeek(int topic, out InboundRecord record) => _byIndex[topic].Queue.TryPeek(out record!);

    /// <summary>The window that a topic's events go into.</summary>
    public WindowId WindowOf(int topic) => _topics[topic].Window;

    /// <summary>For the engine's thread: takes what <see cref="TryPeek"/> showed.</summary>
    public void Take(int topic)
    {
        var lane = _byIndex[topic];
        if (lane.Queue.TryDequeue(out var record))
        {
            Interlocked.Add(ref lane.Bytes, -record.Bytes);
        }
    }

    public void Dispose()
    {
        _stopped = true;
        _thread.Join(PollTimeout * 10);
    }

    private void Run()
    {
        if (Starts().Length == 0)
        {
            return;
        }

        using var reader = new PartitionReader(
            _bus, ReadIsolation.Committed, Starts(), _logger);
        while (!_stopped)
        {
            try
            {
                Throttle(reader);
                if (reader.Poll(_byIndex.All(l => l.Paused || !l.IsRead) ? FullWait : PollTimeout) is { } record)
                {
                    Fault = null;
                    Add(record);
                }
            }
            catch (OffsetGoneException gone)
            {
                Gone(reader, gone);
            }
            catch (KafkaFaultException away)
            {
                Fault = away.Message;
                LogFault(_logger, away.Message);
            }
        }
    }

    private void Add(KafkaRecord record)
    {
        var lane = _lanes[record.Topic];
        var decoded = _decode(lane.Topic, record);
        lane.Next = record.Offset + 1;
        Interlocked.Add(ref lane.Bytes, decoded.Bytes);
        lane.Queue.Enqueue(decoded);
        _wake();
    }

    private void Throttle(PartitionReader reader)
    {
        foreach (var lane in _byIndex)
        {
            var (count, bytes) = (lane.Queue.Count, Interlocked.Read(ref lane.Bytes));
            if (lane.IsRead && !lane.Paused && (count >= _limits.PrefetchRecords || bytes >= _limits.PrefetchBytes))
            {
                reader.Pause(lane.Topic.Name);
                lane.Paused = true;
            }
            else if (lane.Paused && count < _limits.PrefetchRecords / 2 && bytes < _limits.PrefetchBytes / 2)
            {
                reader.Resume(lane.Topic.Name);
                lane.Paused = false;
            }
        }
    }

    /// <summary>
    /// Reads on at the first offset still kept. Whether something is missing is judged where it matters: a run of the
    /// journal that begins before that can't be applied (F4).
    /// </summary>
    private void Gone(PartitionReader reader, OffsetGoneException gone)
    {
        Fault = gone.Message;
        LogGone(_logger, gone.Topic, gone.Offset);
        if (_lanes.TryGetValue(gone.Topic, out var lane) && lane.Next != PartitionStart.Earliest)
        {
            lane.Next = PartitionStart.Earliest;
            // Assigned anew, all of them: a seek is refused while the client still digests the error.
            reader.Assign(Starts());
            foreach (var other in _byIndex)
            {
                other.Paused = false;
            }
        }

        _wake();
    }

    private PartitionStart[] Starts() => 
        [.. _byIndex.Where(l => l.IsRead).Select(l => new PartitionStart(l.Topic.Name, l.Next))];

    [LoggerMessage(EventId = 5120, Level = LogLevel.Warning, Message = "Inbound topics can't be read: {Reason}")]
    private static partial void LogFault(ILogger logger, string reason);

    [LoggerMessage(EventId = 5121, Level = LogLevel.Error,
        Message = "Inbound topic {Topic} does not hold offset {Offset} any more: what was not applied before is lost to this member")]
    private static partial void LogGone(ILogger logger, string topic, long offset);

    private sealed class Lane(InboundTopic topic, long start)
    {
        public long Bytes;

        public InboundTopic Topic { get; } = topic;

        /// <summary>False: where the topic begins is not known, and nothing of it is read.</summary>
        public bool IsRead { get; } = start != JournalCursor.Unknown;

        /// <summary>The next offset to read.</summary>
        public long Next { get; set; } = start;

        public ConcurrentQueue<InboundRecord> Queue { get; } = new();

        public bool Paused { get; set; }
    }
}
