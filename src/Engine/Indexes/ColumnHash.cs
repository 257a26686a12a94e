using System.Runtime.CompilerServices;
using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Indexes;

/// <summary>
/// Hashes and compares the values of typed columns; for numbers the JIT leaves straight code without boxing.
/// </summary>
internal static class ColumnHash
{
    /// <summary>Hash of a value of a column's storage type; null references are the caller's matter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of<T>(T value)
    {
        if (typeof(T) == typeof(long))
        {
            return StateHash.Mix(unchecked((ulong)Unsafe.As<T, long>(ref value)) ^ 0x5851F42D4C957F2DUL);
        }

        if (typeof(T) == typeof(double))
        {
            return StateHash.Of(Unsafe.As<T, double>(ref value));
        }

        if (typeof(T) == typeof(decimal))
        {
            return StateHash.Of(Unsafe.As<T, decimal>(ref value));
        }

        if (typeof(T) == typeof(string))
        {
            return StateHash.Of(Unsafe.As<T, string>(ref value));
        }

        return OfObject(value);
    }

    private static ulong OfObject(object? value) => value switch
    {
        byte[] bytes => StateHash.Of(bytes.AsSpan()),
        long?[] items => OfItems(items),
        double?[] items => OfItems(items),
        _ => throw new InvalidOperationException($"{value?.GetType().Name} is no storage type."),
    };

    /// <summary>Hash of the values of some columns in one row; depends on their order.</summary>
    public static ulong OfRow(ReadOnlySpan<Column> columns, ReadOnlySpan<int> indexes, int row)
    {
        var hash = 0UL;
        foreach (var index in indexes)
        {
            hash = StateHash.Combine(hash, Of(columns[index], row));
        }

        return hash;
    }

    /// <summary>Folds the values of a column into one hash a row, as <see cref="OfRow"/> does.</summary>
    public static void Combine(Column column, Span<ulong> hashes)
    {
        switch (column)
        {
            case Column<string> texts: CombineAll(texts, hashes); break;
            case Column<long> wholes: CombineAll(wholes, hashes); break;
            default:
                for (var row = 0; row < hashes.Length; row++)
                {
                    hashes[row] = StateHash.Combine(hashes[row], Of(column, row));
                }

                break;
        }
    }

    /// <summary>Folds the values that rows of a column give into one hash a change; changes without a row are left as they are.</summary>
    public static void Combine(Column column, ReadOnlySpan<SlotChange> changes, Span<ulong> hashes)
    {
        switch (column)
        {
            case Column<string> texts: CombineAll(texts, changes, hashes); break;
            case Column<long> wholes: CombineAll(wholes, changes, hashes); break;
            case Column<double> reals: CombineAll(reals, changes, hashes); break;
            default:
                for (var i = 0; i < changes.Length; i++)
                {
                    hashes[i] = changes[i].Row < 0 ? hashes[i] : StateHash.Combine(hashes[i], Of(column, changes[i].Row));
                }

                break;
        }
    }

    /// <summary>Hash of one value.</summary>
    public static ulong Of(Column column, int row)
    {
        if (column.IsNull(row))
        {
            return StateHash.Null;
        }

        return column switch
        {
            Column<long> c => Of(c[row]),
            Column<double> c => Of(c[row]),
            Column<string> c => Of(c[row]),
            Column<decimal> c => Of(c[row]),
            Column<byte[]> c => Of(c[row]),
            Column<long?[]> c => Of(c[row]),
            Column<double?[]> c => Of(c[row]),
            _ => throw new InvalidOperationException($"{column.Type} has no storage type."),
        };
    }

    /// <summary>True when two values of a column are equal; null equals null.</summary>
    public static bool AreEqual(Column column, int one, int other)
    {
        if (column.IsNull(one) || column.IsNull(other))
        {
            return column.IsNull(one) && column.IsNull(other);
        }

        return column switch
        {
            Column<long> c => c[one] == c[other],
            Column<double> c => AreEqual(c[one], c[other]),
            Column<string> c => AreEqual(c[one], c[other]),
            Column<decimal> c => AreEqual(c[one], c[other]),
            Column<byte[]> c => AreEqual(c[one], c[other]),
            Column<long?[]> c => AreEqual(c[one], c[other]),
            Column<double?[]> c => AreEqual(c[one], c[other]),
            _ => throw new InvalidOperationException($"{column.Type} has no storage type."),
        };
    }

    /// <summary>True when two values that are not null are equal: NaN to NaN, arrays item by item.</summary>
    public static bool AreEqual<T>(T left, T right)
    {
        if (typeof(T) == typeof(long) || typeof(T) == typeof(decimal) || typeof(T) == typeof(double))
        {
            return EqualityComparer<T>.Default.Equals(left, right);
        }

        return (left, right) switch
        {
            (string a, string b) => string.Equals(a, b, StringComparison.Ordinal),
            (byte[] a, byte[] b) => a.AsSpan().SequenceEqual(b),
            (long?[] a, long?[] b) => a.AsSpan().SequenceEqual(b),
            (double?[] a, double?[] b) => a.AsSpan().SequenceEqual(b),
            _ => false,
        };
    }

    private static void CombineAll<T>(Column<T> column, Span<ulong> hashes)
    {
        var values = column.Values;
        var hasNulls = column.HasNulls;
        for (var row = 0; row < hashes.Length; row++)
        {
            hashes[row] = StateHash.Combine(hashes[row], hasNulls && column.IsNull(row) ? StateHash.Null : Of(values[row]));
        }
    }

    private static void CombineAll<T>(Column<T> column, ReadOnlySpan<SlotChange> changes, Span<ulong> hashes)
    {
        var values = column.Values;
        var hasNulls = column.HasNulls;
        for (var i = 0; i < changes.Length; i++)
        {
            var row = changes[i].Row;
            if (row >= 0)
            {
                hashes[i] = StateHash.Combine(hashes[i], hasNulls && column.IsNull(row) ? StateHash.Null : Of(values[row]));
            }
        }
    }

    private static ulong OfItems<T>(T?[] items)
        where T : struct
    {
        var hash = StateHash.Mix((ulong)items.Length + 5);
        foreach (var item in items)
        {
            hash = StateHash.Combine(hash, item is { } value ? Of(value) : StateHash.Null);
        }

        return hash;
    }
}
