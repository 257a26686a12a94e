using System.Globalization;

namespace Lockstep.Engine.Windows.Geofence;

/// <summary>Reads shapes from coordinates: <c>x y x y ...</c>. A ring ends where its first point comes again; another may follow.</summary>
internal static class ShapeReader
{
    /// <summary>A polygon or polyline; null when it is none: the message says why.</summary>
    /// <param name="text">The coordinates.</param>
    /// <param name="separator">What stands between them; empty for blanks.</param>
    /// <param name="isLine">True: a polyline, whose points may come again.</param>
    /// <param name="radius">Its radius.</param>
    /// <param name="problem">Why it is none.</param>
    public static Shape? Read(string text, string separator, bool isLine, double radius, out string problem)
    {
        var numbers = Numbers(text, separator, out problem);
        if (numbers is null)
        {
            return null;
        }

        if (numbers.Count % 2 != 0)
        {
            problem = $"{numbers.Count} coordinates are no pairs.";
            return null;
        }

        if (isLine)
        {
            problem = numbers.Count < 4 ? "A polyline needs two points." : "";
            return problem.Length > 0 ? null : new Polyline(RingOf(numbers, 0, numbers.Count, isClosed: false), radius);
        }

        var rings = Rings(numbers);
        problem = rings.Length == 0 ? "A polygon needs a ring of three points." : "";
        return rings.Length == 0 ? null : new Polygon(rings, radius);
    }

    private static List<double>? Numbers(string text, string separator, out string problem)
    {
        var parts = separator.Length == 0
            ? text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            : text.Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var numbers = new List<double>(parts.Length);
        foreach (var part in parts)
        {
            if (!double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
            {
                problem = $"'{(part.Length > 20 ? part[..20] : part)}' is no coordinate.";
                return null;
            }

            numbers.Add(number);
        }

        problem = "";
        return numbers;
    }

    private static Ring[] Rings(List<double> numbers)
    {
        var rings = new List<Ring>();
        var start = 0;
        for (var at = 2; at <= numbers.Count; at += 2)
        {
            var isBack = at < numbers.Count && numbers[at] == numbers[start] && numbers[at + 1] == numbers[start + 1];
            if (!isBack && at < numbers.Count)
            {
                continue;
            }

            // The point that closes a ring is its first, so it is left out; a rest of one or two points is no ring.
            if (at - start >= 6)
            {
                rings.Add(RingOf(numbers, start, at, isClosed: true));
                start = isBack ? at + 2 : at;
                at = start;
            }
        }

        return [.. rings];
    }

    private static Ring RingOf(List<double> numbers, int from, int to, bool isClosed)
    {
        var (xs, ys) = (new double[(to - from) / 2], new double[(to - from) / 2]);
        for (var i = 0; i < xs.Length; i++)
        {
            (xs[i], ys[i]) = (numbers[from + (2 * i)], numbers[from + (2 * i) + 1]);
        }

        return new Ring(xs, ys, isClosed);
    }
}
