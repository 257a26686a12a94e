using Lockstep.Contracts.Events;

namespace Lockstep.Failover.Simulation.Members;

/// <summary>One output of the engine.</summary>
internal readonly record struct EngineOutput(int Topic, long Value, MessageId Id);

/// <summary>
/// A toy engine whose results depend on the order of its input and on stream time: a sum over what is retained, put out on topic
/// 0 for each inbound record, and on topic 1 whenever a record's retention is over. Another version puts out other values and has
/// other digests, each by a mask; what it retains is the same, so a snapshot of one version can be taken over by the other.
/// </summary>
internal sealed class SimulatedEngine
{
    public const int Outbound = 2;
    private const long RetentionMicroseconds = 120_000;
    private readonly Queue<(long Expiry, long Value)> _retained;
    private readonly long _mask;
    private ulong _hash = 14695981039346656037;
    private long _time;
    private long _sum;
    private long _count;
    private MessageId _last;

    /// <param name="modelDigest">Digest of its version; empty: values and digests without a mask.</param>
    public SimulatedEngine(string modelDigest = "")
        : this([], MaskOf(modelDigest))
    {
    }

    private SimulatedEngine(Queue<(long, long)> retained, long mask) => (_retained, _mask) = (retained, mask);

    /// <summary>Hash of everything that was ever applied, and when.</summary>
    public ulong Digest => _hash ^ (ulong)_mask;

    /// <summary>When something is due; null: never.</summary>
    public long? NextExpiry => _retained.TryPeek(out var next) ? next.Expiry : null;

    /// <summary>What a version's outputs and digests differ by from those of an engine without one.</summary>
    public static long MaskOf(string modelDigest) => modelDigest == MemberHost.NextVersion ? 0x5555_5555 : 0;

    /// <summary>The same state in an engine of a version.</summary>
    public SimulatedEngine CloneAs(string modelDigest) => new(new Queue<(long, long)>(_retained), MaskOf(modelDigest))
    {
        _time = _time,
        _sum = _sum,
        _count = _count,
        _last = _last,
        _hash = _hash,
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
        outputs.Add(new EngineOutput(0, ((_sum * 31) + _count) ^ _mask, _last));
    }

    /// <summary>The end of a step.</summary>
    public void Tick(List<EngineOutput> outputs)
    {
        while (_retained.TryPeek(out var next) && next.Expiry <= _time)
        {
            _sum -= _retained.Dequeue().Value;
            Mix(_sum);
            outputs.Add(new EngineOutput(1, _sum ^ _mask, _last));
        }
    }

    /// <summary>What a nondeterministic function does.</summary>
    public void Disturb()
    {
        _sum++;
        Mix(_sum);
    }

    private void Mix(long value) => _hash = (_hash ^ (ulong)value) * 1099511628211;
}
