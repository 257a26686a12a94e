using Confluent.Kafka;
using Lockstep.Kafka.Protocol;
using Microsoft.Extensions.Logging;

namespace Lockstep.Kafka;

/// <summary>Where what is committed of a topic ends.</summary>
/// <param name="End">The last stable offset: nothing below it will ever be committed or aborted any more.</param>
/// <param name="ReadTo">
/// A reader that has returned everything below this offset has returned every committed record below the end. What lies between is
/// markers and aborted records, which a reader only passes over when a fetch comes back empty, its longest wait later.
/// </param>
public readonly record struct CommittedEnd(long End, long ReadTo);

/// <summary>
/// Asks the leaders of some topics where their committed records end, over connections of its own that are made beforehand: a
/// takeover asks this once and has no time to look for leaders. Calls may come from any thread; they queue.
/// </summary>
public sealed partial class CommittedEnds : IAsyncDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromMilliseconds(500);

    private readonly KafkaBusOptions _options;
    private readonly IReadOnlyCollection<string> _topics;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly Dictionary<(string Host, int Port), ProtocolConnection> _connections = [];
    private IReadOnlyDictionary<string, (string Host, int Port)> _leaders = new Dictionary<string, (string, int)>();
    private int _nextServer;

    /// <summary>Does not connect yet.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="topics">Topics of one partition.</param>
    /// <param name="logger">Told at debug level when a connection breaks.</param>
    public CommittedEnds(KafkaBusOptions options, IReadOnlyCollection<string> topics, ILogger logger)
    {
        _options = options;
        _topics = topics;
        _logger = logger;
    }

    /// <summary>Learns the leaders anew and connects to them. False: not now, or not possible; asking says why.</summary>
    /// <param name="timeout">Longest time to try.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<bool> WarmUpAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        try
        {
            await LockedAsync(ConnectAsync, timeout, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (KafkaFaultException)
        {
            return false;
        }
    }

    /// <summary>Asks now.</summary>
    /// <param name="positions">How far each topic has been read: the next offset of its reader, or -1 while unknown.</param>
    /// <param name="timeout">Longest time to wait.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="KafkaFaultException">Not now; or this client can't speak the cluster's security.</exception>
    public async Task<IReadOnlyDictionary<string, CommittedEnd>> AskAsync(
        IReadOnlyDictionary<string, long> positions, TimeSpan timeout, CancellationToken cancellation)
    {
        var ends = new Dictionary<string, CommittedEnd>(StringComparer.Ordinal);
        await LockedAsync(
            async stop =>
            {
                if (_leaders.Count < _topics.Count)
                {
                    await ConnectAsync(stop).ConfigureAwait(false);
                }

                var answers = await Task.WhenAll(_leaders.GroupBy(l => l.Value, l => l.Key).Select(
                    led => AskLeaderAsync(led.Key, [.. led], positions, stop))).ConfigureAwait(false);
                foreach (var (topic, end) in answers.SelectMany(a => a))
                {
                    ends[topic] = end;
                }
            },
            timeout, cancellation).ConfigureAwait(false);
        return ends;
    }

    /// <summary>Closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await _one.WaitAsync().ConfigureAwait(false);
        await DropAsync().ConfigureAwait(false);
        _one.Dispose();
    }

    private async Task<Dictionary<string, CommittedEnd>> AskLeaderAsync(
        (string Host, int Port) leader, IReadOnlyCollection<string> topics, IReadOnlyDictionary<string, long> positions,
        CancellationToken cancellation)
    {
        var connection = _connections[leader];
        var ends = await TopicRequests.EndsAsync(connection, topics, cancellation).ConfigureAwait(false);
        var unread = new Dictionary<string, (long From, long End)>(StringComparer.Ordinal);
        foreach (var topic in topics)
        {
            if (!ends.TryGetValue(topic, out var end) || end.Error != 0)
            {
                throw Fault((ErrorCode)end.Error, topic);
            }

            if (positions[topic] >= 0 && positions[topic] < end.End)
            {
                unread[topic] = (positions[topic], end.End);
            }
        }

        var last = unread.Count == 0
            ? new Dictionary<string, long>()
            : await TopicRequests.LastCommittedAsync(connection, unread, cancellation).ConfigureAwait(false);
        return topics.ToDictionary(
            t => t, t => new CommittedEnd(ends[t].End, last.GetValueOrDefault(t, ends[t].End)), StringComparer.Ordinal);
    }

    private async Task LockedAsync(Func<CancellationToken, Task> call, TimeSpan timeout, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation).ConfigureAwait(false);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        try
        {
            await call(limit.Token).ConfigureAwait(false);
        }
        catch (Exception away) when (Bootstrap.IsNetwork(away, cancellation) || Bootstrap.IsSecurity(away)
            || away is ProtocolException or KafkaFaultException)
        {
            LogDropped(_logger, away.Message);
            await DropAsync().ConfigureAwait(false);
            throw away as KafkaFaultException ?? new KafkaFaultException(
                _options.BootstrapServers, KafkaFault.OfNetwork(away), away);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task ConnectAsync(CancellationToken cancellation)
    {
        var any = await Bootstrap.OpenAnyAsync(_options, _nextServer, ConnectLimit, cancellation).ConfigureAwait(false);
        await using (any.ConfigureAwait(false))
        {
            _leaders = await TopicRequests.LeadersAsync(any, _topics, cancellation).ConfigureAwait(false);
        }

        if (_topics.FirstOrDefault(t => !_leaders.ContainsKey(t)) is { } leaderless)
        {
            throw Fault(ErrorCode.LeaderNotAvailable, leaderless);
        }

        foreach (var gone in _connections.Keys.Except(_leaders.Values).ToList())
        {
            await _connections[gone].DisposeAsync().ConfigureAwait(false);
            _connections.Remove(gone);
        }

        foreach (var leader in _leaders.Values.Distinct())
        {
            if (_connections.TryGetValue(leader, out var open))
            {
                // Finds out whether the broker has closed it for being idle.
                await BrokerRequests.NudgeAsync(open, cancellation).ConfigureAwait(false);
            }
            else
            {
                _connections[leader] = await ProtocolConnection.OpenAsync(
                    _options, leader.Host, leader.Port, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task DropAsync()
    {
        _nextServer = (_nextServer + 1) % ushort.MaxValue;
        _leaders = new Dictionary<string, (string, int)>();
        foreach (var connection in _connections.Values)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }

        _connections.Clear();
    }

    private static KafkaFaultException Fault(ErrorCode code, string topic) => new(topic, KafkaFault.Of(new Error(code)));

    [LoggerMessage(EventId = 4040, Level = LogLevel.Debug, Message = "The connections to the leaders broke: {Reason}")]
    private static partial void LogDropped(ILogger logger, string reason);
}
