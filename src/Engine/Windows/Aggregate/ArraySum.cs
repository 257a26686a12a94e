using Lockstep.Contracts.Events;
using Lockstep.Engine.State;
using Lockstep.Engine.Windows.Calculate;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>
/// Sums of each group's arrays item by item: as long as the longest array, null items left out; an item that no member has
/// is null.
/// </summary>
internal sealed class ArraySum(int field) : GroupState
{
    private Item[]?[] _groups = [];

    /// <summary>The sums; null for no array.</summary>
    public double?[]? Sum(int group) => Results(group, static i => i.Values > 0 ? i.Sum.Value : null);

    /// <summary>The means; null for no array.</summary>
    public double?[]? Mean(int group) => Results(group, static i => i.Values > 0 ? i.Sum.Value / i.Values : null);

    /// <inheritdoc/>
    public override void Resize(int capacity) => Array.Resize(ref _groups, capacity);

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<GroupChange> changes, EventBlock input, long now)
    {
        var column = input.Columns[field];
        foreach (ref readonly var change in changes)
        {
            if (change.Kind == ChangeKind.Emptied)
            {
                Reset(change.Group);
            }
            else if (!column.IsNull(change.Row))
            {
                var sign = change.Kind == ChangeKind.Added ? 1 : -1;
                if (column is Column<double?[]> doubles)
                {
                    Put(ref _groups[change.Group], doubles[change.Row], sign);
                }
                else
                {
                    Put(ref _groups[change.Group], Array.ConvertAll(((Column<long?[]>)column)[change.Row], v => (double?)v), sign);
                }
            }
        }
    }

    /// <inheritdoc/>
    public override void Reset(int group) => _groups[group] = null;

    /// <inheritdoc/>
    public override ulong Hash(int group)
    {
        var hash = 0UL;
        foreach (ref readonly var item in Items(group))
        {
            hash = StateHash.Combine(StateHash.Combine(hash, item.Sum.Digest()), (ulong)item.Values);
            hash = StateHash.Combine(hash, (ulong)item.Arrays);
        }

        return hash;
    }

    /// <inheritdoc/>
    public override void Write(int group, SnapshotWriter writer)
    {
        var items = Items(group);
        writer.Write(items.Length);
        foreach (ref readonly var item in items)
        {
            item.Sum.WriteState(writer);
            writer.Write(item.Values);
            writer.Write(item.Arrays);
        }
    }

    /// <inheritdoc/>
    public override void Read(int group, SnapshotReader reader)
    {
        var items = new List<Item>();
        for (var count = reader.ReadCount(); items.Count < count;)
        {
            var item = default(Item);
            item.Sum.ReadState(reader);
            item.Values = reader.ReadInt64();
            item.Arrays = reader.ReadInt64();
            items.Add(item);
        }

        _groups[group] = items.Count == 0 ? null : [.. items];
    }

    private static void Put(ref Item[]? group, double?[] values, int sign)
    {
        group ??= [];
        if (values.Length > group.Length)
        {
            Array.Resize(ref group, values.Length);
        }

        for (var i = 0; i < values.Length; i++)
        {
            ref var item = ref group[i];
            item.Arrays += sign;
            if (values[i] is { } value)
            {
                item.Values += sign;
                item.Sum.Add(sign * value);
                if (item.Values == 0)
                {
                    item.Sum.Clear();
                }
            }
        }
    }

    // Items past the longest array that is still there do not count.
    private ReadOnlySpan<Item> Items(int group)
    {
        var items = _groups[group].AsSpan();
        var length = items.Length;
        while (length > 0 && items[length - 1].Arrays == 0)
        {
            length--;
        }

        return items[..length];
    }

    private double?[]? Results(int group, Func<Item, double?> valueOf)
    {
        var items = Items(group);
        if (items.IsEmpty)
        {
            return null;
        }

        var results = new double?[items.Length];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = valueOf(items[i]);
        }

        return results;
    }

    private struct Item
    {
        public CompensatedSum Sum;
        public long Values;
        public long Arrays;
    }
}
