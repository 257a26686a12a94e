using System.Globalization;
using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>Where an algorithm finds an input: a field, or an item of an array field.</summary>
/// <param name="Field">Index of the field.</param>
/// <param name="Item">Item of the array, from 0; -1 for a field that is no array.</param>
internal readonly record struct InputPlace(int Field, int Item = -1)
{
    /// <summary>The value as a number; NaN for none.</summary>
    public double Number(EventBlock block, int row)
    {
        var column = block.Columns[Field];
        return column.IsNull(row) ? double.NaN : column switch
        {
            Column<double> c => c[row],
            Column<long> c => c[row],
            Column<decimal> c => (double)c[row],
            Column<double?[]> c => Item < c[row].Length ? c[row][Item] ?? double.NaN : double.NaN,
            Column<long?[]> c => Item < c[row].Length ? c[row][Item] ?? double.NaN : double.NaN,
            Column<string> c => double.TryParse(c[row], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN,
            _ => double.NaN,
        };
    }

    /// <summary>Reads an event's values as numbers.</summary>
    /// <param name="places">The inputs.</param>
    /// <param name="block">The block.</param>
    /// <param name="row">The event.</param>
    /// <param name="values">Takes one number a place.</param>
    /// <returns>False when one is missing or not finite.</returns>
    public static bool TryRead(InputPlace[] places, EventBlock block, int row, double[] values)
    {
        for (var i = 0; i < places.Length; i++)
        {
            values[i] = places[i].Number(block, row);
            if (!double.IsFinite(values[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The value as text; null for none.</summary>
    public string? Text(EventBlock block, int row)
    {
        var column = block.Columns[Field];
        return column.IsNull(row) ? null : column switch
        {
            Column<string> c => c[row],
            Column<long> c => c[row].ToString(CultureInfo.InvariantCulture),
            Column<double> c => c[row].ToString("R", CultureInfo.InvariantCulture),
            _ => Convert.ToString(column.GetObject(row), CultureInfo.InvariantCulture),
        };
    }

    /// <summary>A hash of the value, the same on every machine.</summary>
    public ulong Hash(EventBlock block, int row)
    {
        var column = block.Columns[Field];
        return column.IsNull(row) ? StateHash.Null : column switch
        {
            Column<string> c => StateHash.Of(c[row]),
            Column<long> c => StateHash.Mix((ulong)c[row]),
            _ => StateHash.Of(Number(block, row)),
        };
    }
}
