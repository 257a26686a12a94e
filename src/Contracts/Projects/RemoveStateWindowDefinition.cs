using System.Collections.Immutable;
using Lockstep.Contracts.Events;

namespace Lockstep.Contracts.Projects;

/// <summary>window-remove-state: makes inserts, numbered from 1, of what passes.</summary>
public sealed record RemoveStateWindowDefinition : WindowDefinition
{
    /// <summary>The key field it makes: the number of the event.</summary>
    public const string NumberField = "eventNumber";

    /// <summary>With <see cref="AddLogFields"/>: the opcode the event had.</summary>
    public const string OpcodeField = "originalOC";

    /// <summary>With <see cref="AddLogFields"/>: the flags the event had.</summary>
    public const string FlagsField = "originalFL";

    /// <summary>What it drops.</summary>
    public RemovedEvents Remove { get; init; }

    /// <summary>True: opcode and flags of the event stand in fields of their own.</summary>
    public bool AddLogFields { get; init; }

    /// <inheritdoc/>
    public override string Kind => "remove-state";

    /// <inheritdoc/>
    public override bool DerivesSchema => true;

    /// <inheritdoc/>
    internal override Schema? SchemaFrom(ImmutableArray<WindowInput> inputs, Action<string> report)
    {
        List<Field> own = [new Field(NumberField, FieldType.Int64, IsKey: true)];
        if (AddLogFields)
        {
            own.AddRange([new Field(OpcodeField, FieldType.String), new Field(FlagsField, FieldType.String)]);
        }

        var fields = inputs[0].Schema!.Fields;
        if (fields.FirstOrDefault(f => own.Exists(o => o.Name == f.Name)) is { } taken)
        {
            report($"The input has a field '{taken.Name}', which the window makes itself; rename it in front.");
            return null;
        }

        return new Schema(own.Concat(fields.Select(f => f with { IsKey = false })));
    }
}
