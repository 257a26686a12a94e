using System.Collections.Concurrent;
using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;

namespace Lockstep.Connectors.Kafka.Shadows;

/// <summary>A record that a shadow would have written.</summary>
/// <param name="Value">Its value.</param>
/// <param name="Id">The inbound record that caused it, by the indexes of the version that writes.</param>
internal readonly record struct ShadowRecord(ReadOnlyMemory<byte> Value, MessageId Id);

/// <summary>
/// Compares one outbound topic step by step. The journal says which q a step put on the topic, so each step waits until the
/// reader of the topic has seen them all. Rows are matched by the inbound record that caused them; their order within that does
/// not count. Both sides hold <see cref="Limit"/> entries at most; what is beyond is not compared, and counted.
/// </summary>
internal sealed class TopicComparer(OutboundTopic topic, RowText text)
{
    /// <summary>Live records, and steps, held at most.</summary>
    public const int Limit = 20_000;

    private readonly ConcurrentQueue<(OutboundStamp Stamp, byte[] Value)> _live = new();
    private readonly Queue<Step> _steps = new();
    private List<(OutboundStamp Stamp, byte[] Value)> _gathered = [];

    public TopicComparison Result { get; private set; } = new(topic.Name, 0, 0, 0, 0, 0, null);

    /// <summary>A record that lies on the topic; any thread.</summary>
    public void Seen(OutboundStamp stamp, byte[] value)
    {
        if (_live.Count >= Limit)
        {
            _live.TryDequeue(out _);
        }

        _live.Enqueue((stamp, value));
    }

    /// <summary>A step was applied.</summary>
    /// <param name="before">Last q before it.</param>
    /// <param name="last">Last q after it.</param>
    /// <param name="own">What the shadow would have written.</param>
    public void Applied(long before, long last, ImmutableArray<ShadowRecord> own)
    {
        if (last == before && own.IsEmpty)
        {
            return;
        }

        if (_steps.Count >= Limit)
        {
            Skip();
        }

        _steps.Enqueue(new Step(before, last, own));
    }

    /// <summary>Compares every step of which all is there.</summary>
    public void Match()
    {
        while (_steps.TryPeek(out var step))
        {
            if (step.Before == step.Last)
            {
                Compare(step);
                continue;
            }

            if (!_live.TryPeek(out var live))
            {
                return;
            }

            if (live.Stamp.Q > step.Last)
            {
                // The reader began behind this step, or had to leave something out.
                Skip();
                continue;
            }

            _live.TryDequeue(out _);
            if (live.Stamp.Q > step.Before)
            {
                _gathered.Add(live);
            }

            if (live.Stamp.Q == step.Last && _gathered.Count == step.Last - step.Before)
            {
                Compare(step);
            }
        }
    }

    private void Skip()
    {
        _steps.Dequeue();
        _gathered = [];
        Result = Result with { Uncompared = Result.Uncompared + 1 };
    }

    private void Compare(Step step)
    {
        _steps.Dequeue();
        var live = _gathered;
        _gathered = [];
        if (live.Count == step.Own.Length && !live.Where((l, i) => !l.Value.AsSpan().SequenceEqual(step.Own[i].Value.Span)).Any())
        {
            Result = Result with { Equal = Result.Equal + live.Sum(l => text.Count(l.Value)) };
            return;
        }

        var owns = step.Own.ToLookup(o => o.Id);
        foreach (var id in live.Select(l => l.Stamp.MessageId).Concat(step.Own.Select(o => o.Id)).Distinct())
        {
            CompareRows(
                [.. live.Where(l => l.Stamp.MessageId == id).SelectMany(l => text.Rows(l.Value).Select(row => (l.Stamp.Q, row)))],
                [.. owns[id].SelectMany(o => text.Rows(o.Value.Span))]);
        }
    }

    private void CompareRows(List<(long Q, string Row)> live, List<string> own)
    {
        var rest = new List<(long Q, string Row)>();
        var counts = own.GroupBy(r => r, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        foreach (var row in live)
        {
            if (counts.GetValueOrDefault(row.Row) > 0)
            {
                counts[row.Row]--;
            }
            else
            {
                rest.Add(row);
            }
        }

        var equal = live.Count - rest.Count;
        var left = own.Where(row => counts[row]-- > 0).ToList();
        var different = Math.Min(rest.Count, left.Count);
        Result = Result with
        {
            Equal = Result.Equal + equal,
            Different = Result.Different + different,
            Missing = Result.Missing + rest.Count - different,
            Added = Result.Added + left.Count - different,
            First = Result.First ?? (rest.Count + left.Count == 0 ? null : new RowDifference(
                rest.Count > 0 ? rest[0].Q : 0, rest.Count > 0 ? rest[0].Row : "", left.Count > 0 ? left[0] : "")),
        };
    }

    private sealed record Step(long Before, long Last, ImmutableArray<ShadowRecord> Own);
}
