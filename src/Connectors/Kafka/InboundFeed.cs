using System.Collections.Immutable;
using Lockstep.Engine.Execution;
using Lockstep.Failover;
using Lockstep.Kafka;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Kafka;

/// <summary>
/// Reads the inbound topics ahead on a thread of its own and decodes them, so that the engine's thread never waits for the
/// network. Of each topic it holds <see cref="EngineMemberLimits.PrefetchRecords"/>,
/// <see cref="EngineMemberLimits.PrefetchEvents"/> and <see cref="EngineMemberLimits.PrefetchBytes"/> at most; reading of a
/// full topic waits until half is taken.
/// </summary>
internal sealed partial class InboundFeed : IDisposable
{
    private static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan FullWait = TimeSpan.FromMilliseconds(1);

    private readonly KafkaBusOptions _bus;
    private readonly ImmutableArray<InboundTopic> _topics;
    private readonly Dictionary<string, InboundLane> _lanes = new(StringComparer.Ordinal);
    private readonly InboundLane[] _byIndex;
    private readonly InboundDecoder _decoder;
    private readonly RecordPage _page = new();
    private readonly Action _wake;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly HashSet<InboundLane> _told = [];
    private readonly ManualResetEventSlim _never = new(false, spinCount: 0);
    private volatile bool _stopped;

    /// <summary>Starts reading.</summary>
    /// <param name="bus">Where.</param>
    /// <param name="topics">What.</param>
    /// <param name="starts">The first offset of each topic, by its index; <see cref="JournalCursor.Unknown"/>: it is not read.</param>
    /// <param name="decoder">Decodes records; called on the reader's thread.</param>
    /// <param name="limits">How far ahead.</param>
    /// <param name="wake">Called when something was read, from the reader's thread.</param>
    /// <param name="logger">Log lines.</param>
    public InboundFeed(
        KafkaBusOptions bus, ImmutableArray<InboundTopic> topics, ImmutableArray<long> starts,
        InboundDecoder decoder, EngineMemberLimits limits, Action wake, ILogger logger)
    {
        _bus = bus;
        _topics = topics;
        _decoder = decoder;
        _wake = wake;
        _logger = logger;
        _byIndex = [.. topics.Select(t => new InboundLane(t, decoder.SchemaOf(t), starts[t.Index], limits))];
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
    public long Waiting => _byIndex.Sum(l => l.Waiting);

    /// <summary>For the engine's thread: the next record of a topic, left where it is.</summary>
    public bool TryPeek(int topic, out InboundRecord record) => _byIndex[topic].TryPeek(out record);

    /// <summary>See <see cref="InboundLane.PurgedTo"/>; to be read before <see cref="TryPeek"/>.</summary>
    public long PurgedTo(int topic) => _byIndex[topic].PurgedTo;

    /// <summary>A topic's name.</summary>
    public string NameOf(int topic) => _topics[topic].Name;

    /// <summary>
    /// For the engine's thread: the next records of a topic that may go through the engine's windows together, left where they
    /// are; false: there are no two of them.
    /// </summary>
    public bool TryPeekSeveral(int topic, int most, long lastOffset, ProjectEngine engine, out InboundRecords records)
    {
        records = default;
        var (lane, window) = (_byIndex[topic], _topics[topic].Window);
        if (!engine.MapsInserts(window) || !lane.TryPeekSeveral(most, lastOffset, out records))
        {
            return false;
        }

        if (engine.MapsRows(window, records.Block))
        {
            return true;
        }

        lane.TakeSingly();
        return false;
    }

    /// <summary>For the engine's thread: takes what <see cref="TryPeekSeveral"/> showed.</summary>
    public void Take(in InboundRecords records) => _byIndex[records.TopicIndex].Take(records);

    /// <summary>The window that a topic's events go into.</summary>
    public WindowId WindowOf(int topic) => _topics[topic].Window;

    /// <summary>For the engine's thread: takes what <see cref="TryPeek"/> showed.</summary>
    public void Take(int topic) => _byIndex[topic].Take();

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
                NoteBegins(reader);
                if (_byIndex.All(l => l.Paused || !l.IsRead))
                {
                    _never.Wait(FullWait);
                }
                else if (reader.Read(PollTimeout, _page))
                {
                    Fault = null;
                    Add();
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

    private void Add()
    {
        var lane = _lanes[_page.Topic];
        if (lane.SeeksBegin)
        {
            (lane.SeeksBegin, lane.PurgedTo) = (false, _page.OffsetOf(0));
        }

        _decoder.Decode(_page, lane);
        lane.Next = _page.OffsetOf(_page.Count - 1) + 1;
        _wake();
    }

    /// <summary>
    /// When all are full, nothing is read, and what is on its way stays there; when only some are, the client has to be told.
    /// </summary>
    private void Throttle(PartitionReader reader)
    {
        foreach (var lane in _byIndex)
        {
            if (lane.IsRead && !lane.Paused && lane.IsFull)
            {
                lane.Paused = true;
            }
            else if (lane.Paused && lane.HasRoom)
            {
                lane.Paused = false;
            }
        }

        var all = _byIndex.All(l => l.Paused || !l.IsRead);
        foreach (var lane in _byIndex)
        {
            if (lane.Paused && !all && _told.Add(lane))
            {
                reader.Pause(lane.Topic.Name);
            }
            else if (!lane.Paused && _told.Remove(lane))
            {
                reader.Resume(lane.Topic.Name);
            }
        }
    }

    /// <summary>
    /// Reads on at the first offset still kept, and marks the record there. Whether something is missing is judged where it
    /// matters: a run of the journal that begins before that, or has the mark in its midst, can't be applied (F4).
    /// </summary>
    private void Gone(PartitionReader reader, OffsetGoneException gone)
    {
        Fault = gone.Message;
        LogGone(_logger, gone.Topic, gone.Offset);
        if (_lanes.TryGetValue(gone.Topic, out var lane) && lane.Next != PartitionStart.Earliest)
        {
            lane.Next = PartitionStart.Earliest;
            (lane.MeetsGap, lane.SeeksBegin) = (true, true);
            // Assigned anew, all of them: a seek is refused while the client still digests the error.
            reader.Assign(Starts());
            foreach (var other in _byIndex)
            {
                other.Paused = false;
            }

            _told.Clear();
        }

        _wake();
    }

    /// <summary>A topic may hold nothing at all any more: where it begins has to be known without a record.</summary>
    private void NoteBegins(PartitionReader reader)
    {
        foreach (var lane in _byIndex)
        {
            if (lane.SeeksBegin && reader.PositionOf(lane.Topic.Name) is >= 0 and var begin)
            {
                (lane.SeeksBegin, lane.PurgedTo) = (false, begin);
                _wake();
            }
        }
    }

    private PartitionStart[] Starts() =>
        [.. _byIndex.Where(l => l.IsRead).Select(l => new PartitionStart(l.Topic.Name, l.Next))];

    [LoggerMessage(EventId = 5120, Level = LogLevel.Warning, Message = "Inbound topics can't be read: {Reason}")]
    private static partial void LogFault(ILogger logger, string reason);

    [LoggerMessage(EventId = 5121, Level = LogLevel.Error,
        Message = "Inbound topic {Topic} does not hold offset {Offset} any more: what was not applied before is lost to this member")]
    private static partial void LogGone(ILogger logger, string topic, long offset);
}
