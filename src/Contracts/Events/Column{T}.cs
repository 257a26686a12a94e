using System.Runtime.CompilerServices;

namespace Lockstep.Contracts.Events;

/// <summary>A column of one storage type: long, double, string, decimal, byte[], long?[] or double?[].</summary>
/// <typeparam name="T">The storage type of <see cref="Column.Type"/>, see <see cref="Column.Create"/>.</typeparam>
public sealed class Column<T> : Column
{
    private T[] _values;

    internal Column(FieldType type, int capacity)
        : base(type) => _values = new T[Math.Max(capacity, 1)];

    /// <summary>The values in order; where the validity bit is 0 the value is default(T).</summary>
    public ReadOnlySpan<T> Values => _values.AsSpan(0, Count);

    /// <summary>Value <paramref name="row"/>; default(T) for null.</summary>
    public T this[int row] => _values[row];

    /// <summary>Appends a value that is not null.</summary>
    public void Append(T value)
    {
        Reserve(1);
        _values[Count] = value;
        PushValidity(true);
    }

    /// <inheritdoc/>
    public override void AppendNull()
    {
        Reserve(1);
        _values[Count] = default!;
        PushValidity(false);
    }

    /// <inheritdoc/>
    public override void AppendFrom(Column source, int row)
    {
        var typed = (Column<T>)source;
        Reserve(1);
        _values[Count] = typed._values[row];
        PushValidity(!typed.IsNull(row));
    }

    /// <inheritdoc/>
    public override void AppendAll(Column source)
    {
        var typed = (Column<T>)source;
        Reserve(typed.Count);
        typed.Values.CopyTo(_values.AsSpan(Count));
        PushValidityOf(typed);
    }

    /// <inheritdoc/>
    public override void AppendRows(Column source, ReadOnlySpan<int> rows)
    {
        var typed = (Column<T>)source;
        Reserve(rows.Length);
        if (typed.HasNulls)
        {
            foreach (var row in rows)
            {
                AppendFrom(typed, row);
            }

            return;
        }

        var values = typed.Values;
        var target = Extend(rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            target[i] = values[rows[i]];
        }
    }

    /// <summary>Appends <paramref name="count"/> values that are not null and that the caller fills in at once.</summary>
    /// <returns>The new values; what they hold before is undefined. Valid until the next change of the column.</returns>
    public Span<T> Extend(int count)
    {
        Reserve(count);
        PushValid(count);
        return _values.AsSpan(Count - count, count);
    }

    /// <summary>Makes value <paramref name="row"/> null.</summary>
    public void SetNull(int row)
    {
        _values[row] = default!;
        ClearValidity(row);
    }

    /// <inheritdoc/>
    public override object? GetObject(int row) => IsNull(row) ? null : _values[row];

    /// <inheritdoc/>
    public override void Clear()
    {
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
        {
            _values.AsSpan(0, Count).Clear();
        }

        base.Clear();
    }

    /// <summary>Room for values that the caller writes before <see cref="FillValidity"/>; the column must be empty.</summary>
    internal Span<T> BeginFill(int count)
    {
        if (count > _values.Length)
        {
            _values = new T[count];
        }

        return _values.AsSpan(0, count);
    }

    /// <inheritdoc/>
    internal override void FillNulls(int count)
    {
        BeginFill(count).Clear();
        base.FillValidity(count, allValid: false, new byte[(count + 7) / 8]);
    }

    /// <inheritdoc/>
    internal override void FillValidity(int count, bool allValid, ReadOnlySpan<byte> bitmap)
    {
        base.FillValidity(count, allValid, bitmap);
        if (allValid)
        {
            return;
        }

        for (var row = 0; row < count; row++)
        {
            if (IsNull(row))
            {
                _values[row] = default!;
            }
        }
    }

    private void Reserve(int count)
    {
        if (Count + count > _values.Length)
        {
            Array.Resize(ref _values, Math.Max(Count + count, _values.Length * 2));
        }
    }
}
