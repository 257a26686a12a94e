using System.Runtime.InteropServices;

namespace Lockstep.Failover.Benchmarks;

/// <summary>What a figure was measured on.</summary>
internal static class MachineFacts
{
    private const long BytesAGiB = 1L << 30;

    public static string Here()
    {
        const string CpuFile = "/proc/cpuinfo";
        var model = File.Exists(CpuFile)
            ? File.ReadLines(CpuFile).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[^1].Trim()
            : null;
        return $"{Environment.ProcessorCount} cores ({model ?? "unknown"}), "
            + $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / BytesAGiB} GiB, {RuntimeInformation.OSDescription}, "
            + $".NET {Environment.Version}; brokers, ZooKeeper, manager, workers, load and reader on these cores";
    }
}
