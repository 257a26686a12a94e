using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Lockstep.Engine.Functions;

/// <summary>
/// JSON in fields, and dotted paths into it: <c>a.b</c>, <c>a[0].b</c>, <c>['a b']</c>, perhaps with <c>$</c> in front. A name
/// on an array asks each of its items.
/// </summary>
internal sealed class JsonPath
{
    private const int DepthMax = 128;

    private static readonly JsonReaderOptions Lenient = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = DepthMax,
    };

    private readonly Step[] _steps;

    private JsonPath(Step[] steps) => _steps = steps;

    /// <summary>Reads a path; null when brackets do not close.</summary>
    public static JsonPath? Parse(string path)
    {
        var steps = new List<Step>();
        var text = path.AsSpan().Trim();
        text = text.StartsWith("$") ? text[1..] : text;
        while (text.Length > 0)
        {
            if (text[0] == '.')
            {
                text = text[1..];
                continue;
            }

            if (text[0] != '[')
            {
                var end = text.IndexOfAny('.', '[');
                steps.Add(new Step((end < 0 ? text : text[..end]).Trim().ToString(), IsIndex: false));
                text = end < 0 ? [] : text[end..];
                continue;
            }

            var close = text.IndexOf(']');
            if (close < 0)
            {
                return null;
            }

            var inside = text[1..close].Trim();
            var isQuoted = inside.Length > 1 && inside[0] is '\'' or '"';
            steps.Add(isQuoted ? new Step(inside[1..^1].ToString(), IsIndex: false) : new Step(inside.ToString(), IsIndex: true));
            text = text[(close + 1)..];
        }

        return new JsonPath([.. steps]);
    }

    /// <summary>The document of a value; null when it is no JSON.</summary>
    public static JsonValue? Of(Variant value, FunctionFrame frame) => value.Context as JsonValue ?? frame.ParseJson(value.ToText());

    /// <summary>Reads a text; null when it is no JSON. Comments and trailing commas are allowed.</summary>
    public static JsonValue? ParseDocument(string text)
    {
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text.TrimStart('\uFEFF')), Lenient);
            return new JsonValue(JsonElement.ParseValue(ref reader));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Text of a value: a scalar's own, an object or array as JSON; null for null.</summary>
    public static string? TextOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        _ => element.GetRawText(),
    };

    /// <summary>The value at the path: text as it stands in the document, of several items their texts joined by a comma.</summary>
    public Variant Value(JsonElement root)
    {
        var found = new List<JsonElement>();
        var isMany = Collect(root, 0, found);
        return !isMany ? found.Count == 0 ? Variant.Null : Variant.Of(TextOf(found[0]))
            : found.Count == 0 ? Variant.Null : Variant.Of(string.Join(',', found.Select(TextOf)));
    }

    /// <summary>The parts at the path: an array's items, or the one value.</summary>
    public List<JsonElement> Parts(JsonElement root)
    {
        var found = new List<JsonElement>();
        Collect(root, 0, found);
        return [.. found.SelectMany(e => e.ValueKind switch
        {
            JsonValueKind.Array => e.EnumerateArray(),
            JsonValueKind.Null => [],
            _ => (IEnumerable<JsonElement>)[e],
        })];
    }

    // Gives true when an array was asked item by item.
    private bool Collect(JsonElement at, int step, List<JsonElement> found)
    {
        for (; step < _steps.Length; step++)
        {
            if (at.ValueKind == JsonValueKind.Array)
            {
                if (_steps[step].IndexIn(at.GetArrayLength()) is { } index)
                {
                    at = at[index];
                    continue;
                }

                if (_steps[step].IsOutside)
                {
                    return false;
                }

                var next = _steps[step].IsAll ? step + 1 : step;
                foreach (var item in at.EnumerateArray())
                {
                    Collect(item, next, found);
                }

                return true;
            }

            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(_steps[step].Text, out at))
            {
                return false;
            }
        }

        found.Add(at);
        return false;
    }

    private readonly record struct Step(string Text, bool IsIndex)
    {
        public bool IsAll => Text == "*";

        public bool IsOutside => !IsAll && (IsIndex || Number is not null);

        private int? Number => int.TryParse(Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

        public int? IndexIn(int length) => Number is { } index && index < length ? index : null;
    }
}
