using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>
/// The last values of one or several series, oldest first; takes memory as they come. Once a length of values a round is done:
/// the moment to take running sums anew, so that rounding never builds up.
/// </summary>
/// <param name="width">Numbers of a value.</param>
/// <param name="length">Values kept at most.</param>
internal sealed class ValueRing(int width, int length)
{
    private double[] _values = [];
    private long _seen;
    private int _next;

    /// <summary>How many are kept.</summary>
    public int Count => (int)Math.Min(_seen, length);

    /// <summary>How many ever came.</summary>
    public long Seen => _seen;

    /// <summary>True: the next one takes the place of the oldest.</summary>
    public bool IsFull => _seen >= length;

    /// <summary>A value by its age: 0 is the oldest.</summary>
    public ReadOnlySpan<double> this[int index]
    {
        get
        {
            var at = _seen < length ? index : _next + index;
            return _values.AsSpan((at >= length ? at - length : at) * width, width);
        }
    }

    /// <summary>Adds the newest.</summary>
    /// <returns>True when a round is done.</returns>
    public bool Push(params ReadOnlySpan<double> value)
    {
        var end = (_next + 1) * width;
        if (end > _values.Length)
        {
            Array.Resize(ref _values, (int)Math.Min((long)length * width, Math.Max(end, 2L * _values.Length)));
        }

        value.CopyTo(_values.AsSpan(_next * width));
        _seen++;
        _next = _next + 1 == length ? 0 : _next + 1;
        return _next == 0;
    }

    /// <summary>Copies the first number of each value, oldest first.</summary>
    public void CopyTo(Span<double> target)
    {
        for (var i = 0; i < Count; i++)
        {
            target[i] = this[i][0];
        }
    }

    public void WriteState(SnapshotWriter writer)
    {
        writer.Write(_seen);
        writer.Write(_next);
        var numbers = Count * width;
        writer.Write(numbers);
        for (var i = 0; i < numbers; i++)
        {
            writer.Write(_values[i]);
        }
    }

    /// <exception cref="SnapshotFormatException">It does not fit width and length.</exception>
    public void ReadState(SnapshotReader reader)
    {
        _seen = reader.ReadInt64();
        _next = reader.ReadInt32();
        var numbers = reader.ReadCount();
        if (_seen < 0 || numbers != Count * width || _next < 0 || _next != (_seen < length ? _seen : _next) || _next >= length)
        {
            throw new SnapshotFormatException("The snapshot is damaged: a window does not fit its length.");
        }

        _values = [.. NumberLists.ReadNumbers(reader, numbers)];
    }
}
