using System.Runtime.InteropServices;

namespace Lockstep.Engine.Windows.Geofence;

/// <summary>
/// Finds the shapes whose box holds a place. Grids of cells that double in size from one to the next; a box lies in the grid whose
/// cells are just as large as it, so in at most four cells, and a place asks one cell of each grid that is used. Its cost follows
/// how many boxes overlap there, not how many there are.
/// </summary>
internal sealed class Mesh
{
    // Cells smaller than this part of a coordinate cannot be told apart by a double.
    private const int DigitsMax = 48;
    private const int LevelMin = -60;
    private readonly Dictionary<(int Level, long X, long Y), List<int>> _cells = [];
    private readonly SortedDictionary<int, int> _boxes = [];
    private int[] _levels = [];

    public void Add(int slot, Box box)
    {
        var level = LevelOf(box);
        ForCells(level, box, cell => (CollectionsMarshal.GetValueRefOrAddDefault(_cells, cell, out _) ??= []).Add(slot));
        if (!_boxes.TryGetValue(level, out var count))
        {
            _levels = [.. _boxes.Keys.Append(level).Order()];
        }

        _boxes[level] = count + 1;
    }

    public void Remove(int slot, Box box)
    {
        var level = LevelOf(box);
        ForCells(level, box, cell =>
        {
            var slots = _cells[cell];
            slots.Remove(slot);
            if (slots.Count == 0)
            {
                _cells.Remove(cell);
            }
        });
        if (--_boxes[level] == 0)
        {
            _boxes.Remove(level);
            _levels = [.. _boxes.Keys];
        }
    }

    /// <summary>Adds the slots whose box may hold the place, in no order that means anything.</summary>
    public void Find(double x, double y, List<int> slots)
    {
        foreach (var level in _levels)
        {
            if (_cells.TryGetValue((level, CellOf(x, level), CellOf(y, level)), out var found))
            {
                slots.AddRange(found);
            }
        }
    }

    private static int LevelOf(Box box)
    {
        var size = Math.Max(box.Right - box.Left, box.Top - box.Bottom);
        var largest = Math.Max(Math.Max(Math.Abs(box.Left), Math.Abs(box.Right)), Math.Max(Math.Abs(box.Bottom), Math.Abs(box.Top)));
        var level = size > 0 ? Math.ILogB(size) + 1 : LevelMin;
        return Math.Max(level, Math.Max(LevelMin, largest > 0 ? Math.ILogB(largest) - DigitsMax : LevelMin));
    }

    private static long CellOf(double value, int level) => (long)Math.Floor(Math.ScaleB(value, -level));

    private static void ForCells(int level, Box box, Action<(int Level, long X, long Y)> act)
    {
        for (var x = CellOf(box.Left, level); x <= CellOf(box.Right, level); x++)
        {
            for (var y = CellOf(box.Bottom, level); y <= CellOf(box.Top, level); y++)
            {
                act((level, x, y));
            }
        }
    }
}
