using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>Number of each group's members with a value in a field, or of all of them.</summary>
/// <param name="field">The field; -1 for all members.</param>
internal sealed class CountState(int field) : GroupState
{
    private long[] _counts = [];

    public long Count(int group) => _counts[group];

    /// <inheritdoc/>
    public override void Resize(int capacity) => Array.Resize(ref _counts, capacity);

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<GroupChange> changes, EventBlock input, long now)
    {
        foreach (ref readonly var change in changes)
        {
            if (change.Kind == ChangeKind.Emptied)
            {
                _counts[change.Group] = 0;
            }
            else if (field < 0 || !input.Columns[field].IsNull(change.Row))
            {
                _counts[change.Group] += change.Kind == ChangeKind.Added ? 1 : -1;
            }
        }
    }

    /// <inheritdoc/>
    public override void Reset(int group) => _counts[group] = 0;

    /// <inheritdoc/>
    public override ulong Hash(int group) => (ulong)_counts[group];

    /// <inheritdoc/>
    public override void Write(int group, SnapshotWriter writer) => writer.Write(_counts[group]);

    /// <inheritdoc/>
    public override void Read(int group, SnapshotReader reader) => _counts[group] = reader.ReadInt64();
}
