namespace Lockstep.Engine.Functions;

/// <summary>Lists, sets and maps: of properties, or of text with a delimiter.</summary>
internal static class ListFunctions
{
    /// <summary>The functions.</summary>
    public static FunctionGroup Group { get; } = new("Lists, sets and maps",
    [
        new("listItem", "list, delimiter?, index", "the item at a place from 0; a property-list needs no delimiter; null outside",
            "listItem('a;b;c',';',1)", "b", ListItem),
        new("listSize", "list, delimiter?", "how many items", "listSize(#colors)", "3",
            static (a, f) => Variant.Of((long)(Items(a, f)?.Length ?? 0))),
        new("setContains", "set, text, delimiter?", "1 when the text is in the set; text is cut at the delimiter or commas",
            "setContains(#states,'NC')", "1", SetContains),
        new("mapValue", "map, name", "the value of a name; null for none", "mapValue(#prices,'milk')", "3",
            static (a, f) => Variant.Of(a[0].Evaluate(f).Context is MapValue map && TextFunctions.TextOf(a, 1, f) is { } name
                ? map.Value(name) : null)),
        new("mapValues", "map, delimiter?", "all values in order, with commas or the delimiter between them", "mapValues(#prices,'|')",
            "2|3",
            static (a, f) => Variant.Of(a[0].Evaluate(f).Context is MapValue map
                ? string.Join(a.Length > 1 ? TextFunctions.TextOf(a, 1, f) : ",", map.Values) : null)),
    ]);

    private static Variant ListItem(FunctionNode[] arguments, FunctionFrame frame)
    {
        var index = arguments[^1].Evaluate(frame).ToWhole();
        return index is >= 0 && Items(arguments.Length > 2 ? arguments : arguments[..1], frame) is { } items && index < items.Length
            ? Variant.Of(items[(int)index.Value])
            : Variant.Null;
    }

    // The items of a list property, or of text that is cut at the second argument, at commas without one.
    private static string[]? Items(FunctionNode[] arguments, FunctionFrame frame)
    {
        var list = arguments[0].Evaluate(frame);
        if (list.Context is ListValue held)
        {
            return held.Items;
        }

        if (list.Context is SetValue set)
        {
            return set.Items;
        }

        var delimiter = arguments.Length > 1 ? TextFunctions.TextOf(arguments, 1, frame) : ",";
        return string.IsNullOrEmpty(delimiter) ? null : list.ToText()?.Split(delimiter);
    }

    private static Variant SetContains(FunctionNode[] arguments, FunctionFrame frame)
    {
        if (TextFunctions.TextOf(arguments, 1, frame) is not { } text)
        {
            return Variant.Of(false);
        }

        var set = arguments[0].Evaluate(frame);
        if (set.Context is SetValue held)
        {
            return Variant.Of(held.Contains(text));
        }

        var items = (set.Context as ListValue)?.Items
            ?? set.ToText()?.Split(arguments.Length > 2 && TextFunctions.TextOf(arguments, 2, frame) is { Length: > 0 } by ? by : ",");
        return Variant.Of(items is not null && Array.Exists(items, i => i.Trim().Equals(text, StringComparison.Ordinal)));
    }
}
