using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Indexes;

/// <summary>
/// Hashes of keys, by which a store finds its rows. A key of one whole number keeps its lowest bits in order, so that rows
/// with keys that follow each other, as made keys and most ids do, lie side by side in the table too: in a table larger than
/// the processor's cache each would cost a fetch from memory otherwise.
/// </summary>
internal static class KeyHash
{
    private const int LocalBits = 6;
    private static readonly ulong OfNull = StateHash.Combine(0, StateHash.Null);

    /// <summary>Hash of the key of one event.</summary>
    public static ulong OfRow(ReadOnlySpan<Column> columns, ReadOnlySpan<int> keys, int row) =>
        keys.Length == 1 && columns[keys[0]] is Column<long> wholes && !wholes.IsNull(row)
            ? Of(wholes[row])
            : ColumnHash.OfRow(columns, keys, row);

    /// <summary>Hashes of the keys of the first events of a block, each as <see cref="OfRow"/> gives it.</summary>
    public static void OfRows(ReadOnlySpan<Column> columns, ReadOnlySpan<int> keys, Span<ulong> hashes)
    {
        if (keys.Length == 1 && columns[keys[0]] is Column<long> wholes)
        {
            var values = wholes.Values;
            var hasNulls = wholes.HasNulls;
            for (var row = 0; row < hashes.Length; row++)
            {
                hashes[row] = hasNulls && wholes.IsNull(row) ? OfNull : Of(values[row]);
            }

            return;
        }

        hashes.Clear();
        foreach (var key in keys)
        {
            ColumnHash.Combine(columns[key], hashes);
        }
    }

    /// <summary>Hashes of the keys of rows in slots that follow each other.</summary>
    public static void OfSlots(ReadOnlySpan<StoreColumn> columns, ReadOnlySpan<int> keys, int first, Span<ulong> hashes)
    {
        if (keys.Length == 1 && columns[keys[0]] is StoreColumn<long> wholes)
        {
            for (var i = 0; i < hashes.Length; i++)
            {
                hashes[i] = wholes.IsNull(first + i) ? OfNull : Of(wholes[first + i]);
            }

            return;
        }

        hashes.Clear();
        foreach (var key in keys)
        {
            columns[key].Combine(first, hashes);
        }
    }

    private static ulong Of(long value)
    {
        var bits = unchecked((ulong)value);
        return StateHash.Mix(bits >> LocalBits) ^ (bits & ((1UL << LocalBits) - 1));
    }
}
