using System.Globalization;
using Lockstep.Contracts.Events;
using Lockstep.Engine.Windows.Calculate;

namespace Lockstep.Engine.Windows.Tracking;

/// <summary>Finds the objects of an event: in arrays, in fields with numbers, or one in plain fields.</summary>
/// <param name="coordType">rect, yolo (around the centre) or coco (two corners).</param>
/// <param name="count">Field of how many there are; empty for all.</param>
/// <param name="score">Fields of scores.</param>
/// <param name="label">Fields of labels; one field holds all with commas between. Empty for none.</param>
/// <param name="coordinates">Fields of the four coordinates.</param>
internal sealed class DetectionReader(string coordType, int[] count, int[] score, int[] label, int[][] coordinates)
{
    private readonly bool _isMany = coordinates.Concat([score]).Any(c => c.Length > 1);

    public List<Detection> Read(EventBlock block, int row)
    {
        var said = count.Length == 0 ? double.NaN : new InputPlace(count[0]).Number(block, row);
        var length = coordinates.Concat([score]).Min(f => Length(f, block, row));
        length = double.IsNaN(said) ? length : (int)Math.Clamp(said, 0, length);
        var found = new List<Detection>();
        for (var i = 0; i < length; i++)
        {
            double At(int[] fields) => Number(fields, i, block, row);
            var (a, b, c, d) = (At(coordinates[0]), At(coordinates[1]), At(coordinates[2]), At(coordinates[3]));
            var box = coordType switch
            {
                "yolo" => new Box(a - (c / 2), b - (d / 2), c, d),
                "coco" => new Box(a, b, c - a, d - b),
                _ => new Box(a, b, c, d),
            };
            if (double.IsFinite(a + b + c + d) && box is { Width: > 0, Height: > 0 } && double.IsFinite(At(score)))
            {
                found.Add(new Detection(box, At(score), Label(i, block, row)));
            }
        }

        return found;
    }

    private static int Length(int[] fields, EventBlock block, int row)
    {
        var column = block.Columns[fields[0]];
        return fields.Length > 1 ? fields.Length : column.IsNull(row) ? 0 : column switch
        {
            Column<double?[]> c => c[row].Length,
            Column<long?[]> c => c[row].Length,
            _ => 1,
        };
    }

    private static double Number(int[] fields, int at, EventBlock block, int row)
    {
        var field = fields[Math.Min(at, fields.Length - 1)];
        return block.Columns[field] is Column<long?[]> whole
            ? whole.IsNull(row) || at >= whole[row].Length ? double.NaN : whole[row][at] ?? double.NaN
            : new InputPlace(field, at).Number(block, row);
    }

    private string? Label(int at, EventBlock block, int row)
    {
        if (label.Length == 0 || (label.Length > 1 && at >= label.Length))
        {
            return null;
        }

        if (label.Length > 1 || _isMany)
        {
            return new InputPlace(label[Math.Min(at, label.Length - 1)]).Text(block, row);
        }

        if (block.Columns[label[0]] is not Column<string>)
        {
            var number = Number(label, at, block, row);
            return double.IsNaN(number) ? null : number.ToString("R", CultureInfo.InvariantCulture);
        }

        var labels = new InputPlace(label[0]).Text(block, row)?.Split(',') ?? [];
        return at < labels.Length ? labels[at].Trim() : null;
    }
}
