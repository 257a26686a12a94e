using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Expressions;
using Lockstep.Engine.Windows;
using Lockstep.Engine.Windows.Compute;
using Lockstep.Engine.Windows.Join;

namespace Lockstep.Engine.Execution;

/// <summary>Makes join windows.</summary>
internal sealed class JoinFactory(string query, ProblemList problems)
{
    /// <param name="definition">The join.</param>
    /// <param name="inputs">The windows in front of it.</param>
    /// <param name="roles">The role of each edge.</param>
    public BuiltWindow? Create(JoinWindowDefinition definition, ImmutableArray<BuiltWindow> inputs, ImmutableArray<string> roles)
    {
        var name = $"{query}/{definition.Name}";
        var layout = JoinLayout.Create(definition, [.. inputs.Zip(roles, (i, r) => (r, i.Window.Schema))],
            message => problems.Error("LS2020", name, definition.Position, message));
        if (layout is null
            || problems.Try(name, () => new ExpressionCompiler(layout.Visible, definition.Initializer)) is not { } compiler)
        {
            return null;
        }

        var fields = layout.Fields.Select(f => problems.Try(name, () => Field(f, compiler, layout.Visible))).ToArray();
        if (Array.Exists(fields, f => f is null))
        {
            return null;
        }

        var sides = (Left: new Input(layout, inputs, isRight: false), Right: new Input(layout, inputs, isRight: true));
        var isPure = Array.TrueForAll(fields, f => f!.Writer?.IsPure != false);
        var (keepsLeft, keepsRight) = FoundSides(definition, layout);
        var (preservesLeft, preservesRight) = (
            definition.Type is JoinKind.LeftOuter or JoinKind.FullOuter, definition.Type is JoinKind.RightOuter or JoinKind.FullOuter);

        // Without rows of the output, old values must be what joining the same rows again gives.
        bool IsExact(Input side, Input other, bool keeps, bool preservesOther) => keeps
            || (side.Traits is { InsertOnly: true, UniqueKeys: true } && (side.IsKey || !other.IsKey) && !preservesOther);
        var mode = definition.Index == IndexKind.Empty ? JoinMode.Stateless
            : isPure && IsExact(sides.Left, sides.Right, keepsLeft, preservesRight)
                && IsExact(sides.Right, sides.Left, keepsRight, preservesLeft) ? JoinMode.Direct : JoinMode.Rows;
        JoinRole Role(Input side, bool isFound, bool isPreserved)
        {
            var resolves = mode == JoinMode.Rows && !side.IsKey && !side.Traits.InsertOnly && !(side.Traits.Resolved && side.Traits.UniqueKeys);
            return new JoinRole(side.Create(layout, compiler, isFound || resolves, isFound), isPreserved, side.IsKey);
        }

        var model = new JoinModel(
            mode, Role(sides.Left, keepsLeft, preservesLeft), Role(sides.Right, keepsRight, preservesRight), [.. layout.Sides],
            [.. fields.Select(f => f!)], layout.Visible, [.. compiler.UsedFields], compiler.CreateFrame());
        var window = new JoinWindow(name, layout.Schema, model, mode == JoinMode.Rows ? new KeyedRows(layout.Schema, null) : null);
        return new BuiltWindow(window, Traits(model, sides.Left, sides.Right), InputOrder: Order(definition.Type, layout.Sides));
    }

    // Only inserts leave when one side's inserts look the other side up, and nothing finds their rows again.
    private static WindowTraits Traits(JoinModel model, Input left, Input right)
    {
        static bool IsStream(JoinRole role, JoinRole other, Input input) =>
            !role.Side.Keeps && input.Traits.InsertOnly && !other.IsPreserved;
        var stream = IsStream(model.Left, model.Right, left) ? left : IsStream(model.Right, model.Left, right) ? right : null;
        return model.Mode == JoinMode.Stateless
            ? new WindowTraits(stream is not null, stream is not null, stream is { IsKey: true, Traits.UniqueKeys: true })
            : WindowTraits.OfStore with { InsertOnly = stream is not null && (model.Mode == JoinMode.Direct || stream.IsKey) };
    }

    // The rows that events of the other side find. no-regenerates: the side that is looked up changes nothing afterwards.
    private static (bool Left, bool Right) FoundSides(JoinWindowDefinition definition, JoinLayout layout)
    {
        var looksUpLeft = definition.Type == JoinKind.RightOuter
            || (definition.Type == JoinKind.Inner && !layout.MatchesOneRight && layout.MatchesOneLeft);
        var stays = definition.NoRegenerates && definition.Type != JoinKind.FullOuter;
        return (definition.KeepsLeft && !(stays && !looksUpLeft), definition.KeepsRight && !(stays && looksUpLeft));
    }

    // The side that is looked up first: an event that came to it by another way is there when its own row is joined.
    private static ImmutableArray<int> Order(JoinKind type, ImmutableArray<bool> sides) =>
        [.. Enumerable.Range(0, sides.Length).OrderBy(i => sides[i] == (type == JoinKind.RightOuter))];

    private static JoinedField Field(JoinField field, ExpressionCompiler compiler, Schema visible) => new(
        field.IsRight, field.Index, field.Partner,
        field.Expression is { } text ? FieldWriters.Create(compiler, visible, field.Field, text) : null);

    /// <summary>One side as it comes in.</summary>
    private sealed class Input(JoinLayout layout, ImmutableArray<BuiltWindow> inputs, bool isRight)
    {
        public WindowTraits Traits { get; } = WindowTraits.Merge([.. inputs.Where((_, i) => layout.Sides[i] == isRight).Select(i => i.Traits)]);

        /// <summary>True when the output's key is that of this side.</summary>
        public bool IsKey { get; } = layout.Fields.Where(f => f.Field.IsKey).All(f => f.IsRight == isRight || f.Partner >= 0);

        public JoinSide Create(JoinLayout layout, ExpressionCompiler compiler, bool keeps, bool isFound)
        {
            var schema = isRight ? layout.Right : layout.Left;
            var conditions = layout.Conditions.Select(c => isRight ? c.Right : c.Left).ToArray();
            var first = isRight ? layout.Left.Fields.Length : 0;
            var used = new SortedSet<int>(schema.KeyIndexes.Concat(conditions));
            used.UnionWith(layout.Fields.Where(f => f.Index >= 0 && f.IsRight == isRight).Select(f => f.Index));
            used.UnionWith(layout.Fields.Where(f => f.Partner >= 0 && f.IsRight != isRight).Select(f => f.Partner));
            used.UnionWith(compiler.UsedFields.Select(f => f - first).Where(f => f >= 0 && f < schema.Fields.Length));
            return new JoinSide(schema, [.. used], conditions, keeps, isFound);
        }
    }
}
