using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Geofence;

/// <summary>What an output field behind those of the position holds.</summary>
internal enum GeofenceField
{
    /// <summary>A kept field of the geometry.</summary>
    Kept,

    /// <summary>The distance.</summary>
    Distance,

    /// <summary>circle, polygon or polyline.</summary>
    Type,

    /// <summary>Number of the result.</summary>
    EventNumber,

    /// <summary>Number of the nearest segment.</summary>
    SegmentNumber,
}

/// <summary>What a geofence window's model comes to.</summary>
/// <param name="IsGeometry">By edge: geometries come over it.</param>
/// <param name="X">Field of positions.</param>
/// <param name="Y">Field of positions.</param>
/// <param name="Lookup">Lookup distance.</param>
/// <param name="LookupField">Field of positions with their own one; -1 for none.</param>
/// <param name="Added">The output fields behind those of the position, with the kept field for those that are one.</param>
/// <param name="All">One event for each geometry found; else the nearest only.</param>
/// <param name="IsSorted">Several go by distance.</param>
/// <param name="Reports">Geometries that are none are reported.</param>
internal sealed record GeofenceModel(
    bool[] IsGeometry, int X, int Y, double Lookup, int LookupField, (GeofenceField Field, int Kept)[] Added, bool All, bool IsSorted,
    bool Reports);

/// <summary>
/// window-geofence. A position gives one event with the nearest geometry, or one for each; where there is none the fields are null.
/// Of geometries equally near the one unchanged longest is taken. A geometry that comes, changes or goes changes no event that has
/// left already.
/// </summary>
internal sealed class GeofenceWindow(string name, Schema schema, GeofenceModel model, GeometryStore geometries, KeyedRows? rows)
    : Window(name, schema)
{
    private readonly EventBlock _made = new(schema);
    private readonly List<Finding> _findings = [];

    /// <inheritdoc/>
    public override WindowState State => WindowState.Geometries | KeyedRows.StateOf(rows);

    /// <inheritdoc/>
    public override KeyedRows? Kept => rows;

    /// <inheritdoc/>
    public override void Process(EventBlock input, int inputIndex, StepScope step)
    {
        for (var row = 0; row < input.Count; row++)
        {
            var isHalf = input.Opcodes[row] == Opcode.Delete && KeyedRows.IsHalf(input, row);
            if (!model.IsGeometry[inputIndex])
            {
                if (rows is null)
                {
                    Write(input, row, Output, input.Opcodes[row]);
                }
                else if (!isHalf)
                {
                    Update(rows, input, row, step);
                }
            }
            else if (!isHalf && geometries.Apply(input, row, step.Now) is { } problem && model.Reports)
            {
                step.ReportBadEvent($"This is no geometry: {EventText.Key(input, row)}. {problem}");
            }
        }
    }

    /// <inheritdoc/>
    public override ulong Digest() => StateHash.Combine(geometries.Rows.Hash, rows?.Digest() ?? 0);

    /// <inheritdoc/>
    public override void WriteState(SnapshotWriter writer)
    {
        geometries.Rows.Write(writer);
        rows?.WriteState(writer);
    }

    /// <inheritdoc/>
    public override void ReadState(SnapshotReader reader)
    {
        geometries.Read(reader);
        rows?.ReadState(reader);
    }

    private void Update(KeyedRows rows, EventBlock input, int row, StepScope step)
    {
        var opcode = input.Opcodes[row];
        var isDelete = opcode is Opcode.Delete or Opcode.SafeDelete;
        _made.Clear();
        if (!model.All)
        {
            if (isDelete)
            {
                Append(input, row, _made, opcode, 0, null);
            }
            else
            {
                Write(input, row, _made, opcode);
            }
        }
        else
        {
            var count = isDelete ? 0 : Write(input, row, _made, Opcode.Upsert);
            for (var number = count; Append(input, row, _made, Opcode.Delete, number, null); number++)
            {
                if (rows.Rows.Find(_made, number) < 0)
                {
                    _made.Truncate(number);
                    break;
                }
            }

            if (isDelete && _made.Count == 0 && opcode == Opcode.Delete)
            {
                step.ReportBadEvent($"Delete of a key that does not exist: {EventText.Key(input, row)}.");
            }
        }

        rows.Apply(_made, Output, step);
    }

    /// <summary>Appends what a position gives.</summary>
    /// <returns>How many events.</returns>
    private int Write(EventBlock input, int row, EventBlock target, Opcode opcode)
    {
        _findings.Clear();
        if (GeometryStore.NumberAt(input.Columns[model.X], row) is { } x && GeometryStore.NumberAt(input.Columns[model.Y], row) is { } y)
        {
            var own = model.LookupField < 0 ? null : GeometryStore.NumberAt(input.Columns[model.LookupField], row);
            geometries.Find(x, y, own is >= 0 ? own.Value : model.Lookup, _findings);
        }

        if (_findings.Count == 0)
        {
            Append(input, row, target, opcode, 0, null);
            return 1;
        }

        if (!model.All)
        {
            var nearest = _findings[0];
            foreach (var finding in _findings)
            {
                nearest = ByDistance(finding, nearest) < 0 ? finding : nearest;
            }

            Append(input, row, target, opcode, 0, nearest);
            return 1;
        }

        _findings.Sort(model.IsSorted ? ByDistance : ByAge);
        var count = 0;
        for (var i = 0; i < _findings.Count; i++)
        {
            // A geometry that lies in the mesh twice is found once or twice.
            if (i == 0 || _findings[i].Age != _findings[i - 1].Age)
            {
                Append(input, row, target, opcode, count++, _findings[i]);
            }
        }

        return count;
    }

    private static int ByDistance(Finding left, Finding right)
    {
        var order = left.Distance.CompareTo(right.Distance);
        return order != 0 ? order : left.Age.CompareTo(right.Age);
    }

    private static int ByAge(Finding left, Finding right) => left.Age.CompareTo(right.Age);

    private bool Append(EventBlock input, int row, EventBlock target, Opcode opcode, int number, Finding? finding)
    {
        for (var i = 0; i < input.Columns.Length; i++)
        {
            target.Columns[i].AppendFrom(input.Columns[i], row);
        }

        for (var i = 0; i < model.Added.Length; i++)
        {
            var column = target.Columns[input.Columns.Length + i];
            switch (model.Added[i].Field)
            {
                case GeofenceField.EventNumber:
                    ((Column<long>)column).Append(number);
                    break;
                case GeofenceField.Distance when finding is { } found:
                    ((Column<double>)column).Append(found.Distance);
                    break;
                case GeofenceField.Type when finding is { } found:
                    ((Column<string>)column).Append(geometries.TypeOf(found.Slot));
                    break;
                case GeofenceField.SegmentNumber when finding is { Segment: >= 0 } found:
                    ((Column<long>)column).Append(found.Segment);
                    break;
                case GeofenceField.Kept when finding is { } found && model.Added[i].Kept >= 0:
                    geometries.Rows.Column(model.Added[i].Kept).AppendTo(found.Slot, column);
                    break;
                default:
                    column.AppendNull();
                    break;
            }
        }

        target.Append(opcode, input.Flags[row] & EventFlags.Retention);
        return true;
    }
}
