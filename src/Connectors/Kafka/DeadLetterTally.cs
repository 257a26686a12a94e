using System.Globalization;
using Lockstep.Contracts.Api;

namespace Lockstep.Connectors.Kafka;

/// <summary>Counts inbound records that could not be decoded as they are applied, the same on every member, and raises the alarm.</summary>
internal sealed class DeadLetterTally(GroupTopics topics, AlarmBoard alarms)
{
    private readonly long[] _counts = new long[topics.Inbound.Length];
    private readonly long[] _next = new long[topics.Inbound.Length];
    private long _count;

    /// <summary>Records so far.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Notes one, unless it was noted before the state was thrown away; on the engine thread.</summary>
    public void Add(int topic, long offset, string fault)
    {
        if (offset < _next[topic])
        {
            return;
        }

        _next[topic] = offset + 1;
        Interlocked.Increment(ref _count);
        var name = topics.Inbound[topic].Name;
        alarms.Raise(AlarmCode.DeadLetters, name, string.Create(
            CultureInfo.InvariantCulture,
            $"Records of {name} that could not be decoded and are in {topics.DeadLetters(topic)}: {++_counts[topic]}. "
            + $"The last is offset {offset}: {fault}"));
    }
}
