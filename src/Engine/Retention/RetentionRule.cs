using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Indexes;
using Lockstep.Engine.State;
using Lockstep.Engine.Windows;

namespace Lockstep.Engine.Retention;

/// <summary>Decides which rows of a store go; each leaves as a Delete with flag R and its stored values.</summary>
internal abstract class RetentionRule
{
    /// <summary>
    /// How many rows there may be after an event; beyond it the one unchanged longest goes. Null where events need more than that:
    /// then <see cref="OnChanged"/> and <see cref="AfterEvent"/> must be called for each.
    /// </summary>
    public virtual long? RowsMax => null;

    /// <summary>Called after a row was inserted or updated.</summary>
    public virtual void OnChanged(RowStore rows, int slot)
    {
    }

    /// <summary>Called after each event, when what it made is in the output.</summary>
    public virtual void AfterEvent(RowStore rows, EventBlock output)
    {
    }

    /// <summary>Deletes what is due at the step's stream time.</summary>
    public virtual void Tick(RowStore rows, EventBlock output, StepScope step)
    {
    }

    /// <summary>Stream time of the next deletion by time; null for none.</summary>
    public virtual long? NextExpiry(RowStore rows, StepScope step) => null;

    /// <summary>Hash of state beside the rows.</summary>
    public virtual ulong Digest() => 0;

    public virtual void WriteState(SnapshotWriter writer)
    {
    }

    /// <summary>Reads state; the rows have been read before.</summary>
    public virtual void ReadState(SnapshotReader reader, RowStore rows)
    {
    }

    /// <summary>Makes the rule of a definition; the builder has checked the field.</summary>
    public static RetentionRule Create(RetentionDefinition definition, Schema schema)
    {
        var jumping = definition.Kind is RetentionKind.ByCountJumping or RetentionKind.ByTimeJumping;
        if (definition.Kind is RetentionKind.ByCountSliding or RetentionKind.ByCountJumping)
        {
            return new CountRetention(definition.Count, jumping);
        }

        var limit = definition.Duration.Ticks / TimeSpan.TicksPerMicrosecond;
        // What a sliding clock moves by: a jumping one stands still between two multiples of its step.
        var isLookback = definition.Kind == RetentionKind.ByTimeJumpingLookback;
        var step = isLookback ? definition.Unit.Ticks / TimeSpan.TicksPerMicrosecond : 1;
        if (definition.Field is null)
        {
            return new TimeRetention(limit, jumping, step);
        }

        var field = schema.IndexOf(definition.Field);
        var unit = schema.Fields[field].Type == FieldType.Date ? TimeSpan.MicrosecondsPerSecond : 1;
        return new FieldTimeRetention(field, unit, limit, jumping, step);
    }

    private protected static void Evict(RowStore rows, int slot, EventBlock output)
    {
        rows.AppendTo(slot, output, Opcode.Delete, EventFlags.Retention);
        rows.Remove(slot);
    }
}
