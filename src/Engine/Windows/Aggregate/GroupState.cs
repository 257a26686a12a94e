using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>
/// What one family of functions keeps for each group, in arrays by the group's slot. Changes are applied a block at a
/// time: states do not depend on each other, so that each can run its own tight loop.
/// </summary>
internal abstract class GroupState
{
    /// <summary>Makes room for groups; what is new is as after <see cref="Reset"/>.</summary>
    public abstract void Resize(int capacity);

    /// <summary>Applies changes in order.</summary>
    /// <param name="changes">The changes.</param>
    /// <param name="input">The block that their rows are of.</param>
    /// <param name="now">Stream time in microseconds.</param>
    public abstract void Apply(ReadOnlySpan<GroupChange> changes, EventBlock input, long now);

    /// <summary>Forgets what a group had.</summary>
    public abstract void Reset(int group);

    public abstract ulong Hash(int group);

    public abstract void Write(int group, SnapshotWriter writer);

    public abstract void Read(int group, SnapshotReader reader);
}
