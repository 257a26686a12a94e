using System.Collections;
using System.Runtime.CompilerServices;

namespace Lockstep.Failover;

/// <summary>
/// The outputs of one commit in the order in which they were made. Their memory may be lent: it is valid until the commit has
/// ended and its step is given back by whoever made it.
/// </summary>
[CollectionBuilder(typeof(OutboundRecords), nameof(Create))]
public sealed class OutboundRecords : IReadOnlyList<OutboundRecord>
{
    private readonly ReadOnlyMemory<OutboundRecord> _records;

    /// <summary>Takes records where they are.</summary>
    public OutboundRecords(ReadOnlyMemory<OutboundRecord> records) => _records = records;

    /// <summary>How many.</summary>
    public int Length => _records.Length;

    /// <summary>True for none.</summary>
    public bool IsEmpty => _records.IsEmpty;

    /// <summary>For loops that must not allocate.</summary>
    public ReadOnlySpan<OutboundRecord> Span => _records.Span;

    int IReadOnlyCollection<OutboundRecord>.Count => _records.Length;

    /// <summary>A record by its place, from 0.</summary>
    public OutboundRecord this[int index] => _records.Span[index];

    /// <summary>A list with copies of records; for collection expressions.</summary>
    public static OutboundRecords Create(ReadOnlySpan<OutboundRecord> records) => new(records.ToArray());

    /// <summary>The same list without the records that topics hold already.</summary>
    /// <param name="seen">Last q on each outbound topic.</param>
    public OutboundRecords Above(IReadOnlyList<long> seen)
    {
        foreach (ref readonly var record in Span)
        {
            if (record.Q <= seen[record.TopicIndex])
            {
                return [.. this.Where(r => r.Q > seen[r.TopicIndex])];
            }
        }

        return this;
    }

    /// <inheritdoc/>
    public IEnumerator<OutboundRecord> GetEnumerator()
    {
        for (var i = 0; i < _records.Length; i++)
        {
            yield return _records.Span[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
