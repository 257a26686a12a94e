using System.Diagnostics;
using System.Net.Sockets;
using Lockstep.Kafka.Protocol;

namespace Lockstep.Kafka.Reading;

/// <summary>
/// A reader's connection to one broker, with at most one fetch on its way: the next one is sent before the answer to the last
/// is worked off, so that the broker reads while this side computes.
/// </summary>
internal sealed class BrokerLink(ProtocolConnection connection, int timeoutMs) : IDisposable
{
    private readonly List<(Lane Lane, int Generation)> _asked = [];
    private byte[] _buffer = new byte[64 * 1024];
    private long _sentAt;

    public ProtocolConnection Connection => connection;

    public Socket Socket => connection.Socket;

    /// <summary>True: a fetch was sent and not answered.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>True: it waits for longer than any broker in good health takes.</summary>
    public bool IsLate => IsWaiting && Stopwatch.GetElapsedTime(_sentAt).TotalMilliseconds > timeoutMs;

    /// <summary>Sends a fetch for some topics.</summary>
    public void Send(IReadOnlyList<Lane> lanes, ProtocolWriter request)
    {
        _asked.Clear();
        foreach (var lane in lanes)
        {
            _asked.Add((lane, lane.Generation));
        }

        connection.Send(request);
        _sentAt = Stopwatch.GetTimestamp();
        IsWaiting = true;
    }

    /// <summary>Takes the answer; only when everything of the last one is used.</summary>
    /// <returns>What came for topics that still want what was asked for.</returns>
    public List<FetchedPart> Receive(int mostBytes)
    {
        var length = connection.Receive(ref _buffer, mostBytes);
        IsWaiting = false;
        var (error, topics) = FetchRequests.Fetched(_buffer.AsSpan(0, length));
        if (error != 0)
        {
            throw new ProtocolException($"A fetch was answered with error {error}.");
        }

        var parts = new List<FetchedPart>(topics.Count);
        foreach (var topic in topics)
        {
            var (lane, generation) = _asked.Find(a => a.Lane.Topic == topic.Topic);
            if (lane is not null && lane.Generation == generation && !lane.Paused)
            {
                parts.Add(new FetchedPart(lane, topic, _buffer, mostBytes));
            }
        }

        return parts;
    }

    // Closing a socket does not wait.
    public void Dispose() => connection.Close();
}
