using Confluent.Kafka;
using Lockstep.Kafka.Protocol;
using Lockstep.Kafka.Reading;

namespace Lockstep.Kafka.Writing;

/// <summary>
/// The connections to the leaders of the topics that are written to. A batch that was sent is sent again, with its numbers, until it
/// is acknowledged: the leader takes it once. Blocks its thread.
/// </summary>
internal sealed class LeaderLinks(KafkaBusOptions options, string transactionalId, ManualResetEventSlim interrupted) : IDisposable
{
    private static readonly TimeSpan Backoff = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StepLimit = TimeSpan.FromSeconds(5);

    private readonly LeaderFinder _finder = new(options);
    private readonly Dictionary<int, Link> _links = [];
    private readonly List<Link> _asked = [];
    private readonly List<(string Topic, short Error)> _answers = [];
    private Dictionary<string, int> _leaders = new(StringComparer.Ordinal);
    private byte[] _buffer = new byte[4096];
    private KafkaFault? _last;

    /// <summary>Finds the leaders of some topics and connects to them.</summary>
    /// <returns>The topics without a leader.</returns>
    /// <exception cref="IOException">The network failed.</exception>
    /// <exception cref="ProtocolException">A broker can't be spoken to.</exception>
    public IReadOnlyList<string> WarmUp(IReadOnlyCollection<string> topics)
    {
        foreach (var (broker, link) in _links.Where(pair => pair.Value.Connection.IsClosed).ToArray())
        {
            Drop(broker, link);
        }

        foreach (var (topic, leader) in _finder.Find(topics))
        {
            _leaders[topic] = leader;
        }

        foreach (var topic in topics)
        {
            if (_leaders.GetValueOrDefault(topic, Lane.NoLeader) is var leader && leader != Lane.NoLeader)
            {
                Of(leader);
            }
        }

        return [.. topics.Where(topic => _leaders.GetValueOrDefault(topic, Lane.NoLeader) == Lane.NoLeader)];
    }

    /// <summary>Writes all sealed batches of some topics, one a topic at a time, all leaders at once.</summary>
    /// <param name="lanes">The topics.</param>
    /// <param name="raises">True: by the request that adds them to the open transaction.</param>
    /// <param name="limit">Until when it is tried.</param>
    /// <returns>Null: all are acknowledged.</returns>
    public KafkaFault? Write(IReadOnlyCollection<TopicLane> lanes, bool raises, Deadline limit)
    {
        var backoff = Backoff;
        while (lanes.Any(lane => lane.Unacknowledged.Count > 0))
        {
            _last = null;
            if (Round(lanes, raises, limit) is { } fault)
            {
                return fault;
            }

            if (_last is null)
            {
                backoff = Backoff;
                continue;
            }

            if (limit.IsOver || interrupted.Wait(_last.Code == nameof(ErrorCode.ConcurrentTransactions) ? Backoff / 5 : backoff))
            {
                return WriteFaults.TimedOut("Produce", _last);
            }

            backoff = backoff * 2 < LongestBackoff ? backoff * 2 : LongestBackoff;
        }

        return null;
    }

    public void Dispose()
    {
        foreach (var link in _links.Values)
        {
            link.Connection.Close();
        }

        _links.Clear();
    }

    /// <summary>One request to each leader. <see cref="_last"/> tells of what failed and may be tried again.</summary>
    private KafkaFault? Round(IReadOnlyCollection<TopicLane> lanes, bool raises, Deadline limit)
    {
        if (!Group(lanes))
        {
            return null;
        }

        foreach (var link in _asked)
        {
            Try(link, () =>
            {
                var ms = limit.StepMs(StepLimit);
                link.Connection.Socket.ReceiveTimeout = link.Connection.Socket.SendTimeout = ms;
                link.Request = WriteRequests.Produce(link.Connection, link.Request, transactionalId, raises, ms, link.Lanes);
                link.IsWaiting = true;
            });
        }

        KafkaFault? fault = null;
        foreach (var link in _asked)
        {
            if (link.IsWaiting)
            {
                // All answers are taken, so that the connections can be used again whatever one of them says.
                Try(link, () => fault = Take(link) ?? fault);
                link.IsWaiting = false;
            }
        }

        return fault;
    }

    private KafkaFault? Take(Link link)
    {
        KafkaFault? fault = null;
        WriteRequests.Produced(link.Connection, _answers, ref _buffer);
        foreach (var (topic, error) in _answers)
        {
            var code = (ErrorCode)error;
            if (code is ErrorCode.NoError or ErrorCode.DuplicateSequenceNumber)
            {
                link.Lanes.Find(lane => lane.Topic == topic)?.Acknowledge();
            }
            else if (WriteFaults.IsPassing(code))
            {
                _last = WriteFaults.Of(code, $"Produce to {topic}");
                if (WriteFaults.IsMoved(code))
                {
                    _leaders.Remove(topic);
                }
            }
            else
            {
                fault = WriteFaults.Of(code, $"Produce to {topic}");
            }
        }

        return fault;
    }

    /// <summary>Sorts the topics by leader into <see cref="_asked"/>; false: a leader is not known or not reached now.</summary>
    private bool Group(IReadOnlyCollection<TopicLane> lanes)
    {
        _asked.Clear();
        foreach (var link in _links.Values)
        {
            link.Lanes.Clear();
        }

        try
        {
            Find(lanes);
            foreach (var lane in lanes)
            {
                if (lane.Unacknowledged.Count == 0)
                {
                    continue;
                }

                var link = Of(_leaders[lane.Topic]);
                if (link.Lanes.Count == 0)
                {
                    _asked.Add(link);
                }

                link.Lanes.Add(lane);
            }

            return true;
        }
        catch (Exception away) when (Bootstrap.IsNetwork(away, CancellationToken.None))
        {
            _leaders.Clear();
            _last = WriteFaults.Broken(away);
            return false;
        }
    }

    private void Find(IReadOnlyCollection<TopicLane> lanes)
    {
        if (lanes.All(lane => lane.Unacknowledged.Count == 0 || _leaders.GetValueOrDefault(lane.Topic, Lane.NoLeader) != Lane.NoLeader))
        {
            return;
        }

        foreach (var (topic, leader) in _finder.Find([.. lanes.Select(lane => lane.Topic)]))
        {
            _leaders[topic] = leader;
            if (leader == Lane.NoLeader)
            {
                throw new IOException($"Topic {topic} has no leader.");
            }
        }
    }

    private Link Of(int broker)
    {
        if (!_links.TryGetValue(broker, out var link))
        {
            link = new Link(broker, _finder.Open(broker, (int)StepLimit.TotalMilliseconds));
            _links.Add(broker, link);
        }

        return link;
    }

    private void Try(Link link, Action step)
    {
        try
        {
            step();
        }
        catch (Exception broken) when (Bootstrap.IsNetwork(broken, CancellationToken.None) || broken is ProtocolException)
        {
            _last = WriteFaults.Broken(broken);
            Drop(link.Broker, link);
            _leaders.Clear();
        }
    }

    private void Drop(int broker, Link link)
    {
        link.Connection.Close();
        _links.Remove(broker);
    }

    private sealed class Link(int broker, ProtocolConnection connection)
    {
        public int Broker { get; } = broker;

        public ProtocolConnection Connection { get; } = connection;

        public List<TopicLane> Lanes { get; } = [];

        public ProtocolWriter? Request { get; set; }

        public bool IsWaiting { get; set; }
    }
}
