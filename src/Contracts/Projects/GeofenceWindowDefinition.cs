using System.Collections.Immutable;
using Lockstep.Contracts.Events;

namespace Lockstep.Contracts.Projects;

/// <summary>window-geofence: finds for each position the geometries that it is in or near.</summary>
public sealed record GeofenceWindowDefinition : WindowDefinition
{
    /// <summary>True: x is longitude, y latitude in degrees, distances are metres; false: a plane.</summary>
    public bool IsGeographic { get; init; }

    /// <summary>True: one event for each geometry found, where the output has an event number; false: the nearest only.</summary>
    public bool MultipleResults { get; init; }

    /// <summary>True: several results go by distance; false: by the age of the geometries.</summary>
    public bool SortedResults { get; init; }

    /// <summary>True: a geometry that cannot be read is reported.</summary>
    public bool LogInvalidGeometry { get; init; }

    /// <summary>True: distance to a polygon is that to its nearest segment, negative inside; false: to its centroid.</summary>
    public bool DistanceToSegment { get; init; }

    /// <summary>True: polygons nearer than their radius count too.</summary>
    public bool ProximityAnalysis { get; init; }

    /// <summary>True: segments are great circles; false: they are taken as straight in the map around the position.</summary>
    public bool StrictProjection { get; init; }

    /// <summary>True: a place is inside when the rings wind around it; false: when a ray from it crosses them an odd number of times.</summary>
    public bool IsWinding { get; init; }

    /// <summary>Attributes of the mesh, which change no result.</summary>
    public ImmutableSortedDictionary<string, string> Mesh { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Where geometries come from.</summary>
    public required GeofenceGeometry Geometry { get; init; }

    /// <summary>Where positions come from.</summary>
    public required GeofencePosition PositionFields { get; init; }

    /// <summary>The fields that it adds.</summary>
    public required GeofenceOutput Output { get; init; }

    /// <inheritdoc/>
    public override string Kind => "geofence";

    /// <inheritdoc/>
    public override bool DerivesSchema => true;

    /// <inheritdoc/>
    public override bool TakesDifferentInputs => true;

    /// <summary>Tells by edge whether geometries come over it: by role, else the second edge.</summary>
    /// <param name="roles">The roles of the edges, in document order.</param>
    public static ImmutableArray<bool> GeometryEdges(IEnumerable<string> roles)
    {
        var all = roles.Select(r => r.Trim().ToUpperInvariant()).ToList();
        return
        [
            .. all.Select((role, index) => all.Contains("GEOMETRY") ? role == "GEOMETRY"
                : all.Contains("POSITION") ? role != "POSITION"
                : index == 1),
        ];
    }

    /// <inheritdoc/>
    internal override Schema? SchemaFrom(ImmutableArray<WindowInput> inputs, Action<string> report)
    {
        var isGeometry = GeometryEdges(inputs.Select(i => i.Role));
        var (position, geometry) = (isGeometry.IndexOf(false), isGeometry.IndexOf(true));
        if (position < 0 || geometry < 0)
        {
            report("A geofence window has two inputs: one of positions and one of geometries.");
            return null;
        }

        var added = Output.FieldsOf(inputs[geometry].Schema!, report);
        var fields = inputs[position].Schema!.Fields.Concat(added ?? []).ToList();
        if (added is not null && fields.GroupBy(f => f.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            report($"The output would have two fields '{twice.Key}'.");
            return null;
        }

        return added is null ? null : new Schema(fields);
    }
}

/// <summary>geometry: fields of the geometry input. A field is null where the model names none.</summary>
/// <param name="Data">Coordinates of polygons and polylines: x y x y ...</param>
/// <param name="Description">A text about it.</param>
/// <param name="X">Centre of a circle.</param>
/// <param name="Y">Centre of a circle.</param>
/// <param name="RadiusField">Radius of this geometry.</param>
/// <param name="Radius">Radius of those without one of their own.</param>
/// <param name="Separator">What stands between coordinates; blanks around it do not count.</param>
/// <param name="Type">circle, polygon or polyline; a polygon where it says nothing.</param>
public sealed record GeofenceGeometry(
    string? Data, string? Description, string? X, string? Y, string? RadiusField, double Radius, string Separator, string? Type);

/// <summary>position: fields of the position input.</summary>
/// <param name="X">x, or longitude.</param>
/// <param name="Y">y, or latitude.</param>
/// <param name="LookupDistance">Circles whose centre is so near are found too.</param>
/// <param name="LookupDistanceField">The same for this position; null for none.</param>
public sealed record GeofencePosition(string X, string Y, double LookupDistance, string? LookupDistanceField);

/// <summary>output: names of the fields that follow those of the position, in this order; null for none.</summary>
/// <param name="Id">The geometry's key.</param>
/// <param name="Description">Its description.</param>
/// <param name="Distance">The distance.</param>
/// <param name="Type">circle, polygon or polyline.</param>
/// <param name="EventNumber">Number of the result among those of the position, from 0; it is a key.</param>
/// <param name="SegmentNumber">Number of the nearest segment, from 0.</param>
/// <param name="Included">Fields of the geometry that are passed on.</param>
public sealed record GeofenceOutput(
    string? Id, string? Description, string? Distance, string? Type, string? EventNumber, string? SegmentNumber,
    ImmutableArray<string> Included)
{
    internal IEnumerable<Field>? FieldsOf(Schema geometry, Action<string> report)
    {
        if (geometry.KeyIndexes is not [var key])
        {
            report("The geometry input of a geofence window must have one key field, the geometry's id.");
            return null;
        }

        if (Included.FirstOrDefault(f => geometry.IndexOf(f) < 0) is { } unknown)
        {
            report($"include-geo-fields names '{unknown}', which is no field of the geometry input.");
            return null;
        }

        Field?[] fields =
        [
            Id is null ? null : new Field(Id, geometry.Fields[key].Type),
            Description is null ? null : new Field(Description, FieldType.String),
            Distance is null ? null : new Field(Distance, FieldType.Double),
            Type is null ? null : new Field(Type, FieldType.String),
            EventNumber is null ? null : new Field(EventNumber, FieldType.Int64, IsKey: true),
            SegmentNumber is null ? null : new Field(SegmentNumber, FieldType.Int32),
            .. Included.Select(f => geometry.Fields[geometry.IndexOf(f)] with { IsKey = false }),
        ];
        return fields.OfType<Field>();
    }
}
