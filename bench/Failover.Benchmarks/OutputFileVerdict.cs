using System.Globalization;

namespace Lockstep.Failover.Benchmarks;

/// <summary>
/// What the output file says, judged against the closed form of sum20: with n = Record_Counter from 2 on,
/// index_esp = n - 2 and sum20 = n(n+1)/2 - 1 up to n = 21, 20n - 190 from there.
/// </summary>
internal sealed record OutputFileVerdict(long Rows, long Lost, long Duplicated, long Reordered, long WrongSums, long LastN)
{
    public const string Header = "opcode,flags,index_esp,Record_Counter,MemoryUsed,MemoryFree,epoch,sum20";

    public bool IsClean => Lost == 0 && Duplicated == 0 && Reordered == 0 && WrongSums == 0;

    public static OutputFileVerdict Judge(string path, long lastN)
    {
        var seen = new HashSet<long>();
        long rows = 0, duplicated = 0, reordered = 0, wrong = 0, before = 1;
        foreach (var line in File.ReadLines(path))
        {
            if (rows == 0 && line == Header)
            {
                continue;
            }

            rows++;
            var cells = line.Split(',');
            if (cells.Length != 8 || !long.TryParse(cells[3], NumberStyles.None, CultureInfo.InvariantCulture, out var n))
            {
                throw new InvalidDataException($"Row {rows} of {path} is not a row of sum20: '{line}'.");
            }

            duplicated += seen.Add(n) ? 0 : 1;
            reordered += n < before ? 1 : 0;
            before = Math.Max(before, n);
            wrong += IsRight(cells, n) ? 0 : 1;
        }

        var lost = Math.Max(lastN - 1, 0) - seen.Count(n => n >= 2 && n <= lastN);
        return new OutputFileVerdict(rows, lost, duplicated, reordered, wrong, before);
    }

    private static bool IsRight(string[] cells, long n)
    {
        var sum = n <= 21 ? (n * (n + 1) / 2) - 1 : (20 * n) - 190;
        return cells[0] == "I"
            && cells[2] == string.Create(CultureInfo.InvariantCulture, $" {n - 2}")
            && cells[7] == string.Create(CultureInfo.InvariantCulture, $"{sum}.000000");
    }
}
