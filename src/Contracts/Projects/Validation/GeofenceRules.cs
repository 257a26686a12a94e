using Lockstep.Contracts.Events;

namespace Lockstep.Contracts.Projects.Validation;

/// <summary>Rules about geofence windows.</summary>
internal static class GeofenceRules
{
    public static void Check(GeofenceWindowDefinition window, ContinuousQueryDefinition query, string path, ProblemList found)
    {
        var edges = query.Edges.Where(e => e.Target == window.Name).ToList();
        var inputs = edges.ConvertAll(e => query.Windows.FirstOrDefault(w => w.Name == e.Source));
        var isGeometry = GeofenceWindowDefinition.GeometryEdges(edges.Select(e => e.Role));
        Schema? One(bool geometry)
        {
            var schemas = inputs.Where((_, i) => isGeometry[i] == geometry).Select(i => i?.Schema).OfType<Schema>().ToList();
            if (schemas.Skip(1).FirstOrDefault(s => !s.Equals(schemas[0])) is { } other)
            {
                found.Error(ProblemCode.InvalidInput, path, window.Position,
                    $"The {(geometry ? "geometry" : "position")} inputs must have one schema, not both ({schemas[0]}) and ({other}).");
            }

            return schemas.FirstOrDefault();
        }

        var (position, geometry) = (One(false), One(true));
        CheckFields(position, "position", Numbers(window.PositionFields.X, window.PositionFields.Y, window.PositionFields.LookupDistanceField));
        CheckFields(geometry, "geometry", Numbers(window.Geometry.X, window.Geometry.Y, window.Geometry.RadiusField));
        CheckFields(geometry, "geometry", Texts(window.Geometry.Data, window.Geometry.Description, window.Geometry.Type));

        void CheckFields(Schema? schema, string role, IEnumerable<(string? Name, bool IsNumber)> fields)
        {
            foreach (var (name, isNumber) in fields.Where(f => schema is not null && f.Name is not null))
            {
                var index = schema!.IndexOf(name!);
                if (index < 0)
                {
                    Error($"The {role} input has no field '{name}'.");
                }
                else if (schema.Fields[index].Type is not (FieldType.String or FieldType.Double or FieldType.Int32 or FieldType.Int64 or FieldType.Money)
                    || (!isNumber && schema.Fields[index].Type != FieldType.String))
                {
                    Error($"Field '{name}' of the {role} input must be a {(isNumber ? "number" : "string")}.");
                }
            }
        }

        void Error(string message) => found.Error(ProblemCode.InvalidGeofence, path, window.Position, message);
    }

    private static IEnumerable<(string?, bool)> Numbers(params string?[] names) => names.Select(n => (n, true));

    private static IEnumerable<(string?, bool)> Texts(params string?[] names) => names.Select(n => (n, false));
}
