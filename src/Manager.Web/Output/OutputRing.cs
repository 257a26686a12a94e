using Lockstep.Contracts.Api;

namespace Lockstep.Manager.Web.Output;

/// <summary>
/// The newest rows of one outbound topic, at most <see cref="Capacity"/>. Each row has a number that grows by one; a viewer
/// asks for rows from its own number on and learns how many it has missed. Thread safe; one writer.
/// </summary>
internal sealed class OutputRing
{
    /// <summary>Rows kept; older ones are read from the topic again by whoever needs them.</summary>
    public const int Capacity = 10_000;

    private readonly Lock _lock = new();
    private readonly OutputRow[] _rows = new OutputRow[Capacity];
    private long _next;
    private TaskCompletionSource _more = NewSignal();

    /// <summary>Offset of the newest record that was read; -1 for none.</summary>
    public long NewestOffset { get; private set; } = -1;

    /// <summary>The number that the next row gets.</summary>
    public long Next
    {
        get
        {
            lock (_lock)
            {
                return _next;
            }
        }
    }

    /// <summary>Adds the rows of one or more records, oldest first.</summary>
    public void Add(IReadOnlyList<OutputRow> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        TaskCompletionSource more;
        lock (_lock)
        {
            foreach (var row in rows)
            {
                _rows[_next++ % Capacity] = row;
            }

            NewestOffset = rows[^1].Offset;
            more = _more;
            _more = NewSignal();
        }

        more.SetResult();
    }

    /// <summary>Rows from a number on.</summary>
    /// <param name="from">The first number wanted.</param>
    /// <param name="limit">Rows at most.</param>
    /// <returns>The rows, the number after the last of them, and how many rows between were gone already.</returns>
    public (IReadOnlyList<OutputRow> Rows, long Next, long Missed) Read(long from, int limit)
    {
        lock (_lock)
        {
            var first = Math.Max(from, Math.Max(0, _next - Capacity));
            var count = (int)Math.Clamp(_next - first, 0, limit);
            var rows = new OutputRow[count];
            for (var i = 0; i < count; i++)
            {
                rows[i] = _rows[(first + i) % Capacity];
            }

            return (rows, first + count, first - from);
        }
    }

    /// <summary>
    /// The number of the first row at or after an offset; null when the ring's oldest row is younger, so that rows between
    /// may be missing.
    /// </summary>
    public long? Find(long offset)
    {
        lock (_lock)
        {
            var low = Math.Max(0, _next - Capacity);
            if (low == _next || _rows[low % Capacity].Offset > offset)
            {
                return null;
            }

            var high = _next;
            while (low < high)
            {
                var middle = low + ((high - low) / 2);
                if (_rows[middle % Capacity].Offset < offset)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle;
                }
            }

            return low;
        }
    }

    /// <summary>Ends when there is a row with this number or a higher one.</summary>
    public Task WaitAsync(long number, CancellationToken cancellation)
    {
        lock (_lock)
        {
            return _next > number ? Task.CompletedTask : _more.Task.WaitAsync(cancellation);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
