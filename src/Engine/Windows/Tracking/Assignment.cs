namespace Lockstep.Engine.Windows.Tracking;

/// <summary>Pairs rows and columns so that the sum of overlaps is largest (Kuhn and Munkres; by shortest ways, Jonker and Volgenant 1987).</summary>
internal static class Assignment
{
    /// <summary>The column of each row; -1 where no overlap of at least <paramref name="least"/> is left.</summary>
    public static int[] Solve(int rows, int columns, double least, Func<int, int, double> overlap)
    {
        var size = Math.Max(rows, columns);
        var cost = new double[size + 1, size + 1];
        for (var i = 1; i <= rows; i++)
        {
            for (var j = 1; j <= columns; j++)
            {
                var share = overlap(i - 1, j - 1);
                cost[i, j] = share > 0 && share >= least ? -share : 0;
            }
        }

        var (u, v, owner) = (new double[size + 1], new double[size + 1], new int[size + 1]);
        for (var i = 1; i <= size; i++)
        {
            Insert(i, size, cost, u, v, owner);
        }

        var result = new int[rows];
        Array.Fill(result, -1);
        for (var j = 1; j <= columns; j++)
        {
            if (owner[j] <= rows && owner[j] > 0 && cost[owner[j], j] < 0)
            {
                result[owner[j] - 1] = j - 1;
            }
        }

        return result;
    }

    private static void Insert(int row, int size, double[,] cost, double[] u, double[] v, int[] owner)
    {
        var (least, way, used) = (new double[size + 1], new int[size + 1], new bool[size + 1]);
        Array.Fill(least, double.PositiveInfinity);
        owner[0] = row;
        var column = 0;
        do
        {
            used[column] = true;
            var (delta, next) = (double.PositiveInfinity, 0);
            for (var j = 1; j <= size; j++)
            {
                if (used[j])
                {
                    continue;
                }

                var rest = cost[owner[column], j] - u[owner[column]] - v[j];
                (least[j], way[j]) = rest < least[j] ? (rest, column) : (least[j], way[j]);
                (delta, next) = least[j] < delta ? (least[j], j) : (delta, next);
            }

            for (var j = 0; j <= size; j++)
            {
                if (used[j])
                {
                    u[owner[j]] += delta;
                    v[j] -= delta;
                }
                else
                {
                    least[j] -= delta;
                }
            }

            column = next;
        }
        while (owner[column] != 0);

        while (column != 0)
        {
            owner[column] = owner[way[column]];
            column = way[column];
        }
    }
}
