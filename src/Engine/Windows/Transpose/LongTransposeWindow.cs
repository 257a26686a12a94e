using Lockstep.Contracts.Events;

namespace Lockstep.Engine.Windows.Transpose;

/// <summary>What a long transpose window puts into its output fields.</summary>
/// <param name="Tags">The tags, one output event each.</param>
/// <param name="Sources">By tag, then by output field: the input's field; <see cref="TagNumber"/> or <see cref="TagText"/>.</param>
internal sealed record LongModel(string[] Tags, int[][] Sources)
{
    /// <summary>The field takes the number of the tag, from 0.</summary>
    public const int TagNumber = -1;

    /// <summary>The field takes the tag.</summary>
    public const int TagText = -2;
}

/// <summary>
/// window-transpose, long: an event leaves as one Insert a tag, with the values of the tag's columns. Deletes give nothing;
/// what came as an update is one more observation.
/// </summary>
internal sealed class LongTransposeWindow(string name, Schema schema, LongModel model) : Window(name, schema)
{
    /// <inheritdoc/>
    public override void Process(EventBlock input, int inputIndex, StepScope step)
    {
        for (var row = 0; row < input.Count; row++)
        {
            if (input.Opcodes[row] is Opcode.Delete or Opcode.SafeDelete)
            {
                continue;
            }

            for (var tag = 0; tag < model.Tags.Length; tag++)
            {
                Write(input, row, tag);
            }
        }
    }

    private void Write(EventBlock input, int row, int tag)
    {
        var sources = model.Sources[tag];
        for (var i = 0; i < sources.Length; i++)
        {
            switch (sources[i])
            {
                case LongModel.TagNumber:
                    Output.ColumnOf<long>(i).Append(tag);
                    break;
                case LongModel.TagText:
                    Output.ColumnOf<string>(i).Append(model.Tags[tag]);
                    break;
                default:
                    Output.Columns[i].AppendFrom(input.Columns[sources[i]], row);
                    break;
            }
        }

        Output.Append(Opcode.Insert);
    }
}
