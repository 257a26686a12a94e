using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>Digest and snapshots of the members.</summary>
internal sealed partial class MemberStore
{
    /// <summary>Adds the hashes of a group's members that have none yet; for each group that got members since.</summary>
    public void HashNew(int group)
    {
        for (var slot = _newest[group]; slot != None && _members[slot].Sequence > _hashedSequence; slot = _members[slot].Previous)
        {
            var hash = StateHash.Combine((ulong)_members[slot].Sequence, KeyHash(slot));
            foreach (var column in _values)
            {
                hash = StateHash.Combine(hash, column.Hash(slot));
            }

            _hashes[slot] = hash;
            Hash += hash;
        }
    }

    /// <summary>Says that all groups were hashed.</summary>
    public void EndHashing() => _hashedSequence = _sequence;

    /// <summary>Writes what is not of one group.</summary>
    public void WriteCounters(SnapshotWriter writer) => writer.Write(_sequence);

    public void ReadCounters(SnapshotReader reader) => _sequence = reader.ReadInt64();

    /// <summary>Writes the members of a group.</summary>
    public void Write(int group, SnapshotWriter writer)
    {
        writer.Write(_sizes[group]);
        for (var slot = _oldest[group]; slot != None; slot = _members[slot].Next)
        {
            writer.Write(_members[slot].Sequence);
            foreach (var column in _keys)
            {
                column.Write(slot, writer);
            }

            foreach (var column in _values)
            {
                column.Write(slot, writer);
            }
        }
    }

    /// <summary>Reads the members of a group; counters are read afterwards.</summary>
    public void Read(int group, SnapshotReader reader)
    {
        for (var count = reader.ReadCount(); count > 0; count--)
        {
            var slot = Take();
            _sequence = reader.ReadInt64() - 1;
            foreach (var column in _keys)
            {
                column.Read(slot, reader);
            }

            foreach (var column in _values)
            {
                column.Read(slot, reader);
            }

            Link(slot, group);
            foreach (var chain in _chains)
            {
                chain.OnRead(slot, group);
            }
        }
    }
}
