using Lockstep.Engine.Indexes;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>The smallest or largest member of each group, followed through every member that comes and goes.</summary>
internal abstract class ExtremeChain
{
    /// <summary>The member with the extreme value; -1 for none.</summary>
    public abstract int Best(int group);

    /// <summary>Makes room for members.</summary>
    public abstract void Resize(int capacity);

    /// <summary>Makes room for groups.</summary>
    public abstract void ResizeGroups(int capacity);

    /// <summary>Takes a member that is now the newest of its group.</summary>
    public abstract void OnAdded(int member, int group);

    /// <summary>Lets a member go that is still linked in its group.</summary>
    public abstract void OnRemoving(int member, int group);
}

/// <summary>
/// A monotone queue that allows any member to go. In the chain of a group are the members that are better than all that came
/// after them: the first of it is the best of all. Coming is O(1) over time; going is O(1) for a member outside the chain and
/// for the oldest of the group, as retention takes them. For another one in the chain the members between it and the one
/// before it in the chain are looked through, on the average a few for values in random order.
/// </summary>
/// <param name="members">The members.</param>
/// <param name="values">Their values; null and NaN do not count.</param>
/// <param name="sign">1 for the smallest, -1 for the largest.</param>
internal sealed class ExtremeChain<T>(MemberStore members, StoreColumn<T> values, int sign) : ExtremeChain
{
    private const int None = -1;

    // What stands in Before of members that are not in the chain: they may come into it, or never.
    private const int Outside = -2;
    private const int Never = -3;
    private Link[] _links = [];
    private int[] _first = [];
    private int[] _last = [];

    /// <inheritdoc/>
    public override int Best(int group) => _first[group];

    /// <inheritdoc/>
    public override void Resize(int capacity) => Array.Resize(ref _links, capacity);

    /// <inheritdoc/>
    public override void ResizeGroups(int capacity)
    {
        var old = _first.Length;
        Array.Resize(ref _first, capacity);
        Array.Resize(ref _last, capacity);
        _first.AsSpan(old).Fill(None);
        _last.AsSpan(old).Fill(None);
    }

    /// <inheritdoc/>
    public override void OnAdded(int member, int group)
    {
        ref var link = ref _links[member];
        link.Value = values[member];
        if (values.IsNull(member) || !ValueOrder<T>.IsOrdered(link.Value))
        {
            link.Before = Never;
            return;
        }

        var last = _last[group];
        while (last != None && !IsBetter(_links[last].Value, link.Value))
        {
            ref var beaten = ref _links[last];
            last = beaten.Before;
            beaten.Before = Outside;
        }

        Join(group, last, member);
        Join(group, member, None);
    }

    /// <inheritdoc/>
    public override void OnRemoving(int member, int group)
    {
        ref var link = ref _links[member];
        if (link.Before >= None)
        {
            // What this one kept out of the chain may be in it now: of those between it and the one before it in the chain, each
            // that is better than all after it.
            var (before, after) = (link.Before, link.After);
            for (var other = members.Before(member); other != before; other = members.Before(other))
            {
                if (_links[other].Before != Never && (after == None || IsBetter(_links[other].Value, _links[after].Value)))
                {
                    Join(group, other, after);
                    after = other;
                }
            }

            Join(group, before, after);
        }

        link.Value = default!;
    }

    private bool IsBetter(T left, T right) => ValueOrder<T>.Of(left, right) * sign < 0;

    // Puts two members of the chain side by side; -1 for its ends.
    private void Join(int group, int before, int after)
    {
        if (before == None)
        {
            _first[group] = after;
        }
        else
        {
            _links[before].After = after;
        }

        if (after == None)
        {
            _last[group] = before;
        }
        else
        {
            _links[after].Before = before;
        }
    }

    private struct Link
    {
        public T Value;
        public int Before;
        public int After;
    }
}
