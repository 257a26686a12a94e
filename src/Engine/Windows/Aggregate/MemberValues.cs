using System.Globalization;
using System.Text;
using Lockstep.Engine.Indexes;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>
/// Functions that go through all members of a group each time their value is wanted: O(n log n), O(n) for text. Null and NaN
/// are left out.
/// </summary>
internal sealed class MemberValues<T>(MemberStore members, StoreColumn<T> values)
{
    private readonly StringBuilder _text = new();
    private T[] _sorted = [];
    private double[] _reals = [];

    /// <summary>How many different values.</summary>
    public long CountDistinct(int group)
    {
        var count = 0L;
        var sorted = Sorted(group);
        for (var i = 0; i < sorted.Length; i++)
        {
            count += i == 0 || ValueOrder<T>.Of(sorted[i - 1], sorted[i]) != 0 ? 1 : 0;
        }

        return count;
    }

    /// <summary>A member with the most frequent value, the smallest of several; -1 for none.</summary>
    public int Mode(int group)
    {
        var sorted = Sorted(group);
        var (best, bestRun, run) = (0, 0, 0);
        for (var i = 0; i < sorted.Length; i++)
        {
            run = i > 0 && ValueOrder<T>.Of(sorted[i - 1], sorted[i]) == 0 ? run + 1 : 1;
            if (run > bestRun)
            {
                (best, bestRun) = (i, run);
            }
        }

        var member = bestRun == 0 ? -1 : members.Oldest(group);
        while (member >= 0 && !(Counts(member) && ValueOrder<T>.Of(values[member], sorted[best]) == 0))
        {
            member = members.After(member);
        }

        return member;
    }

    /// <summary>The value in the middle, or the mean of the two there; null for none.</summary>
    public double? Median(int group)
    {
        var sorted = Sorted(group);
        if (sorted.IsEmpty)
        {
            return null;
        }

        var (low, high) = (Real(sorted[(sorted.Length - 1) / 2]), Real(sorted[sorted.Length / 2]));
        return low + ((high - low) / 2);
    }

    /// <summary>All values in ascending order; valid until the next call.</summary>
    public ReadOnlySpan<double> Reals(int group)
    {
        var sorted = Sorted(group);
        if (_reals.Length < sorted.Length)
        {
            _reals = new double[_sorted.Length];
        }

        for (var i = 0; i < sorted.Length; i++)
        {
            _reals[i] = Real(sorted[i]);
        }

        return _reals.AsSpan(0, sorted.Length);
    }

    /// <summary>The values as text, oldest first; null for none.</summary>
    public string? Concat(int group, string separator)
    {
        _text.Clear();
        var count = 0;
        for (var member = members.Oldest(group); member >= 0; member = members.After(member))
        {
            if (!values.IsNull(member))
            {
                _text.Append(count++ == 0 ? "" : separator)
                    .Append(Convert.ToString(values[member], CultureInfo.InvariantCulture));
            }
        }

        return count == 0 ? null : _text.ToString();
    }

    private static double Real(T value) => Convert.ToDouble(value, CultureInfo.InvariantCulture);

    private bool Counts(int member) => !values.IsNull(member) && ValueOrder<T>.IsOrdered(values[member]);

    private ReadOnlySpan<T> Sorted(int group)
    {
        var count = 0;
        for (var member = members.Oldest(group); member >= 0; member = members.After(member))
        {
            if (Counts(member))
            {
                if (count == _sorted.Length)
                {
                    Array.Resize(ref _sorted, Math.Max(64, 2 * count));
                }

                _sorted[count++] = values[member];
            }
        }

        _sorted.AsSpan(0, count).Sort(ValueOrder<T>.Of);
        return _sorted.AsSpan(0, count);
    }
}
