using System.Collections.Immutable;
using Lockstep.Contracts.Events;

namespace Lockstep.Contracts.Projects;

/// <summary>window-model-supervisor: keeps the newest models of train windows and hands them on, at once or when it is asked to.</summary>
public sealed record ModelSupervisorWindowDefinition : WindowDefinition
{
    /// <summary>Models that are kept when the model does not say how many.</summary>
    public const int CapacityDefault = 10;

    /// <summary>The most models that may be kept.</summary>
    public const int CapacityMax = 1000;

    /// <summary>deployment-policy. True (on-demand): a model leaves when a request asks for it; false (immediate): as soon as it is there.</summary>
    public bool IsOnDemand { get; init; }

    /// <summary>Models that are kept; the oldest is given up for a new one.</summary>
    public int Capacity { get; init; } = CapacityDefault;

    /// <inheritdoc/>
    public override string Kind => "model-supervisor";

    /// <inheritdoc/>
    public override bool DerivesSchema => true;

    /// <inheritdoc/>
    public override bool TakesDifferentInputs => true;

    /// <inheritdoc/>
    internal override Schema? SchemaFrom(ImmutableArray<WindowInput> inputs, Action<string> report) => TrainWindowDefinition.ModelSchema;
}
