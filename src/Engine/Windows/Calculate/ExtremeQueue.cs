namespace Lockstep.Engine.Windows.Calculate;

/// <summary>
/// The smallest (or largest) of the last n values in O(1) a value: a ring of candidates, each smaller than those before it would
/// have to be to matter. Without a window length only the extreme itself is kept.
/// </summary>
internal sealed class ExtremeQueue(int sign, int windowLength)
{
    private (long At, double Value)[] _ring = new (long, double)[16];
    private int _head;
    private int _count;

    /// <summary>The extreme; null when no value is in the window.</summary>
    public double? Value => _count > 0 ? _ring[_head].Value : null;

    /// <summary>Takes the value at a position of the stream.</summary>
    public void Add(long at, double value)
    {
        while (_count > 0 && (_ring[Index(_count - 1)].Value * sign) >= value * sign)
        {
            _count--;
        }

        if (windowLength == 0 && _count > 0)
        {
            return;
        }

        if (_count == _ring.Length)
        {
            Grow();
        }

        _ring[Index(_count++)] = (at, value);
    }

    /// <summary>Drops what lies before a position.</summary>
    public void DropBefore(long at)
    {
        while (_count > 0 && _ring[_head].At < at)
        {
            _head = Index(1);
            _count--;
        }
    }

    private int Index(int offset) => (_head + offset) & (_ring.Length - 1);

    private void Grow()
    {
        var larger = new (long, double)[_ring.Length * 2];
        for (var i = 0; i < _count; i++)
        {
            larger[i] = _ring[Index(i)];
        }

        _ring = larger;
        _head = 0;
    }
}
