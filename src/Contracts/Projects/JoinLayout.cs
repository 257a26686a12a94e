using System.Collections.Immutable;
using Lockstep.Contracts.Events;

namespace Lockstep.Contracts.Projects;

/// <summary>Two fields that must be equal, by index in their schemas.</summary>
/// <param name="Left">The left side's.</param>
/// <param name="Right">The right side's.</param>
public readonly record struct JoinCondition(int Left, int Right);

/// <summary>Where a field of a join's output comes from.</summary>
/// <param name="Field">The field.</param>
/// <param name="IsRight">The side it is copied from.</param>
/// <param name="Index">Index there; -1 for a computed one.</param>
/// <param name="Partner">Index of the other side's field that has the value where this side is absent; -1 for null then.</param>
/// <param name="Expression">What computes it; null for a copied one.</param>
public sealed record JoinField(Field Field, bool IsRight, int Index, int Partner, ExpressionText? Expression);

/// <summary>
/// What follows from a join and the schemas in front of it: which input is which side, keys and origins of fields. Keys: those
/// of the side whose rows match at most one of the other (left for left outer and inner, right for right outer); of a full outer
/// join by both keys that key; else those of both sides, without right ones that a condition makes equal to a left one.
/// </summary>
public sealed class JoinLayout
{
    private const string LeftPrefix = "l_";
    private const string RightPrefix = "r_";

    private JoinLayout(
        ImmutableArray<bool> sides, Schema left, Schema right, ImmutableArray<JoinCondition> conditions, ImmutableArray<JoinField> fields)
    {
        (Sides, Left, Right, Conditions, Fields) = (sides, left, right, conditions, fields);
        Schema = new Schema(fields.Select(f => f.Field));
    }

    /// <summary>By input: true for the right side.</summary>
    public ImmutableArray<bool> Sides { get; }

    /// <summary>Schema of the left input.</summary>
    public Schema Left { get; }

    /// <summary>Schema of the right input.</summary>
    public Schema Right { get; }

    /// <summary>Fields that must be equal; at least one.</summary>
    public ImmutableArray<JoinCondition> Conditions { get; }

    /// <summary>Output fields, keys first.</summary>
    public ImmutableArray<JoinField> Fields { get; }

    /// <summary>The schema of the output.</summary>
    public Schema Schema { get; }

    /// <summary>True when a row of the left side matches at most one of the right: the right keys are all in the conditions.</summary>
    public bool MatchesOneRight => IsCovered(Right, Conditions.Select(c => c.Right));

    /// <summary>True when a row of the right side matches at most one of the left.</summary>
    public bool MatchesOneLeft => IsCovered(Left, Conditions.Select(c => c.Left));

    /// <summary>Makes a layout.</summary>
    /// <param name="window">The join.</param>
    /// <param name="inputs">Role and schema of each edge into it, in document order.</param>
    /// <param name="report">Told what is wrong.</param>
    /// <returns>Null: something was reported.</returns>
    public static JoinLayout? Create(
        JoinWindowDefinition window, ImmutableArray<(string Role, Schema Schema)> inputs, Action<string> report)
    {
        var sides = SidesOf([.. inputs.Select(i => i.Role)]);
        if (!sides.Contains(true) || !sides.Contains(false))
        {
            report("A join window needs a left and a right input: two edges, with role left and right or in this order.");
            return null;
        }

        var (left, right) = (inputs[sides.IndexOf(false)].Schema, inputs[sides.IndexOf(true)].Schema);
        if (inputs.Where((input, i) => !input.Schema.Equals(sides[i] ? right : left)).Any())
        {
            report("Several inputs of one side of a join window must have one schema.");
            return null;
        }

        if (ConditionsOf(window, left, right, report) is not { } conditions)
        {
            return null;
        }

        var fields = KeysOf(window.Type, left, right, conditions);
        foreach (var output in window.Output)
        {
            if (!Add(output, fields, left, right, report))
            {
                return null;
            }
        }

        return new JoinLayout(sides, left, right, conditions, [.. fields]);
    }

    /// <summary>The field that a name with prefix means, exact case first.</summary>
    /// <returns>False when there is none.</returns>
    public static bool TryFind(string name, Schema left, Schema right, out bool isRight, out int index)
    {
        isRight = name.StartsWith(RightPrefix, StringComparison.OrdinalIgnoreCase);
        index = isRight || name.StartsWith(LeftPrefix, StringComparison.OrdinalIgnoreCase) ? IndexOf(isRight ? right : left, name[2..]) : -1;
        return index >= 0;
    }

    /// <summary>The fields that expressions see: those of the left side as <c>l_x</c>, then those of the right as <c>r_x</c>.</summary>
    public Schema Visible => new(
        Left.Fields.Select(f => new Field(LeftPrefix + f.Name, f.Type)).Concat(Right.Fields.Select(f => new Field(RightPrefix + f.Name, f.Type))));

    // Roles that are missing are taken in document order: the side that is not there yet, left first.
    private static ImmutableArray<bool> SidesOf(ImmutableArray<string> roles)
    {
        var sides = roles.Select(r => r.ToUpperInvariant() switch { "LEFT" => false, "RIGHT" => true, _ => (bool?)null }).ToArray();
        for (var i = 0; i < sides.Length; i++)
        {
            sides[i] ??= sides.Contains(false);
        }

        return [.. sides.Select(s => s!.Value)];
    }

    private static ImmutableArray<JoinCondition>? ConditionsOf(
        JoinWindowDefinition window, Schema left, Schema right, Action<string> report)
    {
        if (window.Conditions.Length == 0)
        {
            report("A join window needs a condition: <conditions><fields left=\"\" right=\"\"/></conditions>.");
            return null;
        }

        var conditions = ImmutableArray.CreateBuilder<JoinCondition>();
        foreach (var (leftName, rightName) in window.Conditions.Select(c => (c.Left, c.Right)))
        {
            var (l, r) = (IndexOf(left, leftName), IndexOf(right, rightName));
            if (l < 0 || r < 0)
            {
                report($"The condition '{leftName}' = '{rightName}' names a field that the {(l < 0 ? "left" : "right")} input does not have.");
                return null;
            }

            if (!AreComparable(left.Fields[l].Type, right.Fields[r].Type))
            {
                report($"The condition '{leftName}' = '{rightName}' compares a {FieldTypeNames.NameOf(left.Fields[l].Type)} with a "
                    + $"{FieldTypeNames.NameOf(right.Fields[r].Type)}.");
                return null;
            }

            conditions.Add(new JoinCondition(l, r));
        }

        return [.. conditions.Distinct()];
    }

    private static bool AreComparable(FieldType left, FieldType right) =>
        left == right || (left is FieldType.Int32 or FieldType.Int64 && right is FieldType.Int32 or FieldType.Int64);

    private static List<JoinField> KeysOf(JoinKind type, Schema left, Schema right, ImmutableArray<JoinCondition> conditions)
    {
        var oneRight = IsCovered(right, conditions.Select(c => c.Right));
        var oneLeft = IsCovered(left, conditions.Select(c => c.Left));
        var isByKeys = oneLeft && oneRight
            && conditions.All(c => left.KeyIndexes.Contains(c.Left) && right.KeyIndexes.Contains(c.Right))
            && conditions.Length == left.KeyIndexes.Length && conditions.Length == right.KeyIndexes.Length;
        JoinField Key(bool isRight, int index, int partner = -1) =>
            new((isRight ? right : left).Fields[index] with { IsKey = true }, isRight, index, partner, null);
        if (type == JoinKind.FullOuter && isByKeys)
        {
            return [.. left.KeyIndexes.Select(k => Key(false, k, conditions.First(c => c.Left == k).Right))];
        }

        if (oneRight && type is JoinKind.LeftOuter or JoinKind.Inner)
        {
            return [.. left.KeyIndexes.Select(k => Key(false, k))];
        }

        if (oneLeft && type is JoinKind.RightOuter or JoinKind.Inner)
        {
            return [.. right.KeyIndexes.Select(k => Key(true, k))];
        }

        // A field that a condition makes equal is left out on the side that may be absent.
        var keepsRight = type == JoinKind.RightOuter;
        bool IsSaid(bool isRight, int index) => type != JoinKind.FullOuter && isRight != keepsRight && conditions.Any(c => isRight
            ? c.Right == index && left.KeyIndexes.Contains(c.Left)
            : c.Left == index && right.KeyIndexes.Contains(c.Right));
        var lefts = left.KeyIndexes.Where(k => !IsSaid(false, k)).Select(k => Key(false, k)).ToList();
        var rights = right.KeyIndexes.Where(k => !IsSaid(true, k)).Select(k => Key(true, k))
            .Select(f => lefts.Exists(l => l.Field.Name == f.Field.Name) ? f with { Field = f.Field with { Name = RightPrefix + f.Field.Name } } : f);
        return [.. lefts, .. rights];
    }

    private static bool Add(JoinOutput output, List<JoinField> fields, Schema left, Schema right, Action<string> report) => output switch
    {
        JoinExpression e when TryFind(e.Expression.Text, left, right, out var isRight, out var index)
            && (e.Type.Length == 0 || FieldTypeNames.Parse(e.Type) == (isRight ? right : left).Fields[index].Type) =>
            AddCopy(e.Name, isRight, index, fields, left, right, report),
        JoinExpression e => AddExpression(e, fields, report),
        JoinSelection s when TryFind(s.Source, left, right, out var isRight, out var index) =>
            AddCopy(s.Name, isRight, index, fields, left, right, report),
        JoinSelection s => Refuse($"Output '{s.Name}' selects '{s.Source}', which is not l_ or r_ and a field of that side.", report),
        JoinSideFields several => AddSeveral(several, fields, left, right, report),
        _ => throw new ArgumentException($"{output.GetType().Name} is no output of a join.", nameof(output)),
    };

    private static bool AddExpression(JoinExpression output, List<JoinField> fields, Action<string> report)
    {
        if (!SchemaText.TryMakeField(output.Name, output.Type, false, out var field, out var problem))
        {
            return Refuse(problem!, report);
        }

        return Add(new JoinField(field!, false, -1, -1, output.Expression), fields, report);
    }

    private static bool AddCopy(
        string name, bool isRight, int index, List<JoinField> fields, Schema left, Schema right, Action<string> report)
    {
        // A key that the output lists too stays at its place in front.
        var source = (isRight ? right : left).Fields[index];
        var isKey = fields.Exists(f => f.Field.IsKey && f.Field.Name == name && ((f.IsRight == isRight && f.Index == index)
            || (f.IsRight != isRight && f.Partner == index)));
        return isKey || Add(new JoinField(new Field(name, source.Type), isRight, index, -1, null), fields, report);
    }

    private static bool AddSeveral(JoinSideFields output, List<JoinField> fields, Schema left, Schema right, Action<string> report)
    {
        var schema = output.IsRight ? right : left;
        var excluded = NamesOf(output.Exclude);
        var names = output.Names is "" or "*" ? null : NamesOf(output.Names);
        foreach (var name in (names ?? []).Concat(excluded).Where(n => IndexOfSide(schema, output.IsRight, n) < 0))
        {
            return Refuse($"<{output.Element}> names '{name}', which is not a field of that side.", report);
        }

        var omitted = excluded.Select(n => IndexOfSide(schema, output.IsRight, n)).ToHashSet();
        var indexes = names?.Select(n => IndexOfSide(schema, output.IsRight, n)) ?? Enumerable.Range(0, schema.Fields.Length);
        foreach (var index in indexes.Where(i => !omitted.Contains(i)))
        {
            // All fields of a side means those whose names are still free.
            var name = schema.Fields[index].Name;
            if (!(names is null && fields.Exists(f => f.Field.Name == name))
                && !AddCopy(name, output.IsRight, index, fields, left, right, report))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Add(JoinField field, List<JoinField> fields, Action<string> report)
    {
        if (fields.Exists(f => f.Field.Name == field.Field.Name))
        {
            return Refuse($"Output field '{field.Field.Name}' occurs twice; key fields lead the schema and need not be listed.", report);
        }

        fields.Add(field);
        return fields.Count <= SchemaText.MaxFields || Refuse($"There are more than {SchemaText.MaxFields} fields.", report);
    }

    private static bool Refuse(string message, Action<string> report)
    {
        report(message);
        return false;
    }

    private static bool IsCovered(Schema schema, IEnumerable<int> fields) =>
        schema.KeyIndexes.Length > 0 && !schema.KeyIndexes.Except(fields).Any();

    private static string[] NamesOf(string list) =>
        list.Split([',', ' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static int IndexOfSide(Schema schema, bool isRight, string name)
    {
        var prefix = isRight ? RightPrefix : LeftPrefix;
        return IndexOf(schema, name) is >= 0 and var index ? index
            : name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? IndexOf(schema, name[prefix.Length..]) : -1;
    }

    private static int IndexOf(Schema schema, string name)
    {
        var index = schema.IndexOf(name);
        for (var i = 0; index < 0 && i < schema.Fields.Length; i++)
        {
            index = schema.Fields[i].Name.Equals(name, StringComparison.OrdinalIgnoreCase) ? i : -1;
        }

        return index;
    }
}
