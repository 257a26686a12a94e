namespace Lockstep.Engine.Windows.Geofence;

/// <summary>How shapes are looked at.</summary>
/// <param name="Space">Distances.</param>
/// <param name="IsWinding">Inside is where rings wind around, else where a ray crosses them an odd number of times.</param>
/// <param name="ToSegment">Distances to polygons are to their segments.</param>
/// <param name="Proximity">Polygons nearer than their radius count.</param>
internal sealed record ShapeRules(Space Space, bool IsWinding, bool ToSegment, bool Proximity);

/// <summary>A geometry that was found.</summary>
/// <param name="Slot">Where it is kept.</param>
/// <param name="Age">Number of its last change.</param>
/// <param name="Distance">Distance as the window gives it.</param>
/// <param name="Segment">Number of the nearest segment; -1 where none was looked for.</param>
internal readonly record struct Finding(int Slot, long Age, double Distance, int Segment);

/// <summary>A geometry.</summary>
internal abstract class Shape(string type, double radius)
{
    public string Type => type;

    public double Radius => radius;

    /// <summary>The box of its coordinates.</summary>
    public abstract Box Extent { get; }

    /// <summary>How far beyond its extent a place can be that it matches.</summary>
    /// <param name="rules">How it is looked at.</param>
    /// <param name="lookup">The lookup distance of positions.</param>
    public abstract double Reach(ShapeRules rules, double lookup);

    /// <summary>Tells whether a place matches.</summary>
    public abstract bool Matches(ShapeRules rules, double x, double y, double lookup, out double distance, out int segment);
}

/// <summary>A circle: matches places within its radius, or within the lookup distance of its centre.</summary>
internal sealed class Circle(double x, double y, double radius) : Shape("circle", radius)
{
    /// <inheritdoc/>
    public override Box Extent => new(x, y, x, y);

    /// <inheritdoc/>
    public override double Reach(ShapeRules rules, double lookup) => Math.Max(Radius, lookup);

    /// <inheritdoc/>
    public override bool Matches(ShapeRules rules, double atX, double atY, double lookup, out double distance, out int segment)
    {
        segment = -1;
        distance = rules.Space.Distance(atX, atY, x, y);
        return distance <= Reach(rules, lookup);
    }
}

/// <summary>A polyline: matches places within its radius; its distance is that to the nearest segment.</summary>
internal sealed class Polyline(Ring line, double radius) : Shape("polyline", radius)
{
    /// <inheritdoc/>
    public override Box Extent => line.Extent;

    /// <inheritdoc/>
    public override double Reach(ShapeRules rules, double lookup) => Radius;

    /// <inheritdoc/>
    public override bool Matches(ShapeRules rules, double x, double y, double lookup, out double distance, out int segment)
    {
        (distance, segment) = line.Nearest(rules.Space, x, y);
        return distance <= Radius;
    }
}

/// <summary>A polygon of one or more rings: matches places inside, and with proximity those within its radius of a segment.</summary>
internal sealed class Polygon : Shape
{
    private readonly Ring[] _rings;
    private readonly (double X, double Y) _centroid;

    public Polygon(Ring[] rings, double radius)
        : base("polygon", radius)
    {
        _rings = rings;
        _centroid = Ring.Centroid(rings);
        Extent = rings.Skip(1).Aggregate(rings[0].Extent, (box, ring) =>
            box.Include(ring.Extent.Left, ring.Extent.Bottom).Include(ring.Extent.Right, ring.Extent.Top));
    }

    /// <inheritdoc/>
    public override Box Extent { get; }

    /// <inheritdoc/>
    public override double Reach(ShapeRules rules, double lookup) => rules.Proximity ? Radius : 0;

    /// <inheritdoc/>
    public override bool Matches(ShapeRules rules, double x, double y, double lookup, out double distance, out int segment)
    {
        var isInside = IsInside(x, y, rules.IsWinding);
        (distance, segment) = (0, -1);
        if (!isInside && !rules.Proximity)
        {
            return false;
        }

        if (rules.ToSegment || !isInside)
        {
            (distance, segment) = Nearest(rules.Space, x, y);
            if (!isInside && distance > Radius)
            {
                return false;
            }
        }

        if (!rules.ToSegment)
        {
            (distance, segment) = (rules.Space.Distance(x, y, _centroid.X, _centroid.Y), -1);
        }
        else if (isInside)
        {
            distance = -distance;
        }

        return true;
    }

    private bool IsInside(double x, double y, bool isWinding)
    {
        var (crossings, turns) = (0, 0);
        foreach (var ring in _rings)
        {
            ring.Cross(x, y, ref crossings, ref turns);
        }

        return isWinding ? turns != 0 : (crossings & 1) != 0;
    }

    private (double Distance, int Segment) Nearest(Space space, double x, double y)
    {
        var (best, segment, before) = (double.PositiveInfinity, -1, 0);
        foreach (var ring in _rings)
        {
            var (distance, index) = ring.Nearest(space, x, y);
            if (distance < best)
            {
                (best, segment) = (distance, before + index);
            }

            before += ring.Segments;
        }

        return (best, segment);
    }
}
