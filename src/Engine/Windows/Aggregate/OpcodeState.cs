using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>
/// How many events of each opcode a group had, and the last one's. Halves of updates are no events; an update block counts as
/// an update, in the group that its new values are of.
/// </summary>
internal sealed class OpcodeState : EntryState<OpcodeState.Kept>
{
    /// <summary>Events of an opcode.</summary>
    /// <param name="group">The group.</param>
    /// <param name="opcode">Insert, Update, Upsert or Delete; of others there are none, since they come as one of these.</param>
    public long Count(int group, Opcode opcode) => opcode switch
    {
        Opcode.Insert => Entry(group).Inserts,
        Opcode.Update => Entry(group).Updates,
        Opcode.Upsert => Entry(group).Upserts,
        Opcode.Delete => Entry(group).Deletes,
        _ => 0,
    };

    /// <summary>Opcode of the last event; null for a group that only halves of updates have touched.</summary>
    public long? Last(int group) => Entry(group).Last is > 0 and var last ? last : null;

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<GroupChange> changes, EventBlock input, long now)
    {
        foreach (ref readonly var change in changes)
        {
            if (change.Kind == ChangeKind.Emptied)
            {
                Reset(change.Group);
            }
            else if (change.Kind == ChangeKind.Added || !KeyedRows.IsHalf(input, change.Row))
            {
                Entry(change.Group).Put(input.Opcodes[change.Row] switch
                {
                    Opcode.UpdateBlock => Opcode.Update,
                    Opcode.SafeDelete => Opcode.Delete,
                    var opcode => opcode,
                });
            }
        }
    }

    internal struct Kept : IGroupEntry
    {
        public long Inserts;
        public long Updates;
        public long Upserts;
        public long Deletes;
        public long Last;

        public void Put(Opcode opcode)
        {
            Last = (long)opcode;
            switch (opcode)
            {
                case Opcode.Insert: Inserts++; break;
                case Opcode.Update: Updates++; break;
                case Opcode.Upsert: Upserts++; break;
                default: Deletes++; break;
            }
        }

        public readonly ulong Digest()
        {
            var hash = StateHash.Combine((ulong)Inserts, (ulong)Updates);
            hash = StateHash.Combine(hash, (ulong)Upserts);
            return StateHash.Combine(StateHash.Combine(hash, (ulong)Deletes), (ulong)Last);
        }

        public readonly void WriteState(SnapshotWriter writer)
        {
            writer.Write(Inserts);
            writer.Write(Updates);
            writer.Write(Upserts);
            writer.Write(Deletes);
            writer.Write(Last);
        }

        public void ReadState(SnapshotReader reader)
        {
            Inserts = reader.ReadInt64();
            Updates = reader.ReadInt64();
            Upserts = reader.ReadInt64();
            Deletes = reader.ReadInt64();
            Last = reader.ReadInt64();
        }
    }
}
