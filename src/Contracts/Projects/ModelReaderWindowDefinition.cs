using System.Collections.Immutable;
using Lockstep.Contracts.Events;

namespace Lockstep.Contracts.Projects;

/// <summary>window-model-reader: loads models of files for score windows, one from the start, others when requests ask for them.</summary>
public sealed record ModelReaderWindowDefinition : WindowDefinition
{
    /// <summary>The only type of models that is run.</summary>
    public const string Onnx = "onnx";

    /// <summary>The only action of parameters and requests.</summary>
    public const string Load = "load";

    /// <summary>The only provider that models run with: scores of others differ from run to run.</summary>
    public const string Cpu = "CPU";

    /// <summary>Name of the parameter with the path of the file.</summary>
    public const string Reference = "reference";

    /// <summary>What parameters and requests may say, with the value they must have; null for any.</summary>
    public static ImmutableArray<(string Name, string? Value)> Known { get; } =
        [("action", Load), ("type", Onnx), (Reference, null), ("execProvider", Cpu)];

    /// <summary>Type of its models.</summary>
    public string ModelType { get; init; } = Onnx;

    /// <summary>Parameters by name, as text; <see cref="Reference"/> is the path of the file that is loaded from the start.</summary>
    public ImmutableSortedDictionary<string, string> Parameters { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Path of the file that is loaded from the start; null for none.</summary>
    public string? File => Parameters.TryGetValue(Reference, out var file) && file.Length > 0 ? file : null;

    /// <inheritdoc/>
    public override string Kind => "model-reader";

    /// <inheritdoc/>
    public override bool DerivesSchema => true;

    /// <inheritdoc/>
    public override bool NeedsInput => false;

    /// <inheritdoc/>
    public override bool TakesDifferentInputs => true;

    /// <inheritdoc/>
    internal override Schema? SchemaFrom(ImmutableArray<WindowInput> inputs, Action<string> report) => TrainWindowDefinition.ModelSchema;
}
