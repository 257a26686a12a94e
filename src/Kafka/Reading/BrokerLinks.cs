using System.Net.Sockets;

namespace Lockstep.Kafka.Reading;

/// <summary>A reader's connections, one a broker that leads a topic of its, and the wait for the first of them to answer.</summary>
internal sealed class BrokerLinks(KafkaBusOptions options, ReadIsolation isolation) : IDisposable
{
    private const int AnswerTimeoutMs = 5_000;
    private readonly LeaderFinder _finder = new(options);
    private readonly Dictionary<int, BrokerLink> _links = [];
    private readonly List<Socket> _sockets = [];
    private byte[] _small = new byte[1024];

    /// <summary>Leaders by topic; -1 for none.</summary>
    public Dictionary<string, int> Find(IReadOnlyCollection<string> topics) => _finder.Find(topics);

    /// <summary>The connection to a broker, made if there is none.</summary>
    public BrokerLink Of(int broker)
    {
        if (!_links.TryGetValue(broker, out var link))
        {
            link = new BrokerLink(_finder.Open(broker, AnswerTimeoutMs), AnswerTimeoutMs);
            _links.Add(broker, link);
        }

        return link;
    }

    /// <summary>Asks where a topic begins or ends, as the lane wants it.</summary>
    public (short Error, long Offset) Resolve(Lane lane, BrokerLink link) =>
        FetchRequests.Offset(link.Connection, lane.Topic, lane.Next, isolation, ref _small);

    /// <summary>True: some fetch is on its way.</summary>
    /// <exception cref="IOException">One is on its way for too long.</exception>
    public bool AnyWaiting()
    {
        _sockets.Clear();
        foreach (var link in _links.Values)
        {
            if (link.IsLate)
            {
                throw new IOException("A broker does not answer.");
            }

            if (link.IsWaiting)
            {
                _sockets.Add(link.Socket);
            }
        }

        return _sockets.Count > 0;
    }

    /// <summary>After <see cref="AnyWaiting"/>: the first link of which an answer has begun to arrive; null: none in that time.</summary>
    public BrokerLink? AwaitAnswer(TimeSpan longest)
    {
        var microseconds = (int)Math.Min(longest.TotalMicroseconds, int.MaxValue);
        if (_sockets.Count > 1)
        {
            Socket.Select(_sockets, null, null, microseconds);
        }
        else if (!_sockets[0].Poll(microseconds, SelectMode.SelectRead))
        {
            return null;
        }

        return _sockets.Count == 0 ? null : _links.Values.First(link => link.Socket == _sockets[0]);
    }

    /// <summary>Closes connections with a fetch on its way, whose answer would stand in the way of another.</summary>
    public void DropWaiting()
    {
        foreach (var (broker, link) in _links.Where(pair => pair.Value.IsWaiting).ToArray())
        {
            _links.Remove(broker);
            link.Dispose();
        }
    }

    /// <summary>Closes all connections.</summary>
    public void Dispose()
    {
        foreach (var link in _links.Values)
        {
            link.Dispose();
        }

        _links.Clear();
    }
}
