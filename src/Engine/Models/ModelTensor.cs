using System.Collections.Immutable;

namespace Lockstep.Engine.Models;

/// <summary>A tensor that a model takes or gives.</summary>
/// <param name="Name">Its name in the model.</param>
/// <param name="TypeName">Type of its items, for messages: float32.</param>
/// <param name="Dimensions">Items in each dimension, -1 where the model leaves it open; empty for a single number.</param>
public sealed record ModelTensor(string Name, string TypeName, ImmutableArray<long> Dimensions)
{
    /// <summary>True: it can be filled from fields, or fill fields; false for sequences, maps and types that no field has.</summary>
    public bool IsUsable { get; init; } = true;

    /// <summary>True: its items are texts; false: numbers.</summary>
    public bool IsText { get; init; }

    /// <summary>
    /// The dimensions for so many items; null when they do not fit. Of several dimensions the first is that of rows where it is open, and an
    /// event is one; of the others one may be open and takes what there is.
    /// </summary>
    public long[]? ShapeFor(int count)
    {
        long[] shape = [.. Dimensions];
        var (open, fixedItems) = (-1, 1L);
        for (var i = 0; i < shape.Length; i++)
        {
            if (shape[i] > TensorValues.CountMax || fixedItems > TensorValues.CountMax)
            {
                return null;
            }

            if (shape[i] >= 0)
            {
                fixedItems *= shape[i];
            }
            else if (i == 0 && shape.Length > 1)
            {
                shape[i] = 1;
            }
            else if (open < 0)
            {
                open = i;
            }
            else
            {
                return null;
            }
        }

        if (open < 0)
        {
            return fixedItems == count ? shape : null;
        }

        if (fixedItems == 0 || count == 0 || count % fixedItems != 0)
        {
            return null;
        }

        shape[open] = count / fixedItems;
        return shape;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{TypeName}[{string.Join(',', Dimensions.Select(d => d < 0 ? "?" : $"{d}"))}]";
}
