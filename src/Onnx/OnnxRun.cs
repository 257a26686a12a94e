using Lockstep.Engine.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Lockstep.Onnx;

/// <summary>A session joined with values; tensors of inputs are kept from run to run.</summary>
internal sealed class OnnxRun : IModelRun
{
    private readonly InferenceSession _session;
    private readonly RunLimit _limit;
    private readonly TensorValues[] _inputs;
    private readonly TensorValues[] _outputs;
    private readonly TensorItems?[] _given;
    private readonly TensorItems?[] _taken;
    private readonly OrtValue[] _values;
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;

    public OnnxRun(InferenceSession session, IReadOnlyList<TensorValues> inputs, IReadOnlyList<TensorValues> outputs, TimeSpan limit)
    {
        _session = session;
        _limit = new RunLimit(limit);
        (_inputs, _outputs) = ([.. inputs], [.. outputs]);
        _given = [.. inputs.Select(i => ItemsOf(i, session.InputMetadata))];
        _taken = [.. outputs.Select(o => ItemsOf(o, session.OutputMetadata))];
        _values = new OrtValue[inputs.Count];
        _inputNames = [.. inputs.Select(i => i.Tensor.Name)];
        _outputNames = [.. outputs.Select(o => o.Tensor.Name)];
    }

    /// <inheritdoc/>
    public void Run()
    {
        try
        {
            for (var i = 0; i < _inputs.Length; i++)
            {
                _values[i] = _given[i]?.Write(_inputs[i].Numbers, _inputs[i].Tensor) ?? TextsOf(_inputs[i]);
            }

            // A score window without a mapped output has nothing to compute.
            if (_outputs.Length > 0)
            {
                Take();
            }
        }
        catch (OnnxRuntimeException failed)
        {
            throw new ModelException(OnnxModelRuntime.Sentence(failed), failed);
        }
        finally
        {
            for (var i = 0; i < _inputs.Length; i++)
            {
                if (_given[i] is null)
                {
                    _values[i]?.Dispose();
                }
            }
        }
    }

    private void Take()
    {
        using var results = Compute();
        for (var i = 0; i < _outputs.Length; i++)
        {
            var (values, result) = (_outputs[i], results[i]);
            values.Clear();
            if (!result.IsTensor)
            {
                OnnxMaps.Read(result, values);
                continue;
            }

            var count = result.GetTensorTypeAndShape().ElementCount;
            if (count > TensorValues.CountMax)
            {
                throw new ModelException($"its output '{values.Tensor.Name}' has {count} items; at most {TensorValues.CountMax} are taken.");
            }

            if (_taken[i] is { } items)
            {
                items.Read(result, values.Numbers);
            }
            else
            {
                values.Texts.AddRange(result.GetStringTensorAsArray());
            }
        }
    }

    private IDisposableReadOnlyCollection<OrtValue> Compute()
    {
        _limit.Start();
        try
        {
            return _session.Run(_limit.Options, _inputNames, _values, _outputNames);
        }
        finally
        {
            _limit.Stop();
        }
    }

    private static OrtValue TextsOf(TensorValues values)
    {
        var tensor = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, values.Tensor.ShapeFor(values.Count)!);
        for (var i = 0; i < values.Count; i++)
        {
            tensor.StringTensorSetElementAt(values.Texts[i].AsSpan(), i);
        }

        return tensor;
    }

    private static TensorItems? ItemsOf(TensorValues values, IReadOnlyDictionary<string, NodeMetadata> nodes) =>
        !nodes[values.Tensor.Name].IsTensor || nodes[values.Tensor.Name].ElementDataType is TensorElementType.String
            ? null
            : TensorItems.For(nodes[values.Tensor.Name].ElementDataType);
}
