using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Windows;
using Lockstep.Engine.Windows.Counter;
using Lockstep.Engine.Windows.RemoveState;
using Lockstep.Engine.Windows.Union;

namespace Lockstep.Engine.Execution;

/// <summary>Makes union, remove-state and counter windows.</summary>
internal sealed class FlowFactory(ContinuousQueryDefinition query, ProblemList problems)
{
    public BuiltWindow? Create(WindowDefinition definition, Schema schema, ImmutableArray<BuiltWindow> inputs)
    {
        if (!WindowChecks.HaveOneSchema(definition, inputs, NameOf(definition), problems))
        {
            return null;
        }

        return definition switch
        {
            UnionWindowDefinition union => CreateUnion(union, schema, inputs),
            RemoveStateWindowDefinition removes => new BuiltWindow(
                new RemoveStateWindow(NameOf(removes), schema, removes.Remove, removes.AddLogFields),
                new WindowTraits(InsertOnly: true, Resolved: true, UniqueKeys: true)),
            CounterWindowDefinition counter => CreateCounter(counter, schema, inputs),
            _ => throw new ArgumentException($"A {definition.Kind} window is not made here.", nameof(definition)),
        };
    }

    private BuiltWindow CreateUnion(UnionWindowDefinition definition, Schema schema, ImmutableArray<BuiltWindow> inputs)
    {
        var traits = WindowTraits.Merge([.. inputs.Select(i => i.Traits)]);
        var keeps = definition.Index != IndexKind.Empty && !(traits.Resolved && traits.UniqueKeys);
        var window = new UnionWindow(NameOf(definition), schema, keeps ? new KeyedRows(schema, null) : null, definition.IsStrict);
        return new BuiltWindow(window, !keeps ? traits
            : WindowTraits.OfStore with { InsertOnly = traits.InsertOnly && definition.IsStrict });
    }

    private BuiltWindow CreateCounter(CounterWindowDefinition definition, Schema schema, ImmutableArray<BuiltWindow> inputs)
    {
        var names = inputs.Select(i => i.Window.Name[(query.Name.Length + 1)..]).ToList();
        var distinct = names.Distinct().ToArray();
        var model = new CounterModel(
            distinct, [.. names.Select(n => Array.IndexOf(distinct, n))], Microseconds(definition.CountInterval),
            definition.ClearInterval is { } clear ? Microseconds(clear) : null);
        var keeps = definition.Index != IndexKind.Empty;
        var window = new CounterWindow(NameOf(definition), schema, model, keeps ? new KeyedRows(schema, null) : null);
        return new BuiltWindow(
            window, keeps ? WindowTraits.OfStore : new WindowTraits(InsertOnly: true, Resolved: true, UniqueKeys: false));
    }

    private static long Microseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;

    private string NameOf(WindowDefinition definition) => $"{query.Name}/{definition.Name}";
}
