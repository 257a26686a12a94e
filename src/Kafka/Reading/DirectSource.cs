using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using Lockstep.Kafka.Protocol;
using Microsoft.Extensions.Logging;

namespace Lockstep.Kafka.Reading;

/// <summary>
/// Reads with the own protocol client: one connection a leader, long fetches, records used where they were received. A leader
/// that is away is looked for again every <see cref="Backoff"/> and, when that goes on, <see cref="LongestBackoff"/>; nothing
/// is lost by that, since the position is kept here.
/// </summary>
internal sealed partial class DirectSource : IRecordSource
{
    private const int DefaultWaitMs = 50;
    private const int DefaultTopicBytes = 1024 * 1024;
    private const int MostAnswerBytes = 256 * 1024 * 1024;
    private static readonly TimeSpan Backoff = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan FaultBackoff = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PausedWait = TimeSpan.FromMilliseconds(2);

    private readonly ReadIsolation _isolation;
    private readonly ILogger _logger;
    private readonly BrokerLinks _links;
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private readonly Queue<FetchedPart> _parts = new();
    private readonly List<Lane> _wanted = [];
    private readonly ManualResetEventSlim _never = new(false, spinCount: 0);
    private readonly int _waitMs;
    private readonly int _topicBytes;
    private byte[] _unpacked = [];
    private long _findNotBefore;
    private TimeSpan _backoff = Backoff;
    private bool _away;

    public DirectSource(KafkaBusOptions options, ReadIsolation isolation, ILogger logger)
    {
        _isolation = isolation;
        _logger = logger;
        _links = new BrokerLinks(options, isolation);
        _waitMs = Setting(options, "fetch.wait.max.ms", DefaultWaitMs);
        _topicBytes = Setting(options, "max.partition.fetch.bytes", DefaultTopicBytes);
    }

    public void Assign(IReadOnlyCollection<PartitionStart> starts)
    {
        _parts.Clear();
        foreach (var lane in _lanes.Values)
        {
            lane.Generation++;
        }

        _lanes.Clear();
        foreach (var start in starts)
        {
            _lanes.Add(start.Topic, new Lane(start.Topic, start.Offset));
        }

        _findNotBefore = 0;
        ResolveNow();
    }

    public bool Read(TimeSpan timeout, RecordPage page)
    {
        page.Clear();
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            while (_parts.TryPeek(out var part))
            {
                if (Use(part, page))
                {
                    return page.Count > 0;
                }
            }

            var left = timeout - Stopwatch.GetElapsedTime(started);
            if (!Turn(left))
            {
                return false;
            }
        }
    }

    public long PositionOf(string topic) => LaneOf(topic).Position;

    public bool IsAtEnd(string topic) => LaneOf(topic).AtEnd;

    public void Seek(string topic, long offset)
    {
        LaneOf(topic).Seek(offset);
        ResolveNow();
    }

    public void Pause(string topic)
    {
        var lane = LaneOf(topic);
        lane.Paused = true;
        // What is fetched and not returned is dropped.
        if (lane.Position >= 0 && !lane.Gone)
        {
            (lane.Next, lane.Generation) = (lane.Position, lane.Generation + 1);
        }
    }

    public void Resume(string topic) => LaneOf(topic).Paused = false;

    public void Dispose()
    {
        _links.Dispose();
        _never.Dispose();
    }

    /// <summary>Uses the first part; true: the caller is to be told of what it gave.</summary>
    private bool Use(FetchedPart part, RecordPage page)
    {
        var lane = part.Lane;
        if (part.Generation != lane.Generation || part.Error != 0)
        {
            _parts.Dequeue();
            if (part.Generation == lane.Generation)
            {
                Failed(lane, part.Error);
            }

            return false;
        }

        bool more;
        try
        {
            more = part.Fill(page, ref _unpacked);
        }
        catch (ProtocolException damaged)
        {
            // Fetched again after a moment: what is damaged on the way is whole then; what is damaged on disk is said again.
            lane.Seek(lane.Position);
            lane.NotBefore = After(FaultBackoff);
            throw new KafkaFaultException(lane.Topic, new KafkaFault(KafkaFaultKind.Retry, "Local_BadMsg", damaged.Message), damaged);
        }

        if (more && page.Count > 0)
        {
            lane.Position = page.OffsetOf(page.Count - 1) + 1;
            lane.AtEnd = false;
            return true;
        }

        _parts.Dequeue();
        var end = _isolation == ReadIsolation.Committed && part.LastStable >= 0 ? part.LastStable : part.HighWatermark;
        var (position, atEnd) = (lane.Position, lane.AtEnd);
        lane.Position = part.Next;
        lane.AtEnd = part.Next >= end;
        return page.Count > 0 || lane.Position != position || lane.AtEnd != atEnd;
    }

    private void Failed(Lane lane, short error)
    {
        var code = (ErrorCode)error;
        if (code == ErrorCode.OffsetOutOfRange)
        {
            lane.Gone = true;
            throw new OffsetGoneException(
                lane.Topic, lane.Next, "The broker does not have the offset.",
                new ProtocolException($"Fetch of {lane.Topic} at {lane.Next}: {code}."));
        }

        lane.Leader = Lane.NoLeader;
        var fault = new KafkaFault(KafkaFault.KindOf(code), code.ToString(), $"The broker answered a fetch with {code}.");
        if (fault.Kind == KafkaFaultKind.Fatal)
        {
            lane.NotBefore = After(FaultBackoff);
            throw new KafkaFaultException(lane.Topic, fault);
        }

        LogHeard(_logger, fault.Code, lane.Topic);
        _findNotBefore = Math.Max(_findNotBefore, After(Backoff));
    }

    /// <summary>Sends what is to be sent and waits for an answer; false: none came in time.</summary>
    private bool Turn(TimeSpan left)
    {
        try
        {
            Prepare();
            if (left < TimeSpan.Zero)
            {
                left = TimeSpan.Zero;
            }

            if (!_links.AnyWaiting())
            {
                _never.Wait(left < PausedWait ? left : PausedWait);
                return left > TimeSpan.Zero;
            }

            if (_links.AwaitAnswer(left) is not { } answering)
            {
                return false;
            }

            Receive(answering);
            // The next fetch is on its way while this answer is used.
            Prepare();
            return true;
        }
        catch (Exception away) when (Bootstrap.IsNetwork(away, CancellationToken.None) || away is ProtocolException)
        {
            Away(away);
        }
        catch (Exception refused) when (Bootstrap.IsSecurity(refused))
        {
            Away(refused);
            _findNotBefore = After(FaultBackoff);
            var fault = new KafkaFault(KafkaFaultKind.Fatal, nameof(ErrorCode.Local_Authentication), refused.Message);
            throw new KafkaFaultException("kafka", fault, refused);
        }

        return left > TimeSpan.Zero;
    }

    /// <summary>One answer at a time: the next fetch may be sent, but is not received before this one's parts are used.</summary>
    private void Receive(BrokerLink link)
    {
        foreach (var part in link.Receive(MostAnswerBytes))
        {
            _parts.Enqueue(part);
            if (part.Error == 0)
            {
                part.Lane.Next = part.Next;
            }
        }

        _away = false;
        _backoff = Backoff;
    }

    private void Prepare()
    {
        var now = Stopwatch.GetTimestamp();
        if (now >= _findNotBefore && _lanes.Values.Any(l => l.Leader == Lane.NoLeader && now >= l.NotBefore))
        {
            FindLeaders();
        }

        foreach (var broker in _lanes.Values.Select(l => l.Leader).Where(id => id != Lane.NoLeader).Distinct())
        {
            var link = _links.Of(broker);
            if (link.IsWaiting)
            {
                continue;
            }

            Resolve(broker, link);
            _wanted.Clear();
            _wanted.AddRange(_lanes.Values.Where(l =>
                l.Leader == broker && l.Next >= 0 && !l.Paused && !l.Gone && now >= l.NotBefore && !HasErrorWaiting(l)));
            if (_wanted.Count > 0)
            {
                link.Send(_wanted, FetchRequests.Fetch(
                    link.Connection, _wanted, _isolation, _waitMs, Math.Max(_topicBytes * 8, 16 * 1024 * 1024), _topicBytes));
            }
        }
    }

    private bool HasErrorWaiting(Lane lane)
    {
        foreach (var part in _parts)
        {
            if (part.Lane == lane && part.Error != 0)
            {
                return true;
            }
        }

        return false;
    }

    private void FindLeaders()
    {
        _findNotBefore = After(_backoff);
        _backoff = _backoff * 2 < LongestBackoff ? _backoff * 2 : LongestBackoff;
        var leaders = _links.Find(_lanes.Keys);
        foreach (var lane in _lanes.Values)
        {
            var leader = leaders.GetValueOrDefault(lane.Topic, Lane.NoLeader);
            if (lane.Leader != leader)
            {
                lane.Leader = leader;
                // An answer of the old leader may still come; it is not wanted.
                if (lane.Position >= 0 && lane.Next >= 0)
                {
                    (lane.Next, lane.Generation) = (lane.Position, lane.Generation + 1);
                }
            }
        }
    }

    /// <summary>Asks for ends that are wanted as offsets.</summary>
    private void Resolve(int broker, BrokerLink link)
    {
        foreach (var lane in _lanes.Values)
        {
            if (lane.Leader != broker || lane.Next >= 0)
            {
                continue;
            }

            var (error, offset) = _links.Resolve(lane, link);
            if (error == 0)
            {
                lane.Seek(offset);
            }
            else
            {
                Failed(lane, error);
            }
        }
    }

    /// <summary>At once, so that <see cref="PositionOf"/> says where reading starts; left to the next reads when no leader answers.</summary>
    private void ResolveNow()
    {
        var started = Stopwatch.GetTimestamp();
        while (_lanes.Values.Any(l => l.Next < 0) && Stopwatch.GetElapsedTime(started) < PartitionReader.ResolveLimit)
        {
            _links.DropWaiting();
            try
            {
                Prepare();
            }
            catch (Exception away) when (Bootstrap.IsNetwork(away, CancellationToken.None) || away is ProtocolException)
            {
                Away(away);
            }
            catch (KafkaFaultException starting) when (starting.Fault.Code == nameof(ErrorCode.UnsupportedVersion))
            {
                // A broker that is starting refuses versions that it offered; one that stays with it says so to the next read.
                Away(starting);
            }

            if (_lanes.Values.Any(l => l.Next < 0))
            {
                _never.Wait(Backoff);
            }
        }
    }

    /// <summary>Drops all connections: which one broke is not worth knowing, since a new one takes a millisecond.</summary>
    private void Away(Exception cause)
    {
        if (!_away)
        {
            LogHeard(_logger, "Local_Transport", cause.Message);
            _away = true;
        }

        _links.Dispose();
        _parts.Clear();
        foreach (var lane in _lanes.Values)
        {
            lane.Leader = Lane.NoLeader;
            if (lane.Position >= 0 && lane.Next >= 0)
            {
                (lane.Next, lane.Generation) = (lane.Position, lane.Generation + 1);
            }
        }

        _findNotBefore = After(Backoff);
    }

    private Lane LaneOf(string topic) => _lanes.TryGetValue(topic, out var lane)
        ? lane
        : throw new ArgumentException($"Topic '{topic}' is not assigned to this reader.", nameof(topic));

    private static long After(TimeSpan wait) => Stopwatch.GetTimestamp() + (long)(wait.TotalSeconds * Stopwatch.Frequency);

    private static int Setting(KafkaBusOptions options, string name, int otherwise) =>
        options.ExtraConfig.TryGetValue(name, out var text) && int.TryParse(text, CultureInfo.InvariantCulture, out var number)
            ? number
            : otherwise;

    [LoggerMessage(EventId = 4013, Level = LogLevel.Information, Message = "Reader heard {Code}: {Text}")]
    private static partial void LogHeard(ILogger logger, string code, string text);
}
