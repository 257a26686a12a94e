using System.Collections.Immutable;
using System.Globalization;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>Reads and writes what is peculiar to geofence windows.</summary>
internal static class GeofenceXml
{
    private const double RadiusDefault = 1000;
    private static readonly char[] Separators = [',', ' ', '\t', '\r', '\n'];
    private static readonly string[] Mesh = ["autosize-mesh", "meshfactor-x", "meshfactor-y", "max-meshcells-per-geometry"];

    /// <summary>Reads a window; its name is set by the caller.</summary>
    public static GeofenceWindowDefinition Read(ModelElement element, ReadScope scope, string path)
    {
        WindowXml.WarnUnknown(element, scope, path);
        var options = element.Child("geofence") ?? new ModelElement("geofence", element.Position);
        scope.WarnUnknownAttributes(options, path,
        [
            "coordinate-type", "output-multiple-results", "output-sorted-results", "log-invalid-geometry", "polygon-compute-distance-to",
            "proximity-analysis", "strict-projection", "geofencing-algorithm", .. Mesh,
        ]);
        return new GeofenceWindowDefinition
        {
            Name = "",
            IsGeographic = IsSecond(options, "coordinate-type", "cartesian", "geographic", scope, path),
            MultipleResults = scope.Flag(options, "output-multiple-results", path),
            SortedResults = scope.Flag(options, "output-sorted-results", path),
            LogInvalidGeometry = scope.Flag(options, "log-invalid-geometry", path),
            DistanceToSegment = IsSecond(options, "polygon-compute-distance-to", "centroid", "segment", scope, path),
            ProximityAnalysis = scope.Flag(options, "proximity-analysis", path),
            StrictProjection = scope.Flag(options, "strict-projection", path),
            IsWinding = IsSecond(options, "geofencing-algorithm", "crossing", "winding", scope, path),
            Mesh = Mesh.Select(name => (name, Value: scope.Attribute(options, name, path)))
                .Where(m => !string.IsNullOrEmpty(m.Value)).ToImmutableSortedDictionary(m => m.name, m => m.Value!),
            Geometry = ReadGeometry(element, scope, path),
            PositionFields = ReadPosition(element, scope, path),
            Output = ReadOutput(element, scope, path),
        };
    }

    public static void Write(GeofenceWindowDefinition window, CanonicalWriter to)
    {
        to.Start("geofence");
        to.Attribute("coordinate-type", window.IsGeographic ? "geographic" : null);
        to.Flag("output-multiple-results", window.MultipleResults);
        to.Flag("output-sorted-results", window.SortedResults);
        to.Flag("log-invalid-geometry", window.LogInvalidGeometry);
        to.Attribute("polygon-compute-distance-to", window.DistanceToSegment ? "segment" : null);
        to.Flag("proximity-analysis", window.ProximityAnalysis);
        to.Flag("strict-projection", window.StrictProjection);
        to.Attribute("geofencing-algorithm", window.IsWinding ? "winding" : null);
        foreach (var (name, value) in window.Mesh.Where(_ => !to.ResultsOnly))
        {
            to.Attribute(name, value);
        }

        to.End();
        var geometry = window.Geometry;
        to.Start("geometry");
        to.Attribute("data-fieldname", geometry.Data);
        to.Attribute("desc-fieldname", geometry.Description);
        to.Attribute("x-fieldname", geometry.X);
        to.Attribute("y-fieldname", geometry.Y);
        to.Attribute("radius-fieldname", geometry.RadiusField);
        to.Attribute("radius", Text(geometry.Radius));
        to.Attribute("data-separator", geometry.Separator);
        to.Attribute("geotype-fieldname", geometry.Type);
        to.End();
        to.Start("position");
        to.Attribute("x-fieldname", window.PositionFields.X);
        to.Attribute("y-fieldname", window.PositionFields.Y);
        to.Attribute("lookupdistance", window.PositionFields.LookupDistance == 0 ? null : Text(window.PositionFields.LookupDistance));
        to.Attribute("lookupdistance-fieldname", window.PositionFields.LookupDistanceField);
        to.End();
        to.Start("output");
        to.Attribute("geoid-fieldname", window.Output.Id);
        to.Attribute("geodesc-fieldname", window.Output.Description);
        to.Attribute("geodistance-fieldname", window.Output.Distance);
        to.Attribute("geotype-fieldname", window.Output.Type);
        to.Attribute("eventnumber-fieldname", window.Output.EventNumber);
        to.Attribute("segmentnumber-fieldname", window.Output.SegmentNumber);
        to.Attribute("include-geo-fields", string.Join(',', window.Output.Included));
        to.End();
    }

    private static GeofenceGeometry ReadGeometry(ModelElement window, ReadScope scope, string path)
    {
        var element = Child(window, "geometry", scope, path);
        scope.WarnUnknownAttributes(element, path, "data-fieldname", "desc-fieldname", "x-fieldname", "y-fieldname", "radius-fieldname",
            "radius", "data-separator", "geotype-fieldname");
        var geometry = new GeofenceGeometry(
            Name(element, "data-fieldname", scope, path), Name(element, "desc-fieldname", scope, path),
            Name(element, "x-fieldname", scope, path), Name(element, "y-fieldname", scope, path),
            Name(element, "radius-fieldname", scope, path), Number(element, "radius", RadiusDefault, scope, path),
            scope.Attribute(element, "data-separator", path) ?? "", Name(element, "geotype-fieldname", scope, path));
        if (geometry.Data is null && (geometry.X is null || geometry.Y is null))
        {
            scope.Error(ProblemCode.InvalidGeofence, path, element.Position,
                "Geometries need data-fieldname, or x-fieldname and y-fieldname for circles.");
        }

        return geometry;
    }

    private static GeofencePosition ReadPosition(ModelElement window, ReadScope scope, string path)
    {
        var element = Child(window, "position", scope, path);
        scope.WarnUnknownAttributes(element, path, "x-fieldname", "y-fieldname", "lookupdistance", "lookupdistance-fieldname");
        return new GeofencePosition(
            scope.Required(element, "x-fieldname", path), scope.Required(element, "y-fieldname", path),
            Number(element, "lookupdistance", 0, scope, path), Name(element, "lookupdistance-fieldname", scope, path));
    }

    private static GeofenceOutput ReadOutput(ModelElement window, ReadScope scope, string path)
    {
        var element = Child(window, "output", scope, path);
        scope.WarnUnknownAttributes(element, path, "geoid-fieldname", "geodesc-fieldname", "geodistance-fieldname", "geotype-fieldname",
            "eventnumber-fieldname", "segmentnumber-fieldname", "include-geo-fields");
        return new GeofenceOutput(
            Name(element, "geoid-fieldname", scope, path), Name(element, "geodesc-fieldname", scope, path),
            Name(element, "geodistance-fieldname", scope, path), Name(element, "geotype-fieldname", scope, path),
            Name(element, "eventnumber-fieldname", scope, path), Name(element, "segmentnumber-fieldname", scope, path),
            [.. (scope.Attribute(element, "include-geo-fields", path) ?? "").Split(Separators, StringSplitOptions.RemoveEmptyEntries)]);
    }

    private static ModelElement Child(ModelElement window, string name, ReadScope scope, string path)
    {
        if (window.Child(name) is { } child)
        {
            return child;
        }

        scope.Error(ProblemCode.Missing, path, window.Position, $"A geofence window needs <{name}>.");
        return new ModelElement(name, window.Position)
        {
            Attributes = { new("x-fieldname", "x", window.Position), new("y-fieldname", "y", window.Position) },
        };
    }

    private static string? Name(ModelElement element, string name, ReadScope scope, string path) =>
        scope.Attribute(element, name, path) is { Length: > 0 } value ? value : null;

    private static double Number(ModelElement element, string name, double defaultValue, ReadScope scope, string path)
    {
        if (Name(element, name, scope, path) is not { } text)
        {
            return defaultValue;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) && value >= 0)
        {
            return value;
        }

        scope.Error(ProblemCode.InvalidValue, path, element.Position, $"Attribute {name}='{text}' must be a number of at least 0.");
        return defaultValue;
    }

    private static bool IsSecond(ModelElement element, string name, string first, string second, ReadScope scope, string path)
    {
        var value = Name(element, name, scope, path) ?? first;
        if (!value.Equals(first, StringComparison.OrdinalIgnoreCase) && !value.Equals(second, StringComparison.OrdinalIgnoreCase))
        {
            scope.Error(ProblemCode.InvalidValue, path, element.Position, $"Attribute {name}='{value}' must be {first} or {second}.");
        }

        return value.Equals(second, StringComparison.OrdinalIgnoreCase);
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
