using Lockstep.Contracts.Events;
using Lockstep.Engine.Indexes;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>The smallest or largest member of each group, followed through every member that comes and goes.</summary>
internal abstract class ExtremeChain
{
    /// <summary>The member with the extreme value; -1 for none.</summary>
    public abstract int Best(int group);

    /// <summary>Appends the extreme value of each group; null where there is none.</summary>
    public abstract void Append(ReadOnlySpan<int> groups, Column target);

    /// <summary>Makes room for members.</summary>
    public abstract void Resize(int capacity);

    /// <summary>Makes room for groups.</summary>
    public abstract void ResizeGroups(int capacity);

    /// <summary>Takes what came and lets go what went, in order.</summary>
    /// <param name="changed">Members: those that came are the newest of their groups, those that went were the oldest.</param>
    /// <param name="rows">By member, the event that it came with; -1 for those that went.</param>
    /// <param name="groups">By member, its group.</param>
    /// <param name="block">The events.</param>
    public abstract void Apply(ReadOnlySpan<int> changed, ReadOnlySpan<int> rows, ReadOnlySpan<int> groups, EventBlock block);

    /// <summary>Takes a member that was read, as the newest of its group.</summary>
    public abstract void OnRead(int member, int group);

    /// <summary>Lets any member go, which is still linked in its group.</summary>
    public abstract void OnRemoving(int member, int group);
}

/// <summary>
/// A monotone queue that allows any member to go. In the chain of a group are the members that are better than all that came
/// after them: the first of it is the best of all. Coming is O(1) over time; going is O(1) for a member outside the chain and
/// for the oldest of the group, as retention takes them. For another one in the chain the members between it and the one
/// before it in the chain are looked through, on the average a few for values in random order. Members of all chains, few of
/// all members as a rule, lie in one array, so that they stay in the processor's caches.
/// </summary>
/// <param name="members">The members.</param>
/// <param name="values">Their values; null and NaN do not count.</param>
/// <param name="field">The field that has these values.</param>
/// <param name="sign">1 for the smallest, -1 for the largest.</param>
internal sealed class ExtremeChain<T>(MemberStore members, StoreColumn<T> values, int field, int sign) : ExtremeChain
{
    private const int None = -1;
    private Link[] _links = [];
    private int _free = None;
    private int _used;

    // By member: its link. A link of another member, or a free one, means that it left the chain.
    private int[] _linkOf = [];
    private Ends[] _ends = [];

    /// <inheritdoc/>
    public override int Best(int group) => _ends[group].First is >= 0 and var first ? _links[first].Member : None;

    /// <inheritdoc/>
    public override void Append(ReadOnlySpan<int> groups, Column target)
    {
        var typed = (Column<T>)target;
        var count = typed.Count;
        var values = typed.Extend(groups.Length);
        for (var i = 0; i < groups.Length; i++)
        {
            var first = _ends[groups[i]].First;
            if (first == None)
            {
                typed.SetNull(count + i);
            }
            else
            {
                values[i] = _links[first].Value;
            }
        }
    }

    /// <inheritdoc/>
    public override void Resize(int capacity) => Array.Resize(ref _linkOf, capacity);

    /// <inheritdoc/>
    public override void ResizeGroups(int capacity)
    {
        var old = _ends.Length;
        Array.Resize(ref _ends, capacity);
        _ends.AsSpan(old).Fill(new Ends { First = None, Last = None });
    }

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<int> changed, ReadOnlySpan<int> rows, ReadOnlySpan<int> groups, EventBlock block)
    {
        var column = block.ColumnOf<T>(field);
        var values = column.Values;
        var hasNulls = column.HasNulls;
        for (var i = 0; i < changed.Length; i++)
        {
            var (row, member) = (rows[i], changed[i]);
            if (row < 0)
            {
                // In the chain the oldest of the group can only be the first.
                if (_linkOf[member] is >= 0 and var link && _links[link].Member == member)
                {
                    Join(groups[i], None, _links[link].After);
                    Release(link);
                }
            }
            else if ((hasNulls && column.IsNull(row)) || !ValueOrder<T>.IsOrdered(values[row]))
            {
                _linkOf[member] = None;
            }
            else
            {
                Add(values[row], member, groups[i]);
            }
        }
    }

    /// <inheritdoc/>
    public override void OnRead(int member, int group)
    {
        if (Counts(member))
        {
            Add(values[member], member, group);
        }
        else
        {
            _linkOf[member] = None;
        }
    }

    /// <inheritdoc/>
    public override void OnRemoving(int member, int group)
    {
        var link = _linkOf[member];
        if (link == None || _links[link].Member != member)
        {
            return;
        }

        // What this one kept out of the chain may be in it now: of those between it and the one before it in the chain, each
        // that is better than all after it.
        var (before, after) = (_links[link].Before, _links[link].After);
        var end = before == None ? None : _links[before].Member;
        for (var other = members.Before(member); other != end; other = members.Before(other))
        {
            if (Counts(other) && (after == None || IsBetter(values[other], _links[after].Value)))
            {
                var joined = Take();
                _links[joined] = new Link { Value = values[other], Member = other };
                _linkOf[other] = joined;
                Join(group, joined, after);
                after = joined;
            }
        }

        Join(group, before, after);
        Release(link);
    }

    private void Add(T value, int member, int group)
    {
        // The last link that goes becomes the new one.
        ref var ends = ref _ends[group];
        var (last, link) = (ends.Last, None);
        while (last != None && !IsBetter(_links[last].Value, value))
        {
            Release(link);
            (link, last) = (last, _links[last].Before);
        }

        if (link == None)
        {
            link = Take();
        }

        _links[link] = new Link { Value = value, Member = member, Before = last, After = None };
        _linkOf[member] = link;
        ends.Last = link;
        if (last == None)
        {
            ends.First = link;
        }
        else
        {
            _links[last].After = link;
        }
    }

    private bool Counts(int member) => !values.IsNull(member) && ValueOrder<T>.IsOrdered(values[member]);

    private bool IsBetter(T left, T right) => sign > 0 ? ValueOrder<T>.IsBefore(left, right) : ValueOrder<T>.IsBefore(right, left);

    private int Take()
    {
        if (_free == None)
        {
            if (_used == _links.Length)
            {
                Array.Resize(ref _links, Math.Max(64, 2 * _used));
            }

            return _used++;
        }

        var link = _free;
        _free = _links[link].After;
        return link;
    }

    private void Release(int link)
    {
        if (link != None)
        {
            _links[link] = new Link { Value = default!, Member = None, After = _free };
            _free = link;
        }
    }

    // Puts two links side by side; -1 for the ends of the chain.
    private void Join(int group, int before, int after)
    {
        if (before == None)
        {
            _ends[group].First = after;
        }
        else
        {
            _links[before].After = after;
        }

        if (after == None)
        {
            _ends[group].Last = before;
        }
        else
        {
            _links[after].Before = before;
        }
    }

    private struct Link
    {
        public T Value;
        public int Member;
        public int Before;
        public int After;
    }

    private struct Ends
    {
        public int First;
        public int Last;
    }
}
