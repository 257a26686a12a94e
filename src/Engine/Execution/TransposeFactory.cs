using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Windows;
using Lockstep.Engine.Windows.Transpose;

namespace Lockstep.Engine.Execution;

/// <summary>Makes transpose windows.</summary>
internal sealed class TransposeFactory(string query, ProblemList problems)
{
    public BuiltWindow? Create(TransposeWindowDefinition definition, Schema schema, ImmutableArray<BuiltWindow> inputs)
    {
        var name = $"{query}/{definition.Name}";
        if (!WindowChecks.HaveOneSchema(definition, inputs, name, problems))
        {
            return null;
        }

        var input = inputs[0].Window.Schema;
        Window window = definition.Mode == TransposeMode.Wide
            ? new WideTransposeWindow(name, schema, input, WideModelOf(definition, schema, input))
            : new LongTransposeWindow(name, schema, LongModelOf(definition, schema, input));
        var traits = WindowTraits.Merge([.. inputs.Select(i => i.Traits)]);
        return new BuiltWindow(
            window, new WindowTraits(InsertOnly: true, Resolved: true, UniqueKeys: traits.InsertOnly && traits.UniqueKeys));
    }

    private static WideModel WideModelOf(TransposeWindowDefinition definition, Schema schema, Schema input)
    {
        var cells = definition.Tags
            .SelectMany(t => definition.TagValues.Select(v => TransposeWindowDefinition.ColumnOf(t, v))).ToList();
        return new WideModel(
            input.IndexOf(definition.TagName),
            [.. definition.Tags],
            [.. definition.TagValues.Select(input.IndexOf)],
            [.. definition.GroupBy.Select(input.IndexOf)],
            [.. schema.Fields.Select(f => cells.IndexOf(f.Name) is >= 0 and var cell ? ~cell : input.IndexOf(f.Name))],
            definition.ClearTimeout is { } clear ? clear.Ticks / TimeSpan.TicksPerMicrosecond : null);
    }

    private static LongModel LongModelOf(TransposeWindowDefinition definition, Schema schema, Schema input)
    {
        int SourceOf(string tag, string field) => field switch
        {
            TransposeWindowDefinition.TagNumberField => LongModel.TagNumber,
            _ when field == definition.TagName => LongModel.TagText,
            _ when definition.TagValues.Contains(field) => input.IndexOf(TransposeWindowDefinition.ColumnOf(tag, field)),
            _ => input.IndexOf(field),
        };
        return new LongModel(
            [.. definition.Tags], [.. definition.Tags.Select(t => schema.Fields.Select(f => SourceOf(t, f.Name)).ToArray())]);
    }
}
