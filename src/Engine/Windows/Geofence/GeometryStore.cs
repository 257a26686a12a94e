using Lockstep.Contracts.Events;
using Lockstep.Engine.Indexes;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Geofence;

/// <summary>Where geometries come from: indexes of fields of the kept rows, -1 for none.</summary>
internal sealed record GeometryFields(int Data, int X, int Y, int RadiusField, int Type, double Radius, string Separator);

/// <summary>
/// The geometries by key: the fields that are needed as rows, and the shapes made of them. Of state there are only the rows; shapes
/// and mesh follow from them.
/// </summary>
/// <param name="kept">The fields that are kept.</param>
/// <param name="sources">Where they lie in events of the geometry input.</param>
/// <param name="fields">What they mean.</param>
/// <param name="rules">How shapes are looked at.</param>
/// <param name="lookup">The lookup distance that positions have at least.</param>
internal sealed class GeometryStore(Schema kept, int[] sources, GeometryFields fields, ShapeRules rules, double lookup)
{
    private const double FullTurn = 360;
    private readonly RowStore _rows = new(kept);
    private readonly Mesh _mesh = new();
    private readonly EventBlock _event = new(kept, 1);
    private readonly List<int> _found = [];
    private Shape?[] _shapes = [];

    public RowStore Rows => _rows;

    /// <summary>Takes an event's geometry, or takes that of its key out.</summary>
    /// <returns>Why it is no geometry; null when it is one, or for a delete.</returns>
    public string? Apply(EventBlock events, int row, long now)
    {
        _event.Clear();
        for (var i = 0; i < sources.Length; i++)
        {
            _event.Columns[i].AppendFrom(events.Columns[sources[i]], row);
        }

        _event.Append(Opcode.Upsert);
        var slot = _rows.Find(_event, 0);
        if (slot >= 0)
        {
            ForBoxes(slot, (s, box) => _mesh.Remove(s, box));
            _shapes[slot] = null;
        }

        var isDelete = events.Opcodes[row] is Opcode.Delete or Opcode.SafeDelete;
        var keepNulls = (events.Flags[row] & EventFlags.PartialUpdate) != 0;
        if (!isDelete && slot >= 0)
        {
            _rows.Update(slot, _event, 0, now, keepNulls);
            _event.Clear();
            _rows.AppendTo(slot, _event, Opcode.Upsert, EventFlags.None);
        }

        var problem = "";
        var shape = isDelete ? null : ShapeOf(_event, out problem);
        if (shape is null)
        {
            if (slot >= 0)
            {
                _rows.Remove(slot);
            }

            return isDelete ? null : problem;
        }

        Keep(slot >= 0 ? slot : _rows.Insert(_event, 0, now), shape);
        return null;
    }

    /// <summary>Adds the geometries that match a place.</summary>
    public void Find(double x, double y, double reach, List<Finding> findings)
    {
        x = rules.Space.Normalize(x);
        _found.Clear();
        if (reach <= lookup)
        {
            _mesh.Find(x, y, _found);
        }
        else
        {
            // Only positions with a lookup distance of their own, and a larger one, ask every geometry.
            for (var slot = _rows.Oldest; slot >= 0; slot = _rows.After(slot))
            {
                _found.Add(slot);
            }
        }

        foreach (var slot in _found)
        {
            if (_shapes[slot]!.Matches(rules, x, y, reach, out var distance, out var segment))
            {
                findings.Add(new Finding(slot, _rows.SequenceOf(slot), distance, segment));
            }
        }
    }

    public string TypeOf(int slot) => _shapes[slot]!.Type;

    public void Read(SnapshotReader reader)
    {
        _rows.Read(reader);
        for (var slot = _rows.Oldest; slot >= 0; slot = _rows.After(slot))
        {
            _event.Clear();
            _rows.AppendTo(slot, _event, Opcode.Upsert, EventFlags.None);
            Keep(slot, ShapeOf(_event, out var problem)
                ?? throw new SnapshotFormatException($"The snapshot is damaged: a geometry is none. {problem}"));
        }
    }

    /// <summary>A number of a column of numbers or text; null for none.</summary>
    public static double? NumberAt(Column column, int row) => column.IsNull(row) ? null : column switch
    {
        Column<double> c => double.IsFinite(c[row]) ? c[row] : null,
        Column<long> c => c[row],
        Column<decimal> c => (double)c[row],
        Column<string> c => Expressions.Coercion.ToReal(c[row]),
        _ => null,
    };

    private void Keep(int slot, Shape shape)
    {
        if (slot >= _shapes.Length)
        {
            Array.Resize(ref _shapes, Math.Max(16, Math.Max(slot + 1, _shapes.Length * 2)));
        }

        _shapes[slot] = shape;
        ForBoxes(slot, (s, box) => _mesh.Add(s, box));
    }

    private Shape? ShapeOf(EventBlock geometry, out string problem)
    {
        problem = "";
        var radius = Number(geometry, fields.RadiusField) ?? fields.Radius;
        var type = Text(geometry, fields.Type)?.Trim().ToUpperInvariant();
        if (!(radius >= 0) || !double.IsFinite(radius))
        {
            problem = "Its radius is no number of at least 0.";
            return null;
        }

        if (type != "CIRCLE" && Text(geometry, fields.Data) is { } data && !string.IsNullOrWhiteSpace(data))
        {
            return ShapeReader.Read(data, fields.Separator, type is "POLYLINE" or "LINE", radius, out problem);
        }

        if (Number(geometry, fields.X) is { } x && Number(geometry, fields.Y) is { } y)
        {
            return new Circle(rules.Space.Normalize(x), y, radius);
        }

        problem = "It has neither coordinates nor a centre.";
        return null;
    }

    private static string? Text(EventBlock block, int field) => field < 0 ? null : block.ColumnOf<string>(field)[0];

    private static double? Number(EventBlock block, int field) => field < 0 ? null : NumberAt(block.Columns[field], 0);

    /// <summary>The boxes of a shape; one that goes beyond the end of longitudes is two.</summary>
    private void ForBoxes(int slot, Action<int, Box> act)
    {
        var shape = _shapes[slot]!;
        var box = rules.Space.Around(shape.Extent, shape.Reach(rules, lookup));
        if (!rules.Space.Wraps)
        {
            act(slot, box);
        }
        else if (box.Right - box.Left >= FullTurn)
        {
            act(slot, box with { Left = -180, Right = 180 });
        }
        else if (box.Left < -180)
        {
            act(slot, box with { Left = -180 });
            act(slot, box with { Left = box.Left + FullTurn, Right = 180 });
        }
        else if (box.Right >= 180)
        {
            act(slot, box with { Right = 180 });
            act(slot, box with { Left = -180, Right = box.Right - FullTurn });
        }
        else
        {
            act(slot, box);
        }
    }
}
