namespace Lockstep.Engine.Expressions.Columns;

/// <summary>A part of an expression that gives numbers for many rows at once.</summary>
/// <typeparam name="T">long or double.</typeparam>
internal abstract class ColumnNode<T>
    where T : struct
{
    /// <summary>
    /// The values of a chunk's rows in their order, undefined for those it marks as doubtful. Valid until the next call on the chunk.
    /// </summary>
    public abstract ReadOnlySpan<T> Values(RowChunk chunk);
}

/// <summary>A part of an expression that is true or false for many rows at once.</summary>
internal abstract class ConditionNode
{
    private readonly ulong[] _bits = new ulong[RowChunk.Words];

    /// <summary>
    /// A bit a row of the chunk, undefined for those it marks as doubtful and past the last. Valid until the next call on the node.
    /// </summary>
    public ReadOnlySpan<ulong> Bits(RowChunk chunk)
    {
        Fill(chunk, _bits);
        return _bits;
    }

    /// <summary>Writes the bits.</summary>
    protected abstract void Fill(RowChunk chunk, Span<ulong> bits);
}

/// <summary>A field of the event.</summary>
internal sealed class FieldColumn<T>(int field) : ColumnNode<T>
    where T : struct
{
    /// <inheritdoc/>
    public override ReadOnlySpan<T> Values(RowChunk chunk) => chunk.ValuesOf<T>(field);
}

/// <summary>The same number for all rows.</summary>
internal sealed class ConstantColumn<T>(T value, int register) : ColumnNode<T>
    where T : struct
{
    /// <inheritdoc/>
    public override ReadOnlySpan<T> Values(RowChunk chunk)
    {
        var values = chunk.Register<T>(register);
        values.Fill(value);
        return values;
    }
}
