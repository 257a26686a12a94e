using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>What a state keeps of one group, as a value; its default is a group without any.</summary>
internal interface IGroupEntry
{
    ulong Digest();

    void WriteState(SnapshotWriter writer);

    void ReadState(SnapshotReader reader);
}

/// <summary>An entry that members add their value to, and take it out of.</summary>
internal interface ISumEntry<in T> : IGroupEntry
{
    /// <summary>Adds (sign 1) or takes out (sign -1) a value that is not null.</summary>
    void Put(T value, int sign);
}

/// <summary>A state that is one entry a group.</summary>
internal abstract class EntryState<TEntry> : GroupState
    where TEntry : struct, IGroupEntry
{
    private TEntry[] _entries = [];

    /// <summary>The entry of a group.</summary>
    public ref TEntry Entry(int group) => ref _entries[group];

    /// <inheritdoc/>
    public override void Resize(int capacity) => Array.Resize(ref _entries, capacity);

    /// <inheritdoc/>
    public override void Reset(int group) => _entries[group] = default;

    /// <inheritdoc/>
    public override ulong Hash(int group) => _entries[group].Digest();

    /// <inheritdoc/>
    public override void Write(int group, SnapshotWriter writer) => _entries[group].WriteState(writer);

    /// <inheritdoc/>
    public override void Read(int group, SnapshotReader reader) => _entries[group].ReadState(reader);
}

/// <summary>Entries over the values of one field; null values do not count.</summary>
internal abstract class SumState<T, TEntry>(int field) : EntryState<TEntry>
    where TEntry : struct, ISumEntry<T>
{
    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<GroupChange> changes, EventBlock input, long now)
    {
        var values = input.ColumnOf<T>(field);
        foreach (ref readonly var change in changes)
        {
            if (change.Kind == ChangeKind.Emptied)
            {
                Reset(change.Group);
            }
            else if (!values.IsNull(change.Row))
            {
                Entry(change.Group).Put(values[change.Row], change.Kind == ChangeKind.Added ? 1 : -1);
            }
        }
    }
}
