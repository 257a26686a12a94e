using System.Globalization;
using Lockstep.TestKit;

namespace Lockstep.Faults.Tests.Harness;

/// <summary>
/// One line a run, which scripts/run-faults.sh gathers: row, mode, whether it got to its verdict (1 or 0), lost, duplicated,
/// reordered, digest mismatches, other violations, then each silence in ms, separated by tabs. LOCKSTEP_FAULT_RESULTS names the file.
/// </summary>
internal static class ResultFile
{
    private const string Variable = "LOCKSTEP_FAULT_RESULTS";

    public static string NameOf(KafkaMode mode) => mode == KafkaMode.Kraft ? "kraft" : "zk";

    /// <summary>Appends a run.</summary>
    /// <param name="row">The row's name.</param>
    /// <param name="mode">The servers' mode.</param>
    /// <param name="verdict">Its verdict; null when the run did not get to it.</param>
    /// <param name="silences">The longest silence on the outbound topic after each fault.</param>
    public static void Append(string row, KafkaMode mode, Verdict? verdict, IEnumerable<TimeSpan> silences)
    {
        var path = Environment.GetEnvironmentVariable(Variable)
            ?? Path.Combine(Checkout.Root, "artifacts", "faults", "results.tsv");
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        object[] cells =
        [
            row, NameOf(mode), verdict is null ? 0 : 1, verdict?.Lost ?? 0, verdict?.Duplicated ?? 0, verdict?.Reordered ?? 0,
            verdict?.DigestMismatches ?? 0, verdict?.Violations.Count ?? 0,
            .. silences.Select(s => s.TotalMilliseconds.ToString("F0", CultureInfo.InvariantCulture)),
        ];
        File.AppendAllText(path, string.Join('\t', cells) + "\n");
    }
}
