using Lockstep.Contracts.Events;

namespace Lockstep.Failover.Simulation.Members;

/// <summary>One output of the engine.</summary>
internal readonly record struct EngineOutput(int Topic, long Value, MessageId Id);

/// <summary>
/// A toy engine whose results depend on the order of its input and on stream time: a sum over what is retained, put out on topic
/// 0 for each inbound record, and on topic 1 whenever a record's retention is over.
/// </summary>
internal sealed class SimulatedEngine
{
    public const int Outbound = 2;
    private const long RetentionMicroseconds = 120_000;
    private readonly Queue<(long Expiry, long Value)> _retained;
    private long _time;
    private long _sum;
    private long _count;
    private MessageId _last;

    public SimulatedEngine()
        : this([])
    {
    }

    private SimulatedEngine(Queue<(long, long)> retained) => _retained = retained;

    /// <summary>Hash of everything that was ever applied, and when.</summary>
    public ulong Digest { get; private set; } = 14695981039346656037;

    /// <summary>When something is due; null: never.</summary>
    public long? NextExpiry => _retained.TryPeek(out var next) ? next.Expiry : null;

    public SimulatedEngine Clone() => new(new Queue<(long, long)>(_retained))
    {
        _time = _time,
        _sum = _sum,
        _count = _count,
        _last = _last,
        Digest = Digest,
    };

    public void Begin(long streamTime)
    {
        _time = streamTime;
        Mix(streamTime);
    }

    public void Apply(int topic, long offset, long value, List<EngineOutput> outputs)
    {
        _sum += value * (topic + 1);
        _count++;
        _last = new MessageId(topic, offset);
        _retained.Enqueue((_time + RetentionMicroseconds, value * (topic + 1)));
        Mix(_sum);
        outputs.Add(new EngineOutput(0, (_sum * 31) + _count, _last));
    }

    /// <summary>The end of a step.</summary>
    public void Tick(List<EngineOutput> outputs)
    {
        while (_retained.TryPeek(out var next) && next.Expiry <= _time)
        {
            _sum -= _retained.Dequeue().Value;
            Mix(_sum);
            outputs.Add(new EngineOutput(1, _sum, _last));
        }
    }

    /// <summary>What a nondeterministic function does.</summary>
    public void Disturb()
    {
        _sum++;
        Mix(_sum);
    }

    private void Mix(long value) => Digest = (Digest ^ (ulong)value) * 1099511628211;
}
