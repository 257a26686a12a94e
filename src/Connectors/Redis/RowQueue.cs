namespace Lockstep.Connectors.Redis;

/// <summary>
/// Changes that wait, one a row: a later change of a row takes the place of the one that waits, so that a server that is away costs memory
/// for rows and not for events. Beyond its limit the oldest goes. Thread safe.
/// </summary>
internal sealed class RowQueue(int limit)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<RowChange>> _byKey = new(StringComparer.Ordinal);
    private readonly LinkedList<RowChange> _order = [];

    /// <summary>How many rows wait.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _order.Count;
            }
        }
    }

    /// <summary>Adds a change.</summary>
    /// <returns>True when an older one went for it.</returns>
    public bool Add(RowChange change)
    {
        lock (_lock)
        {
            if (_byKey.TryGetValue(change.Key, out var waiting))
            {
                // Behind what has waited longer, so that the rows written last are those that a limit keeps.
                _order.Remove(waiting);
                change = waiting.Value.Then(change);
            }

            _byKey[change.Key] = _order.AddLast(change);
            if (_order.Count <= limit)
            {
                return false;
            }

            _byKey.Remove(_order.First!.Value.Key);
            _order.RemoveFirst();
            return true;
        }
    }

    /// <summary>The changes that wait longest, which stay.</summary>
    public List<RowChange> Peek(int most)
    {
        lock (_lock)
        {
            return [.. _order.Take(most)];
        }
    }

    /// <summary>Takes out what <see cref="Peek"/> gave, but for rows that have changed since.</summary>
    public void Remove(List<RowChange> changes)
    {
        lock (_lock)
        {
            foreach (var change in changes)
            {
                if (_byKey.TryGetValue(change.Key, out var waiting) && ReferenceEquals(waiting.Value, change))
                {
                    _order.Remove(waiting);
                    _byKey.Remove(change.Key);
                }
            }
        }
    }
}
