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

        return value switch
        {
            string text => StateHash.Of(text),
            byte[] bytes => StateHash.Of(bytes.AsSpan()),
            long?[] items => OfItems(items),
            double?[] items => OfItems(items),
            _ => throw new InvalidOperationException($"{typeof(T).Name} is no storage type."),
        };
    }

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
