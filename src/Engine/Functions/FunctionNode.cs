namespace Lockstep.Engine.Functions;

/// <summary>A node of the functional language that gives a value for the event at hand.</summary>
internal abstract class FunctionNode
{
    /// <summary>True when it depends on the event's fields alone.</summary>
    public abstract bool IsPure { get; }

    public abstract Variant Evaluate(FunctionFrame frame);
}

/// <summary>A number or text.</summary>
internal sealed class ConstantFunction(Variant value) : FunctionNode
{
    /// <inheritdoc/>
    public override bool IsPure => true;

    /// <inheritdoc/>
    public override Variant Evaluate(FunctionFrame frame) => value;
}

/// <summary>A field of the event.</summary>
internal sealed class FieldFunction(int field) : FunctionNode
{
    /// <inheritdoc/>
    public override bool IsPure => true;

    /// <inheritdoc/>
    public override Variant Evaluate(FunctionFrame frame) => frame.Field(field);
}

/// <summary>The result of a function before this one.</summary>
internal sealed class ResultFunction(int function) : FunctionNode
{
    /// <inheritdoc/>
    public override bool IsPure => true;

    /// <inheritdoc/>
    public override Variant Evaluate(FunctionFrame frame) => frame.Result(function);
}

/// <summary>A call.</summary>
internal sealed class CallFunction(FunctionEntry entry, FunctionNode[] arguments) : FunctionNode
{
    /// <summary>What is called.</summary>
    public FunctionEntry Entry => entry;

    /// <inheritdoc/>
    public override bool IsPure => entry.IsPure && Array.TrueForAll(arguments, a => a.IsPure);

    /// <inheritdoc/>
    public override Variant Evaluate(FunctionFrame frame) => entry.Body(arguments, frame);
}
