using System.Collections.Immutable;
using Lockstep.Engine.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Lockstep.Onnx;

/// <summary>A loaded ONNX model. The session's own finalizer gives its memory back.</summary>
internal sealed class OnnxModel(InferenceSession session, TimeSpan limit) : IFileModel
{
    /// <inheritdoc/>
    public ImmutableArray<ModelTensor> Inputs { get; } = [.. session.InputNames.Select(n => TensorOf(n, session.InputMetadata[n]))];

    /// <inheritdoc/>
    public ImmutableArray<ModelTensor> Outputs { get; } = [.. session.OutputNames.Select(n => TensorOf(n, session.OutputMetadata[n]))];

    /// <inheritdoc/>
    public IModelRun Start(IReadOnlyList<TensorValues> inputs, IReadOnlyList<TensorValues> outputs) => new OnnxRun(session, inputs, outputs, limit);

    private static ModelTensor TensorOf(string name, NodeMetadata node)
    {
        if (OnnxMaps.NumbersOf(node) is { } map)
        {
            return new ModelTensor(name, $"map of {NameOf(map.Key)} to {NameOf(map.Value)}", [-1]);
        }

        if (!node.IsTensor)
        {
            var kind = node.OnnxValueType.ToString().Split('_')[^1].ToLowerInvariant();
            return new ModelTensor(name, $"a {kind}", []) { IsUsable = false };
        }

        var type = node.ElementDataType;
        return new ModelTensor(name, NameOf(type), [.. node.Dimensions.Select(d => (long)d)])
        {
            IsText = type == TensorElementType.String,
            IsUsable = type == TensorElementType.String || TensorItems.CanConvert(type),
        };
    }

    // Names as the standard has them.
    private static string NameOf(TensorElementType type) => type switch
    {
        TensorElementType.Float => "float32",
        TensorElementType.Double => "float64",
        _ => type.ToString().ToLowerInvariant(),
    };
}
