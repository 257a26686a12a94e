namespace Lockstep.Engine.Windows.Geofence;

/// <summary>A line of points: open, or closed by a segment from the last to the first.</summary>
internal sealed class Ring
{
    private readonly double[] _xs;
    private readonly double[] _ys;

    /// <param name="xs">x of the points.</param>
    /// <param name="ys">y of the points.</param>
    /// <param name="isClosed">True: the last point has a segment to the first.</param>
    public Ring(double[] xs, double[] ys, bool isClosed)
    {
        (_xs, _ys) = (xs, ys);
        Segments = isClosed ? xs.Length : xs.Length - 1;
        Extent = new Box(xs.Min(), ys.Min(), xs.Max(), ys.Max());
    }

    public int Segments { get; }

    public Box Extent { get; }

    /// <summary>Distance to the nearest segment and its number, of equal ones the first.</summary>
    public (double Distance, int Segment) Nearest(Space space, double x, double y)
    {
        var (best, segment) = (double.PositiveInfinity, -1);
        for (var i = 0; i < Segments; i++)
        {
            var next = i + 1 == _xs.Length ? 0 : i + 1;
            var distance = space.ToSegment(x, y, _xs[i], _ys[i], _xs[next], _ys[next]);
            if (distance < best)
            {
                (best, segment) = (distance, i);
            }
        }

        return (best, segment);
    }

    /// <summary>Counts the segments that a ray to the right crosses, and adds up their directions.</summary>
    public void Cross(double x, double y, ref int crossings, ref int turns)
    {
        for (var i = 0; i < Segments; i++)
        {
            var next = i + 1 == _xs.Length ? 0 : i + 1;
            var isUp = _ys[i] <= y;
            if (isUp == _ys[next] > y)
            {
                var side = ((_xs[next] - _xs[i]) * (y - _ys[i])) - ((x - _xs[i]) * (_ys[next] - _ys[i]));
                if (isUp ? side > 0 : side < 0)
                {
                    crossings++;
                    turns += isUp ? 1 : -1;
                }
            }
        }
    }

    /// <summary>
    /// Centre of the area: rings that turn the other way than the first are holes. Of rings without area, the mean of all points.
    /// </summary>
    public static (double X, double Y) Centroid(Ring[] rings)
    {
        // Counted from a point of its own, so that small rings far from 0 lose no digits.
        var (x0, y0) = (rings[0]._xs[0], rings[0]._ys[0]);
        var (area, sumX, sumY) = (0.0, 0.0, 0.0);
        foreach (var ring in rings)
        {
            for (var i = 0; i < ring._xs.Length; i++)
            {
                var next = i + 1 == ring._xs.Length ? 0 : i + 1;
                var (ax, ay, bx, by) = (ring._xs[i] - x0, ring._ys[i] - y0, ring._xs[next] - x0, ring._ys[next] - y0);
                var cross = (ax * by) - (bx * ay);
                area += cross;
                sumX += (ax + bx) * cross;
                sumY += (ay + by) * cross;
            }
        }

        return area == 0
            ? (rings.SelectMany(r => r._xs).Average(), rings.SelectMany(r => r._ys).Average())
            : (x0 + (sumX / (3 * area)), y0 + (sumY / (3 * area)));
    }
}
