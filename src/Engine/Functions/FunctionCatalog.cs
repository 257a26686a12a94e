using System.Collections.Frozen;
using Lockstep.Engine.Expressions;

namespace Lockstep.Engine.Functions;

/// <summary>The functions that functional windows can call (language.md 4.2).</summary>
internal static class FunctionCatalog
{
    private const int Any = int.MaxValue;

    private static readonly FrozenDictionary<string, FunctionEntry> Entries = All()
        .ToFrozenDictionary(e => e.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>All names, sorted.</summary>
    public static string Names { get; } = string.Join(", ", Entries.Keys.Order(StringComparer.OrdinalIgnoreCase));

    /// <summary>A function by name; null when it is not supported.</summary>
    public static FunctionEntry? Find(string name) => Entries.GetValueOrDefault(name);

    private static IEnumerable<FunctionEntry> All() => [.. Logic(), .. Arithmetic(), .. Text(), .. OfEvent()];

    private static IEnumerable<FunctionEntry> Logic() =>
    [
        new("if", 2, 3, true, static (a, f) => a[0].Evaluate(f).ToBoolean() ? a[1].Evaluate(f)
            : a.Length == 3 ? a[2].Evaluate(f) : Variant.Null),
        new("ifNext", 2, Any, true, IfNext),
        new("firstOf", 1, Any, true, FirstOf),
        new("equals", 2, 2, true, static (a, f) => Variant.Of(Order(a, f) == 0)),
        new("neq", 2, 2, true, static (a, f) => Variant.Of(Order(a, f) is not (null or 0))),
        new("lt", 2, 2, true, static (a, f) => Variant.Of(Order(a, f) < 0)),
        new("lte", 2, 2, true, static (a, f) => Variant.Of(Order(a, f) <= 0)),
        new("gt", 2, 2, true, static (a, f) => Variant.Of(Order(a, f) > 0)),
        new("gte", 2, 2, true, static (a, f) => Variant.Of(Order(a, f) >= 0)),
        new("between", 3, 3, true, static (a, f) => Variant.Of(
            Order([a[0], a[1]], f) >= 0 && Order([a[0], a[2]], f) <= 0)),
        new("and", 1, Any, true, static (a, f) => Variant.Of(Array.TrueForAll(a, n => n.Evaluate(f).ToBoolean()))),
        new("or", 1, Any, true, static (a, f) => Variant.Of(Array.Exists(a, n => n.Evaluate(f).ToBoolean()))),
        new("not", 1, 1, true, static (a, f) => Variant.Of(!a[0].Evaluate(f).ToBoolean())),
        new("isNull", 1, 1, true, static (a, f) => Variant.Of(a[0].Evaluate(f).IsNull)),
        new("boolean", 1, 1, true, static (a, f) => Variant.Of(a[0].Evaluate(f).ToBoolean())),
        new("true", 0, 0, true, static (_, _) => Variant.Of(true)),
        new("false", 0, 0, true, static (_, _) => Variant.Of(false)),
    ];

    private static IEnumerable<FunctionEntry> Arithmetic() =>
    [
        new("sum", 1, Any, true, static (a, f) => Fold(a, f, static (x, y) => x + y, static (x, y) => x + y)),
        new("product", 1, Any, true, static (a, f) => Fold(a, f, static (x, y) => x * y, static (x, y) => x * y)),
        new("diff", 1, Any, true, Difference),
        new("quotient", 2, 2, true, static (a, f) => Variant.Of(
            Operators.Divide(a[0].Evaluate(f).ToReal(), a[1].Evaluate(f).ToReal()))),
        new("mod", 2, 2, true, static (a, f) => Variant.Of(
            Operators.Modulo(a[0].Evaluate(f).ToReal(), a[1].Evaluate(f).ToReal()))),
        new("max", 1, Any, true, static (a, f) => Fold(a, f, Math.Max, Math.Max)),
        new("min", 1, Any, true, static (a, f) => Fold(a, f, Math.Min, Math.Min)),
        Number("abs", Math.Abs),
        Number("ceiling", Math.Ceiling),
        Number("floor", Math.Floor),
        Number("round", static v => Math.Round(v, MidpointRounding.AwayFromZero)),
        Number("negate", static v => -v),
        Number("increment", static v => v + 1),
        Number("decrement", static v => v - 1),
        new("sqrt", 1, 1, true, static (a, f) => Variant.Of(Builtins.Sqrt(a[0].Evaluate(f).ToReal()))),
        new("integer", 1, 1, true, static (a, f) => Variant.Of(a[0].Evaluate(f).ToWhole())),
        new("long", 1, 1, true, static (a, f) => Variant.Of(a[0].Evaluate(f).ToWhole())),
        new("number", 1, 1, true, static (a, f) => Variant.Of(a[0].Evaluate(f).ToReal())),
        new("double", 1, 1, true, static (a, f) => Variant.Of(a[0].Evaluate(f).ToReal())),
    ];

    private static IEnumerable<FunctionEntry> Text() =>
    [
        new("string", 0, Any, true, Concat),
        new("concat", 0, Any, true, Concat),
        new("toLower", 1, 1, true, static (a, f) => Variant.Of(TextOf(a[0], f)?.ToLowerInvariant())),
        new("toUpper", 1, 1, true, static (a, f) => Variant.Of(TextOf(a[0], f)?.ToUpperInvariant())),
        new("stringLength", 1, 1, true, static (a, f) => Variant.Of((long?)TextOf(a[0], f)?.Length)),
        new("contains", 2, 2, true, static (a, f) => Variant.Of(
            TextOf(a[0], f)?.Contains(TextOf(a[1], f) ?? "", StringComparison.Ordinal) ?? false)),
        new("startsWith", 2, 2, true, static (a, f) => Variant.Of(
            TextOf(a[0], f)?.StartsWith(TextOf(a[1], f) ?? "", StringComparison.Ordinal) ?? false)),
        new("endsWith", 2, 2, true, static (a, f) => Variant.Of(
            TextOf(a[0], f)?.EndsWith(TextOf(a[1], f) ?? "", StringComparison.Ordinal) ?? false)),
        new("normalizeSpace", 1, 1, true, static (a, f) => Variant.Of(TextOf(a[0], f) is { } text
            ? string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) : null)),
        new("translate", 3, 3, true, Translate),
        new("listItem", 3, 3, true, static (a, f) =>
            ListItem(TextOf(a[0], f), TextOf(a[1], f), a[2].Evaluate(f).ToWhole())),
        new("listSize", 2, 2, true, static (a, f) => Variant.Of(
            TextOf(a[0], f) is { } list && TextOf(a[1], f) is { Length: > 0 } by ? list.Split(by).Length : 0L)),
    ];

    private static IEnumerable<FunctionEntry> OfEvent() =>
    [
        new("eventCounter", 0, 0, false, static (_, f) => Variant.Of(f.EventCounter)),
        new("eventNumber", 0, 0, false, static (_, f) => Variant.Of(f.NextEventNumber())),
        new("eventTimestamp", 0, 0, false, static (_, f) => Variant.Of(f.Now)),
        new("timeCurrent", 0, 0, false, static (_, f) => Variant.Of(f.Now / TimeSpan.MicrosecondsPerSecond)),
        new("input", 0, 0, false, static (_, f) => Variant.Of(f.InputName)),
        new("random", 2, 2, false, Random),
        new("guid", 0, 0, false, static (_, f) => Variant.Of(
            new Guid((int)f.Draw(), (short)f.Draw(), (short)f.Draw(), BitConverter.GetBytes(f.Draw())).ToString())),
    ];

    private static FunctionEntry Number(string name, Func<double, double> function) => new(name, 1, 1, true, (a, f) =>
    {
        var value = a[0].Evaluate(f);
        if (value.ToReal() is not { } real)
        {
            return Variant.Null;
        }

        var result = function(real);
        return value.IsWhole && Coercion.ToInteger(result) is { } whole ? Variant.Of(whole) : Variant.Of(result);
    });

    private static string? TextOf(FunctionNode node, FunctionFrame frame) => node.Evaluate(frame).ToText();

    private static int? Order(FunctionNode[] arguments, FunctionFrame frame) =>
        Variant.Compare(arguments[0].Evaluate(frame), arguments[1].Evaluate(frame));

    private static Variant IfNext(FunctionNode[] arguments, FunctionFrame frame)
    {
        for (var i = 0; i + 1 < arguments.Length; i += 2)
        {
            if (arguments[i].Evaluate(frame).ToBoolean())
            {
                return arguments[i + 1].Evaluate(frame);
            }
        }

        return Variant.Null;
    }

    private static Variant FirstOf(FunctionNode[] arguments, FunctionFrame frame)
    {
        foreach (var argument in arguments)
        {
            if (argument.Evaluate(frame) is { IsNull: false } value)
            {
                return value;
            }
        }

        return Variant.Null;
    }

    // Nulls are skipped; whole numbers stay whole until one operand is not.
    private static Variant Fold(
        FunctionNode[] arguments, FunctionFrame frame, Func<long, long, long> whole, Func<double, double, double> real)
    {
        var result = Variant.Null;
        foreach (var argument in arguments)
        {
            var value = argument.Evaluate(frame);
            if (value.ToReal() is not { } number)
            {
                continue;
            }

            result = result.IsNull ? (value.IsWhole ? value : Variant.Of(number))
                : result.IsWhole && value.IsWhole ? Variant.Of(whole(result.ToWhole()!.Value, value.ToWhole()!.Value))
                : Variant.Of(real(result.ToReal()!.Value, number));
        }

        return result;
    }

    private static Variant Difference(FunctionNode[] arguments, FunctionFrame frame)
    {
        var first = arguments[0].Evaluate(frame);
        var rest = Fold(arguments[1..], frame, static (x, y) => x + y, static (x, y) => x + y);
        return rest.IsNull || first.IsNull ? first
            : first.IsWhole && rest.IsWhole ? Variant.Of(first.ToWhole() - rest.ToWhole())
            : Variant.Of(first.ToReal() - rest.ToReal());
    }

    private static Variant Concat(FunctionNode[] arguments, FunctionFrame frame) => Variant.Of(
        string.Concat(arguments.Select(a => a.Evaluate(frame).ToText())));

    private static Variant Translate(FunctionNode[] arguments, FunctionFrame frame)
    {
        var (from, to) = (TextOf(arguments[1], frame) ?? "", TextOf(arguments[2], frame) ?? "");
        if (TextOf(arguments[0], frame) is not { } text)
        {
            return Variant.Null;
        }

        var result = new System.Text.StringBuilder(text.Length);
        foreach (var c in text)
        {
            var at = from.IndexOf(c, StringComparison.Ordinal);
            if (at < 0 || at < to.Length)
            {
                result.Append(at < 0 ? c : to[at]);
            }
        }

        return Variant.Of(result.ToString());
    }

    private static Variant ListItem(string? list, string? delimiter, long? index)
    {
        if (list is null || string.IsNullOrEmpty(delimiter) || index is not >= 0)
        {
            return Variant.Null;
        }

        var items = list.Split(delimiter);
        return index < items.Length ? Variant.Of(items[(int)index.Value]) : Variant.Null;
    }

    private static Variant Random(FunctionNode[] arguments, FunctionFrame frame)
    {
        var (low, high) = (arguments[0].Evaluate(frame).ToReal(), arguments[1].Evaluate(frame).ToReal());
        var unit = (frame.Draw() >> 11) * (1.0 / (1UL << 53));
        return Variant.Of(low + ((high - low) * unit));
    }
}
