using Lockstep.Engine.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Lockstep.Onnx;

/// <summary>
/// Maps of labels to numbers, as ZipMap gives them for classes: one map, or a sequence of them with one a row, of which an event is one.
/// They become numbers in the order of their labels, whole numbers by value and texts by their characters, as in the training set's classes.
/// </summary>
internal static class OnnxMaps
{
    /// <summary>Types of labels and numbers; null for what is no such map.</summary>
    public static (TensorElementType Key, TensorElementType Value)? NumbersOf(NodeMetadata node)
    {
        var inner = node.OnnxValueType == OnnxValueType.ONNX_TYPE_SEQUENCE ? node.AsSequenceMetadata().ElementMeta : node;
        return inner.OnnxValueType == OnnxValueType.ONNX_TYPE_MAP && inner.AsMapMetadata() is var map
            && map.KeyDataType is TensorElementType.Int64 or TensorElementType.String
            && map.ValueMetadata.IsTensor && map.ValueMetadata.ElementDataType is TensorElementType.Float or TensorElementType.Double
                ? (map.KeyDataType, map.ValueMetadata.ElementDataType)
                : null;
    }

    /// <summary>Appends the numbers of a map, or of the only map of a sequence.</summary>
    /// <exception cref="ModelException">The sequence has another number of maps than one.</exception>
    public static void Read(OrtValue value, TensorValues values)
    {
        if (value.OnnxType != OnnxValueType.ONNX_TYPE_SEQUENCE)
        {
            ReadMap(value, values);
            return;
        }

        var count = value.GetValueCount();
        if (count != 1)
        {
            throw new ModelException($"its output '{values.Tensor.Name}' has {count} maps; an event is one row and takes one.");
        }

        using var map = value.GetValue(0, OrtAllocator.DefaultInstance);
        ReadMap(map, values);
    }

    private static void ReadMap(OrtValue map, TensorValues values)
    {
        using var labels = map.GetValue(0, OrtAllocator.DefaultInstance);
        using var numbers = map.GetValue(1, OrtAllocator.DefaultInstance);
        var type = numbers.GetTensorTypeAndShape();
        if (type.ElementCount > TensorValues.CountMax)
        {
            throw new ModelException(
                $"its output '{values.Tensor.Name}' has {type.ElementCount} items; at most {TensorValues.CountMax} are taken.");
        }

        double[] items = type.ElementDataType == TensorElementType.Double
            ? numbers.GetTensorDataAsSpan<double>().ToArray()
            : [.. numbers.GetTensorDataAsSpan<float>().ToArray().Select(v => (double)v)];
        if (labels.GetTensorTypeAndShape().ElementDataType == TensorElementType.String)
        {
            Array.Sort(labels.GetStringTensorAsArray(), items, StringComparer.Ordinal);
        }
        else
        {
            Array.Sort(labels.GetTensorDataAsSpan<long>().ToArray(), items);
        }

        values.Numbers.AddRange(items);
    }
}
