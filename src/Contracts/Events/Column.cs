using System.Diagnostics;

namespace Lockstep.Contracts.Events;

/// <summary>
/// One field's values of the events of a block, with a bit for each that says whether there is one (set = not null).
/// Grows by appending; cleared and reused by its owner. Not thread safe.
/// </summary>
public abstract class Column
{
    private ulong[] _valid = new ulong[1];

    private protected Column(FieldType type) => Type = type;

    /// <summary>The field's type.</summary>
    public FieldType Type { get; }

    /// <summary>How many values, nulls counted.</summary>
    public int Count { get; private protected set; }

    /// <summary>The validity bits: bit i of word i / 64 is set when value i is not null. Bits past the count are 0.</summary>
    public ReadOnlySpan<ulong> Validity => _valid.AsSpan(0, (Count + 63) / 64);

    /// <summary>True when value <paramref name="row"/> is null.</summary>
    public bool IsNull(int row)
    {
        Debug.Assert((uint)row < (uint)Count, "Row out of range.");
        return (_valid[row >> 6] >> row & 1) == 0;
    }

    /// <summary>True when at least one value is null.</summary>
    public bool HasNulls
    {
        get
        {
            var full = Count >> 6;
            return _valid.AsSpan(0, full).ContainsAnyExcept(ulong.MaxValue)
                || (Count & 63) != 0 && _valid[full] != (1UL << Count) - 1;
        }
    }

    /// <summary>Appends a null.</summary>
    public abstract void AppendNull();

    /// <summary>Appends value <paramref name="row"/> of a column of the same storage type, null included.</summary>
    public abstract void AppendFrom(Column source, int row);

    /// <summary>Appends all values of a column of the same storage type.</summary>
    public abstract void AppendAll(Column source);

    /// <summary>Appends some values of a column of the same storage type, by row and in the order given.</summary>
    public abstract void AppendRows(Column source, ReadOnlySpan<int> rows);

    /// <summary>Removes the last values until <paramref name="count"/> are left.</summary>
    public void Truncate(int count)
    {
        if (count < Count)
        {
            TruncateTo(count);
        }
    }

    /// <summary>The value as an object, null for none. For tests, text and rare paths: it may box.</summary>
    public abstract object? GetObject(int row);

    /// <summary>Removes all values and keeps the memory.</summary>
    public virtual void Clear()
    {
        _valid.AsSpan(0, (Count + 63) / 64).Clear();
        Count = 0;
    }

    /// <summary>Makes an empty column for a field type.</summary>
    public static Column Create(FieldType type, int capacity = 16) => type switch
    {
        FieldType.Int32 or FieldType.Int64 or FieldType.Date or FieldType.Stamp => new Column<long>(type, capacity),
        FieldType.Double => new Column<double>(type, capacity),
        FieldType.String => new Column<string>(type, capacity),
        FieldType.Money => new Column<decimal>(type, capacity),
        FieldType.Blob => new Column<byte[]>(type, capacity),
        FieldType.ArrayInt32 or FieldType.ArrayInt64 => new Column<long?[]>(type, capacity),
        FieldType.ArrayDouble => new Column<double?[]>(type, capacity),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a field type."),
    };

    /// <summary>Makes an empty column hold only nulls.</summary>
    internal abstract void FillNulls(int count);

    /// <summary>
    /// Sets count and validity of a column whose values were just filled, and resets the values of nulls to their default.
    /// </summary>
    /// <param name="count">Number of values.</param>
    /// <param name="allValid">True: the bitmap is not looked at.</param>
    /// <param name="bitmap">One bit a value, lowest first.</param>
    internal virtual void FillValidity(int count, bool allValid, ReadOnlySpan<byte> bitmap)
    {
        var words = (count + 63) / 64;
        if (words > _valid.Length)
        {
            _valid = new ulong[words];
        }

        for (var i = 0; i < words; i++)
        {
            _valid[i] = allValid ? ulong.MaxValue : WordOf(bitmap[(i * sizeof(ulong))..]);
        }

        if ((count & 63) != 0)
        {
            _valid[words - 1] &= (1UL << count) - 1;
        }

        Count = count;
    }

    /// <summary>Removes the values from <paramref name="count"/> on.</summary>
    internal virtual void TruncateTo(int count)
    {
        for (var row = count; row < Count; row++)
        {
            _valid[row >> 6] &= ~(1UL << row);
        }

        Count = count;
    }

    private static ulong WordOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= sizeof(ulong))
        {
            return System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        }

        var word = 0UL;
        for (var i = 0; i < bytes.Length; i++)
        {
            word |= (ulong)bytes[i] << (8 * i);
        }

        return word;
    }

    private protected void PushValidity(bool valid)
    {
        var word = Count >> 6;
        if (word >= _valid.Length)
        {
            Array.Resize(ref _valid, _valid.Length * 2);
        }

        if (valid)
        {
            _valid[word] |= 1UL << Count;
        }

        Count++;
    }

    private protected void ClearValidity(int row) => _valid[row >> 6] &= ~(1UL << row);

    private protected void PushValid(int count)
    {
        ReserveValidity(count);
        var end = Count + count;
        for (var at = Count; at < end;)
        {
            var bits = Math.Min(64 - (at & 63), end - at);
            _valid[at >> 6] |= (bits == 64 ? ulong.MaxValue : (1UL << bits) - 1) << at;
            at += bits;
        }

        Count = end;
    }

    private protected void PushValidityOf(Column source)
    {
        if (!source.HasNulls)
        {
            PushValid(source.Count);
            return;
        }

        ReserveValidity(source.Count);
        var shift = Count & 63;
        var word = Count >> 6;
        foreach (var bits in source.Validity)
        {
            // Bits past the source's count are 0, so what spills over never sets a bit past the new count.
            _valid[word] |= bits << shift;
            word++;
            if (shift != 0 && bits >> (64 - shift) is var rest and not 0)
            {
                _valid[word] |= rest;
            }
        }

        Count += source.Count;
    }

    private void ReserveValidity(int count)
    {
        var words = (Count + count + 63) / 64;
        if (words > _valid.Length)
        {
            Array.Resize(ref _valid, Math.Max(words, _valid.Length * 2));
        }
    }
}
