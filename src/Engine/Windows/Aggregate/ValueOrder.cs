using System.Runtime.CompilerServices;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>The order of values of a storage type: numbers by size, text by its code units. NaN has no place in it.</summary>
internal static class ValueOrder<T>
{
    /// <summary>True for values that have a place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsOrdered(T value) => typeof(T) != typeof(double) || !double.IsNaN(Unsafe.As<T, double>(ref value));

    /// <summary>True when the left value is before the right one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsBefore(T left, T right) =>
        typeof(T) == typeof(double) ? Unsafe.As<T, double>(ref left) < Unsafe.As<T, double>(ref right)
        : typeof(T) == typeof(long) ? Unsafe.As<T, long>(ref left) < Unsafe.As<T, long>(ref right)
        : Of(left, right) < 0;

    /// <summary>Below, at or above 0 as the left value is before, equal to or after the right.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Of(T left, T right)
    {
        if (typeof(T) == typeof(double))
        {
            var (l, r) = (Unsafe.As<T, double>(ref left), Unsafe.As<T, double>(ref right));
            return l < r ? -1 : l > r ? 1 : 0;
        }

        if (typeof(T) == typeof(long))
        {
            var (l, r) = (Unsafe.As<T, long>(ref left), Unsafe.As<T, long>(ref right));
            return l < r ? -1 : l > r ? 1 : 0;
        }

        return typeof(T) == typeof(string)
            ? string.CompareOrdinal((string?)(object?)left, (string?)(object?)right)
            : Comparer<T>.Default.Compare(left, right);
    }
}
