using System.Collections.Immutable;
using System.Globalization;

namespace Lockstep.Contracts.Projects.Algorithms;

/// <summary>A place that a map names: a field, or some items of an array field.</summary>
/// <param name="Name">The field.</param>
/// <param name="First">First item, from 0.</param>
/// <param name="Last">Last item; null for all items, or for a field that is no array.</param>
public readonly record struct FieldTarget(string Name, int First, int? Last)
{
    /// <summary>Most items that a range may name.</summary>
    public const int ItemsMax = 1_000_000;

    /// <summary>
    /// Reads a list <c>a, b[1-3], c[4]</c>; blanks between are free. A bracket that is no range of items is part of the name.
    /// </summary>
    public static ImmutableArray<FieldTarget> ParseList(string text) =>
        [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(ParseOne)];

    private static FieldTarget ParseOne(string text)
    {
        var open = text.EndsWith(']') ? text.LastIndexOf('[') : -1;
        if (open <= 0)
        {
            return new FieldTarget(text, 0, null);
        }

        var ends = text[(open + 1)..^1].Split('-', StringSplitOptions.TrimEntries);
        return ends.Length <= 2 && TryNumber(ends[0], out var first) && TryNumber(ends[^1], out var last) && last >= first
            ? new FieldTarget(text[..open].TrimEnd(), first - 1, last - 1)
            : new FieldTarget(text, 0, null);
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is > 0 and <= ItemsMax;
}
