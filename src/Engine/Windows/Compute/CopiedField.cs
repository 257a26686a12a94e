using Lockstep.Contracts.Events;
using Lockstep.Engine.Expressions;

namespace Lockstep.Engine.Windows.Compute;

/// <summary>A field passed on from the input as it is.</summary>
internal sealed class CopiedField(int source) : FieldWriter
{
    /// <summary>Index of the input field.</summary>
    public int Source => source;

    /// <inheritdoc/>
    public override bool IsPure => true;

    /// <inheritdoc/>
    public override void Write(EventBlock input, Frame frame, Column target) =>
        target.AppendFrom(input.Columns[source], frame.Row);

    /// <inheritdoc/>
    public override void WriteAll(EventBlock input, Frame frame, Column target) =>
        target.AppendAll(input.Columns[source]);
}
