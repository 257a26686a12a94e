using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>
/// Another state by periods: it starts anew when an event comes more than a length after the first one of the period.
/// Counted in stream time, so that every member of a failover group starts anew at the same event. Members that go are
/// not taken out: a period is what came in it.
/// </summary>
/// <param name="inner">What is kept of a period.</param>
/// <param name="length">The length in microseconds.</param>
internal sealed class TimedState(GroupState inner, long length) : GroupState
{
    private const long NotBegun = long.MinValue;
    private long[] _begins = [];

    /// <inheritdoc/>
    public override void Resize(int capacity)
    {
        var old = _begins.Length;
        Array.Resize(ref _begins, capacity);
        _begins.AsSpan(old).Fill(NotBegun);
        inner.Resize(capacity);
    }

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<GroupChange> changes, EventBlock input, long now)
    {
        for (var i = 0; i < changes.Length; i++)
        {
            var change = changes[i];
            if (change.Kind == ChangeKind.Emptied)
            {
                Reset(change.Group);
            }
            else if (change.Kind == ChangeKind.Added)
            {
                ref var begin = ref _begins[change.Group];
                if (begin == NotBegun || now - begin > length)
                {
                    inner.Reset(change.Group);
                    begin = now;
                }

                inner.Apply(changes.Slice(i, 1), input, now);
            }
        }
    }

    /// <inheritdoc/>
    public override void Reset(int group)
    {
        _begins[group] = NotBegun;
        inner.Reset(group);
    }

    /// <inheritdoc/>
    public override ulong Hash(int group) => StateHash.Combine((ulong)_begins[group], inner.Hash(group));

    /// <inheritdoc/>
    public override void Write(int group, SnapshotWriter writer)
    {
        writer.Write(_begins[group]);
        inner.Write(group, writer);
    }

    /// <inheritdoc/>
    public override void Read(int group, SnapshotReader reader)
    {
        _begins[group] = reader.ReadInt64();
        inner.Read(group, reader);
    }
}
