using System.Collections.Immutable;

namespace Lockstep.Engine.Models;

/// <summary>A loaded model. What it holds of memory is given back when nobody knows it any more.</summary>
public interface IFileModel
{
    /// <summary>The tensors that it takes; all must be given.</summary>
    ImmutableArray<ModelTensor> Inputs { get; }

    /// <summary>What it computes.</summary>
    ImmutableArray<ModelTensor> Outputs { get; }

    /// <summary>Joins the model with values, which are read and written by each run.</summary>
    /// <param name="inputs">Values of all inputs, by name.</param>
    /// <param name="outputs">Take the outputs of their names, each a tensor; others are not computed for.</param>
    IModelRun Start(IReadOnlyList<TensorValues> inputs, IReadOnlyList<TensorValues> outputs);
}
