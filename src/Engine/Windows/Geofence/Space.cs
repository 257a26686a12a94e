namespace Lockstep.Engine.Windows.Geofence;

/// <summary>
/// Distances of a plane, or of a sphere of the earth's mean radius: x is longitude and y latitude in degrees, distances are metres.
/// Segments on the sphere are straight in the map around the position (exact to a thousandth within some 100 km), or great circles.
/// </summary>
/// <param name="isGeographic">The sphere.</param>
/// <param name="isStrict">Great circles.</param>
internal sealed class Space(bool isGeographic, bool isStrict)
{
    private const double EarthRadius = 6_371_008.8;
    private const double Radian = Math.PI / 180;
    private const double FullTurn = 360;

    /// <summary>True: longitudes begin anew after a turn.</summary>
    public bool Wraps => isGeographic;

    /// <summary>The x that stands for all that are the same place: longitudes from -180 to below 180.</summary>
    public double Normalize(double x) => !isGeographic || x is >= -180 and < 180 ? x : x - (FullTurn * Math.Floor((x + 180) / FullTurn));

    /// <summary>Distance between two places.</summary>
    public double Distance(double x1, double y1, double x2, double y2)
    {
        if (!isGeographic)
        {
            return Length(x2 - x1, y2 - y1);
        }

        var (sinY, sinX) = (Math.Sin((y2 - y1) * Radian / 2), Math.Sin((x2 - x1) * Radian / 2));
        var h = (sinY * sinY) + (Math.Cos(y1 * Radian) * Math.Cos(y2 * Radian) * sinX * sinX);
        return 2 * EarthRadius * Math.Asin(Math.Min(1, Math.Sqrt(h)));
    }

    /// <summary>Distance from a place to a segment.</summary>
    public double ToSegment(double x, double y, double x1, double y1, double x2, double y2)
    {
        if (isGeographic && isStrict)
        {
            return ToGreatCircle(x, y, x1, y1, x2, y2);
        }

        var (scaleX, scaleY) = isGeographic ? (EarthRadius * Radian * Math.Cos(y * Radian), EarthRadius * Radian) : (1.0, 1.0);
        var (ax, ay) = (Turn(x1 - x) * scaleX, (y1 - y) * scaleY);
        var (dx, dy) = (Turn(x2 - x1) * scaleX, (y2 - y1) * scaleY);
        var length = (dx * dx) + (dy * dy);
        var part = length > 0 ? Math.Clamp(-((ax * dx) + (ay * dy)) / length, 0, 1) : 0;
        return Length(ax + (part * dx), ay + (part * dy));
    }

    /// <summary>A box that holds every place within a distance of a box.</summary>
    public Box Around(Box box, double distance)
    {
        if (!isGeographic)
        {
            return new Box(box.Left - distance, box.Bottom - distance, box.Right + distance, box.Top + distance);
        }

        // A little more than needed, so that rounding never leaves out a place at the border.
        var angle = distance / EarthRadius * (1 + 1e-9);
        var (bottom, top) = (box.Bottom - (angle / Radian), box.Top + (angle / Radian));
        var nearPole = Math.Max(Math.Abs(bottom), Math.Abs(top));
        var sine = nearPole < 90 ? Math.Sin(angle) / Math.Cos(Math.Max(Math.Abs(box.Bottom), Math.Abs(box.Top)) * Radian) : 1;
        var width = angle >= Math.PI / 2 || sine >= 1 ? FullTurn / 2 : Math.Asin(sine) / Radian;
        return new Box(box.Left - width, bottom, box.Right + width, top);
    }

    private static double Length(double dx, double dy) => Math.Sqrt((dx * dx) + (dy * dy));

    private double Turn(double dx) => isGeographic ? dx > 180 ? dx - FullTurn : dx < -180 ? dx + FullTurn : dx : dx;

    private static double ToGreatCircle(double x, double y, double x1, double y1, double x2, double y2)
    {
        var (p, a, b) = (Vector(x, y), Vector(x1, y1), Vector(x2, y2));
        var normal = Cross(a, b);
        var length = Math.Sqrt(Dot(normal, normal));
        if (length > 0 && Dot(Cross(normal, a), p) >= 0 && Dot(Cross(b, normal), p) >= 0)
        {
            return EarthRadius * Math.Asin(Math.Min(1, Math.Abs(Dot(normal, p)) / length));
        }

        return EarthRadius * Math.Min(Angle(p, a), Angle(p, b));
    }

    private static double Angle((double X, double Y, double Z) a, (double X, double Y, double Z) b)
    {
        var cross = Cross(a, b);
        return Math.Atan2(Math.Sqrt(Dot(cross, cross)), Dot(a, b));
    }

    private static (double X, double Y, double Z) Vector(double x, double y)
    {
        var cos = Math.Cos(y * Radian);
        return (cos * Math.Cos(x * Radian), cos * Math.Sin(x * Radian), Math.Sin(y * Radian));
    }

    private static (double X, double Y, double Z) Cross((double X, double Y, double Z) a, (double X, double Y, double Z) b) =>
        ((a.Y * b.Z) - (a.Z * b.Y), (a.Z * b.X) - (a.X * b.Z), (a.X * b.Y) - (a.Y * b.X));

    private static double Dot((double X, double Y, double Z) a, (double X, double Y, double Z) b) => (a.X * b.X) + (a.Y * b.Y) + (a.Z * b.Z);
}
