using System.Collections.Concurrent;
using Lockstep.Connectors.Kafka.Shadows;
using Lockstep.Contracts.Failover;
using Lockstep.Kafka;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Kafka;

/// <summary>A record of the journal and where it lies.</summary>
/// <param name="Offset">Its offset.</param>
/// <param name="Record">The record, with the indexes of this member's version.</param>
/// <param name="NamesTopics">True: it is known which topics the indexes meant.</param>
internal readonly record struct JournalEntry(long Offset, JournalRecord Record, bool NamesTopics);

/// <summary>
/// Reads the journal on a thread of its own; holds <see cref="EngineMemberLimits.JournalRecords"/> records at most, then
/// waits.
/// </summary>
internal sealed partial class JournalFeed : IDisposable
{
    private static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan FullWait = TimeSpan.FromMilliseconds(5);

    private readonly ConcurrentQueue<JournalEntry> _queue = new();
    private readonly KafkaBusOptions _bus;
    private readonly string _topic;
    private readonly TopicTranslation _translation;
    private readonly long _start;
    private readonly int _limit;
    private readonly Action _wake;
    private readonly Action<string> _gone;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _room = new(true, spinCount: 0);
    private long _position = -1;
    private volatile bool _stopped;

    /// <summary>Starts reading.</summary>
    /// <param name="bus">Where.</param>
    /// <param name="topic">The journal.</param>
    /// <param name="translation">Brings indexes to those of this member's version.</param>
    /// <param name="start">First offset.</param>
    /// <param name="limit">Records held at most.</param>
    /// <param name="wake">Called when something was read, from the reader's thread.</param>
    /// <param name="gone">Called once when the journal does not hold the next offset; reading has ended then.</param>
    /// <param name="logger">Log lines.</param>
    public JournalFeed(
        KafkaBusOptions bus, string topic, TopicTranslation translation, long start, int limit, Action wake, Action<string> gone,
        ILogger logger)
    {
        _bus = bus;
        _topic = topic;
        _translation = translation;
        _start = start;
        _limit = limit;
        _wake = wake;
        _gone = gone;
        _logger = logger;
        _thread = new Thread(Run) { IsBackground = true, Name = "journal reader" };
        _thread.Start();
    }

    /// <summary>Everything below this offset has been read: see <see cref="PartitionReader.PositionOf"/>.</summary>
    public long Position => Interlocked.Read(ref _position);

    /// <summary>Records read and not taken yet.</summary>
    public int Waiting => _queue.Count;

    public bool TryPeek(out JournalEntry entry) => _queue.TryPeek(out entry);

    public void Take()
    {
        _queue.TryDequeue(out _);
        if (_queue.Count < _limit)
        {
            _room.Set();
        }
    }

    public void Dispose()
    {
        _stopped = true;
        _room.Set();
        _thread.Join(PollTimeout * 10);
    }

    private void Run()
    {
        using var reader = new PartitionReader(
            ReaderTuning.Quick(_bus), ReadIsolation.Committed, [new PartitionStart(_topic, _start)], _logger);
        while (!_stopped)
        {
            if (_queue.Count >= _limit)
            {
                _room.Reset();
                _room.Wait(FullWait);
                continue;
            }

            try
            {
                var record = reader.Poll(PollTimeout);
                if (record is not null && RecordBytes.TryDecodeJournal(record.Value, out var decoded))
                {
                    _queue.Enqueue(new JournalEntry(record.Offset, _translation.Translate(decoded), _translation.IsKnown));
                }
                else if (record is not null)
                {
                    LogForeign(_logger, _topic, record.Offset);
                }

                var position = reader.PositionOf(_topic);
                if (record is not null || position != Position)
                {
                    Interlocked.Exchange(ref _position, position);
                    _wake();
                }
            }
            catch (OffsetGoneException gone)
            {
                _stopped = true;
                _gone(gone.Message);
            }
            catch (KafkaFaultException away)
            {
                LogFault(_logger, away.Message);
            }
        }
    }

    [LoggerMessage(EventId = 5130, Level = LogLevel.Warning, Message = "The journal can't be read: {Reason}")]
    private static partial void LogFault(ILogger logger, string reason);

    [LoggerMessage(EventId = 5131, Level = LogLevel.Error, Message = "Record {Offset} of {Topic} is no journal record; it is left out")]
    private static partial void LogForeign(ILogger logger, string topic, long offset);
}
