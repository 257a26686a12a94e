using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Windows;
using Lockstep.Engine.Windows.Geofence;

namespace Lockstep.Engine.Execution;

/// <summary>Makes geofence windows.</summary>
internal sealed class GeofenceFactory(ContinuousQueryDefinition query, ProblemList problems)
{
    public BuiltWindow? Create(GeofenceWindowDefinition definition, Schema schema, ImmutableArray<BuiltWindow> inputs)
    {
        var path = $"{query.Name}/{definition.Name}";
        var isGeometry = GeofenceWindowDefinition.GeometryEdges(query.Edges.Where(e => e.Target == definition.Name).Select(e => e.Role));
        var (positions, geometries) = (Of(inputs, isGeometry, false), Of(inputs, isGeometry, true));
        if (positions.Count == 0 || geometries.Count == 0 || positions.Concat(geometries).Count() != inputs.Length
            || positions.Exists(p => p.Window.Schema.Id != positions[0].Window.Schema.Id)
            || geometries.Exists(g => g.Window.Schema.Id != geometries[0].Window.Schema.Id))
        {
            problems.Error("LS2032", path, definition.Position,
                "A geofence window has inputs of positions and of geometries, each with one schema.");
            return null;
        }

        var (position, geometry) = (positions[0].Window.Schema, geometries[0].Window.Schema);
        var (from, at, output) = (definition.Geometry, definition.PositionFields, definition.Output);
        string?[] texts = [from.Data, from.Type, output.Description is null ? null : from.Description];
        string?[] numbers = [from.X, from.Y, from.RadiusField];
        if (geometry.KeyIndexes is not [var key] || !Check(position, [at.X, at.Y, at.LookupDistanceField], false, definition, path)
            || !Check(geometry, numbers, false, definition, path) || !Check(geometry, texts, true, definition, path))
        {
            return null;
        }

        int[] sources = [.. texts.Concat(numbers).Concat(output.Included).OfType<string>().Select(geometry.IndexOf).Append(key).Distinct().Order()];
        var kept = new Schema(sources.Select(s => geometry.Fields[s]));
        int At(string? name) => name is null ? -1 : kept.IndexOf(name);
        var rules = new ShapeRules(
            new Space(definition.IsGeographic, definition.StrictProjection), definition.IsWinding, definition.DistanceToSegment,
            definition.ProximityAnalysis);
        var store = new GeometryStore(
            kept, sources,
            new GeometryFields(At(from.Data), At(from.X), At(from.Y), At(from.RadiusField), At(from.Type), from.Radius, from.Separator),
            rules, at.LookupDistance);
        var all = definition.MultipleResults && output.EventNumber is not null;
        var model = new GeofenceModel(
            [.. isGeometry], position.IndexOf(at.X), position.IndexOf(at.Y), at.LookupDistance,
            at.LookupDistanceField is null ? -1 : position.IndexOf(at.LookupDistanceField),
            Added(output, At, At(geometry.Fields[key].Name), from.Description), all, definition.SortedResults, definition.LogInvalidGeometry);
        var traits = WindowTraits.Merge([.. positions.Select(p => p.Traits)]);
        var keeps = RowPolicy.Keeps(definition.Index, traits, keepsKeys: true, isPure: false);
        return new BuiltWindow(
            new GeofenceWindow(path, schema, model, store, keeps ? new KeyedRows(schema, null) : null),
            RowPolicy.Traits(keeps, traits, keepsKeys: true));
    }

    private static List<BuiltWindow> Of(ImmutableArray<BuiltWindow> inputs, ImmutableArray<bool> isGeometry, bool wanted) =>
        [.. inputs.Where((_, i) => i < isGeometry.Length && isGeometry[i] == wanted)];

    private static (GeofenceField, int)[] Added(GeofenceOutput output, Func<string?, int> at, int key, string? description)
    {
        (string? Name, GeofenceField Field, int Kept)[] fields =
        [
            (output.Id, GeofenceField.Kept, key),
            (output.Description, GeofenceField.Kept, at(description)),
            (output.Distance, GeofenceField.Distance, -1),
            (output.Type, GeofenceField.Type, -1),
            (output.EventNumber, GeofenceField.EventNumber, -1),
            (output.SegmentNumber, GeofenceField.SegmentNumber, -1),
            .. output.Included.Select(f => ((string?)f, GeofenceField.Kept, at(f))),
        ];
        return [.. fields.Where(f => f.Name is not null).Select(f => (f.Field, f.Kept))];
    }

    private bool Check(Schema schema, IEnumerable<string?> names, bool isText, GeofenceWindowDefinition definition, string path)
    {
        foreach (var name in names.OfType<string>())
        {
            var index = schema.IndexOf(name);
            var fits = index >= 0 && (schema.Fields[index].Type == FieldType.String
                || (!isText && schema.Fields[index].Type is FieldType.Double or FieldType.Int32 or FieldType.Int64 or FieldType.Money));
            if (!fits)
            {
                problems.Error("LS2032", path, definition.Position,
                    $"'{name}' must be a field of the input with {(isText ? "text" : "numbers")}.");
                return false;
            }
        }

        return true;
    }
}
