using System.Text.Json;

namespace Lockstep.Throughput.Benchmarks;

/// <summary>Arithmetic and form of reports.</summary>
internal static class Figures
{
    public static readonly JsonSerializerOptions Json =
        new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The smallest value that the given share of all values does not exceed.</summary>
    public static double At(IEnumerable<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    public static double Median(IEnumerable<double> values) => At(values, 0.5);
}
