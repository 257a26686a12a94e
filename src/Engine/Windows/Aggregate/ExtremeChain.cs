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
    public abstract void OnAdded(int member);

    /// <summary>Lets a member go that is still linked in its group.</summary>
    public abstract void OnRemoving(int member);
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
    private int[] _before = [];
    private int[] _after = [];
    private bool[] _isIn = [];
    private int[] _first = [];
    private int[] _last = [];

    /// <inheritdoc/>
    public override int Best(int group) => _first[group];

    /// <inheritdoc/>
    public override void Resize(int capacity)
    {
        Array.Resize(ref _before, capacity);
        Array.Resize(ref _after, capacity);
        Array.Resize(ref _isIn, capacity);
    }

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
    public override void OnAdded(int member)
    {
        _isIn[member] = Counts(member);
        if (!_isIn[member])
        {
            return;
        }

        var group = members.GroupOf(member);
        var last = _last[group];
        while (last != None && !IsBetter(last, member))
        {
            _isIn[last] = false;
            last = _before[last];
        }

        Join(group, last, member);
        Join(group, member, None);
    }

    /// <inheritdoc/>
    public override void OnRemoving(int member)
    {
        if (!_isIn[member])
        {
            return;
        }

        // What this one kept out of the chain may be in it now: of those between it and the one before it in the chain, each
        // that is better than all after it.
        var group = members.GroupOf(member);
        var (before, after) = (_before[member], _after[member]);
        for (var other = members.Before(member); other != before; other = members.Before(other))
        {
            if (Counts(other) && (after == None || IsBetter(other, after)))
            {
                _isIn[other] = true;
                Join(group, other, after);
                after = other;
            }
        }

        Join(group, before, after);
        _isIn[member] = false;
    }

    private bool Counts(int member) => !values.IsNull(member) && ValueOrder<T>.IsOrdered(values[member]);

    private bool IsBetter(int left, int right) => ValueOrder<T>.Of(values[left], values[right]) * sign < 0;

    // Puts two members of the chain side by side; -1 for its ends.
    private void Join(int group, int before, int after)
    {
        if (before == None)
        {
            _first[group] = after;
        }
        else
        {
            _after[before] = after;
        }

        if (after == None)
        {
            _last[group] = before;
        }
        else
        {
            _before[after] = before;
        }
    }
}
