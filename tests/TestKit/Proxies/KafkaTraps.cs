using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Lockstep.TestKit.Proxies;

/// <summary>
/// Faults of single requests of Kafka: held, answered late, or sent twice. A doubled request is sent again, byte by byte, over
/// a connection of its own, so its answer reaches nobody: what a network does that delivers a retransmitted request of a
/// connection that was given up.
/// </summary>
public sealed class KafkaTraps : IAsyncDisposable
{
    private readonly ConcurrentDictionary<KafkaApi, long> _seen = new();
    private readonly ConcurrentDictionary<KafkaApi, Func<Task>> _doubled = new();
    private readonly ConcurrentQueue<short> _doubleAnswers = new();
    private readonly ConcurrentBag<Task> _sending = [];
    private readonly CancellationTokenSource _stop = new();
    private volatile IReadOnlyList<FrameTrap> _traps = [];

    internal KafkaTraps()
    {
    }

    /// <summary>Error codes that brokers answered to requests sent twice, in order of arrival; 0 for none.</summary>
    public IReadOnlyList<short> DoubleAnswers => [.. _doubleAnswers];

    /// <summary>How many requests of a kind have gone through or were caught.</summary>
    /// <param name="api">The kind.</param>
    public long Seen(KafkaApi api) => _seen.GetValueOrDefault(api);

    /// <summary>Catches requests or answers from now on.</summary>
    /// <param name="api">Which.</param>
    /// <param name="side">The request or its answer.</param>
    /// <param name="limit">How many; further ones pass.</param>
    public FrameTrap Trap(KafkaApi api, FrameSide side, int limit = int.MaxValue)
    {
        var trap = new FrameTrap(api, side, limit);
        lock (_seen)
        {
            _traps = [.. _traps, trap];
        }

        return trap;
    }

    /// <summary>Sends each request of a kind again some time after the first.</summary>
    /// <param name="api">Which.</param>
    /// <param name="after">How much later.</param>
    public void Double(KafkaApi api, TimeSpan after) => _doubled[api] = () => Task.Delay(after, TimeProvider.System, _stop.Token);

    /// <summary>Sends each request of a kind again when a task is done.</summary>
    /// <param name="api">Which.</param>
    /// <param name="when">The task.</param>
    public void Double(KafkaApi api, Task when) => _doubled[api] = () => when.WaitAsync(_stop.Token);

    /// <summary>Sends further requests of a kind once.</summary>
    /// <param name="api">Which.</param>
    public void EndDouble(KafkaApi api) => _doubled.TryRemove(api, out _);

    /// <summary>Lets go what is held, takes traps and doubling away and counts from 0 again.</summary>
    public void Clear()
    {
        foreach (var trap in _traps)
        {
            trap.Release();
        }

        _traps = [];
        _doubled.Clear();
        _doubleAnswers.Clear();
        _seen.Clear();
    }

    /// <summary>As <see cref="Clear"/>, and ends what is being sent twice.</summary>
    public async ValueTask DisposeAsync()
    {
        Clear();
        await _stop.CancelAsync();
        await Task.WhenAll(_sending);
        _stop.Dispose();
    }

    internal FrameTrap? Catch(KafkaApi api, FrameSide side)
    {
        if (side == FrameSide.Request)
        {
            _seen.AddOrUpdate(api, 1, (_, count) => count + 1);
        }

        return _traps.FirstOrDefault(t => t.TryCatch(api, side));
    }

    internal void Sent(KafkaFrame frame, int target)
    {
        if (_doubled.TryGetValue(frame.Api, out var after))
        {
            _sending.Add(SendAgainAsync(frame, target, after));
        }
    }

    private async Task SendAgainAsync(KafkaFrame frame, int target, Func<Task> after)
    {
        try
        {
            await after();
            using var client = new TcpClient { NoDelay = true };
            await client.ConnectAsync(IPAddress.Loopback, target, _stop.Token);
            await using var stream = client.GetStream();
            await stream.WriteAsync(frame.Bytes, _stop.Token);
            var answer = await KafkaFrame.ReadAsync(stream, _stop.Token);
            if (answer is not null && frame.ErrorOf(answer) is { } code)
            {
                _doubleAnswers.Enqueue(code);
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException)
        {
            // The broker is away or the test ends: then it was not sent twice, and DoubleAnswers lacks it.
        }
    }
}
