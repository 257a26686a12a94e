using Lockstep.Engine.State;

namespace Lockstep.Engine.Expressions;

/// <summary>An array of one type.</summary>
/// <param name="hash">Hash of an item that is not null.</param>
/// <param name="write">Writes an item that is not null.</param>
/// <param name="read">Reads it.</param>
internal sealed class ArrayValue<T>(Func<T, ulong> hash, Action<SnapshotWriter, T> write, Func<SnapshotReader, T?> read) : ArrayValue
{
    private T?[] _items = [];
    private int _size;

    public long? Dim() => _size;

    public long? Dim(Frame frame, long? size)
    {
        if (size is not { } wanted || wanted is < 0 or > ItemsMax)
        {
            return null;
        }

        frame.Charge(wanted);
        Resize((int)wanted);
        return _size;
    }

    public T? Get(long? index) => index is >= 1 && index <= _size ? _items[index.Value - 1] : default;

    public T? Set(long? index, T? value)
    {
        if (index is not >= 1 || index > _size)
        {
            return default;
        }

        var former = _items[index.Value - 1];
        _items[index.Value - 1] = value;
        return former;
    }

    /// <summary>Takes over items; null for none.</summary>
    public void Assign(T?[]? items)
    {
        _items = items ?? [];
        _size = _items.Length;
    }

    /// <inheritdoc/>
    public override void Clear() => Resize(0);

    /// <inheritdoc/>
    public override ulong Digest()
    {
        var result = StateHash.Combine(0, (ulong)_size);
        foreach (var item in _items.AsSpan(0, _size))
        {
            result = StateHash.Combine(result, item is null ? StateHash.Null : hash(item));
        }

        return result;
    }

    /// <inheritdoc/>
    public override void WriteState(SnapshotWriter writer)
    {
        writer.Write(_size);
        foreach (var item in _items.AsSpan(0, _size))
        {
            writer.Write(item is not null);
            if (item is not null)
            {
                write(writer, item);
            }
        }
    }

    /// <inheritdoc/>
    public override void ReadState(SnapshotReader reader)
    {
        Resize(0);
        var size = reader.ReadCount();
        Resize(size <= ItemsMax ? size : throw new SnapshotFormatException($"An array of {size} items is none of this version."));
        for (var i = 0; i < _size; i++)
        {
            _items[i] = reader.ReadBool() ? read(reader) : default;
        }
    }

    private void Resize(int size)
    {
        if (size < _size)
        {
            _items.AsSpan(size, _size - size).Clear();
        }
        else if (size > _items.Length)
        {
            Array.Resize(ref _items, Math.Min(ItemsMax, Math.Max(size, 2 * _items.Length)));
        }

        _size = size;
    }
}
