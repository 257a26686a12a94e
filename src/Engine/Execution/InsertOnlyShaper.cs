using Lockstep.Contracts.Events;

namespace Lockstep.Engine.Execution;

/// <summary>output-insert-only: only Insert leaves.</summary>
internal sealed class InsertOnlyShaper(Schema schema) : OutputShaper
{
    private readonly EventBlock _inserts = new(schema);

    /// <inheritdoc/>
    public override EventBlock Shape(EventBlock output)
    {
        if (!output.Opcodes.ContainsAnyExcept(Opcode.Insert))
        {
            return output;
        }

        _inserts.Clear();
        for (var row = 0; row < output.Count; row++)
        {
            if (output.Opcodes[row] == Opcode.Insert)
            {
                _inserts.AppendFrom(output, row);
            }
        }

        return _inserts;
    }
}
