namespace Lockstep.Engine.Functions;

/// <summary>A node of the functional language that gives a value for the event at hand.</summary>
internal abstract class FunctionNode
{
    /// <summary>True when it depends on the event's fields alone.</summary>
    public abstract bool IsPure { get; }

    /// <summary>True when it reads nothing but fields of the event: it can be evaluated before any function ran.</summary>
    public virtual bool ReadsFieldsOnly => IsPure;

    public abstract Variant Evaluate(FunctionFrame frame);
}

/// <summary>A number or text.</summary>
internal sealed class ConstantFunction(Variant value) : FunctionNode
{
    /// <summary>The value.</summary>
    public Variant Value => value;

    /// <inheritdoc/>
    public override bool IsPure => true;

    /// <inheritdoc/>
    public override Variant Evaluate(FunctionFrame frame) => value;
}

/// <summary>A field of the event, by its index in each input.</summary>
internal sealed class FieldFunction(int[] fields) : FunctionNode
{
    /// <inheritdoc/>
    public override bool IsPure => true;

    /// <inheritdoc/>
    public override Variant Evaluate(FunctionFrame frame) => frame.Field(fields);
}

/// <summary>The result of a function before this one.</summary>
internal sealed class ResultFunction(int slot) : FunctionNode
{
    /// <inheritdoc/>
    public override bool IsPure => true;

    /// <inheritdoc/>
    public override bool ReadsFieldsOnly => false;

    /// <inheritdoc/>
    public override Variant Evaluate(FunctionFrame frame) => frame.Result(slot);
}

/// <summary>A property of the function context.</summary>
internal sealed class PropertyFunction(int property, bool isPure) : FunctionNode
{
    /// <summary>Which one.</summary>
    public int Index => property;

    /// <inheritdoc/>
    public override bool IsPure => isPure;

    /// <inheritdoc/>
    public override bool ReadsFieldsOnly => false;

    /// <inheritdoc/>
    public override Variant Evaluate(FunctionFrame frame) => frame.Property(property);
}

/// <summary>A call.</summary>
internal sealed class CallFunction(FunctionEntry entry, FunctionNode[] arguments) : FunctionNode
{
    /// <inheritdoc/>
    public override bool IsPure => entry.IsPure && Array.TrueForAll(arguments, a => a.IsPure);

    /// <inheritdoc/>
    public override bool ReadsFieldsOnly => entry.IsPure && Array.TrueForAll(arguments, a => a.ReadsFieldsOnly);

    /// <inheritdoc/>
    public override Variant Evaluate(FunctionFrame frame) => entry.Body(arguments, frame);
}
