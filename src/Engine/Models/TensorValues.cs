namespace Lockstep.Engine.Models;

/// <summary>Items of a tensor, the last dimension running first: numbers, which the runtime brings into the tensor's type, or texts.</summary>
/// <param name="tensor">The tensor.</param>
public sealed class TensorValues(ModelTensor tensor)
{
    /// <summary>The most items.</summary>
    public const int CountMax = 1_000_000;

    /// <summary>The tensor.</summary>
    public ModelTensor Tensor { get; } = tensor;

    /// <summary>The items of a tensor of numbers; exact for whole numbers up to 2^53.</summary>
    public List<double> Numbers { get; } = [];

    /// <summary>The items of a tensor of texts.</summary>
    public List<string> Texts { get; } = [];

    /// <summary>How many there are.</summary>
    public int Count => Tensor.IsText ? Texts.Count : Numbers.Count;

    /// <summary>Takes all items out.</summary>
    public void Clear()
    {
        Numbers.Clear();
        Texts.Clear();
    }
}
