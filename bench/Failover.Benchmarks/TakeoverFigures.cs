using System.Globalization;
using System.Text.Json;

namespace Lockstep.Failover.Benchmarks;

/// <summary>
/// Adds a run's takeovers to a file of results, so that many short runs make one figure, and prints what all of them together say.
/// </summary>
internal static class TakeoverFigures
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static void Add(TakeoverOptions options, IReadOnlyList<TakeoverEvent> events, OutputFileVerdict verdict)
    {
        var run = new TakeoverRun(
            options.Kind.ToString().ToLowerInvariant(), options.Brokers, options.Rate, options.TickTimeMs, MachineFacts.Here(),
            verdict.Rows, verdict.Lost, verdict.Duplicated, verdict.Reordered, verdict.WrongSums, events);
        List<TakeoverRun> runs = options.Results is { } file && File.Exists(file)
            ? JsonSerializer.Deserialize<List<TakeoverRun>>(File.ReadAllText(file), Json)!
            : [];
        runs.Add(run);
        if (options.Results is not null)
        {
            File.WriteAllText(options.Results, JsonSerializer.Serialize(runs, Json) + "\n");
        }

        Print(runs);
    }

    /// <summary>The phases in the order of a takeover, ms after the kill or request.</summary>
    public static string Phases(TakeoverEvent one)
    {
        (string Name, double? Ms)[] phases =
        [
            ("last before", one.LastOldMs), ("seen", one.SeenMs), ("session closed", one.ClosedMs), ("znode gone", one.ZnodeGoneMs),
            ("elected", one.ElectedMs), ("fenced", one.FencedMs), ("ends known", one.EndsKnownMs),
            ("journal applied", one.JournalAppliedMs), ("producer ready", one.ProducerReadyMs), ("epoch start", one.EpochStartMs),
            ("first result", one.FirstResultMs), ("first visible", one.FirstNewMs),
        ];
        return string.Join(", ", phases.Where(p => p.Ms is not null).Select(p => string.Create(
            CultureInfo.InvariantCulture, $"{p.Name} {p.Ms:F1}")));
    }

    private static void Print(List<TakeoverRun> runs)
    {
        var all = runs.SelectMany(r => r.Events).OrderBy(e => e.SilenceMs).ToList();
        var median = all[Index(all.Count, 0.5)];
        var medians = runs.Select(r => r.Events.OrderBy(e => e.SilenceMs).ElementAt(Index(r.Events.Count, 0.5)).SilenceMs).ToList();
        var longest = all.Select(e => e.LongestMs).Order().ToList();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{runs[^1].Kind}: {all.Count} takeovers in {runs.Count} runs, {runs[^1].Brokers} brokers, "
            + $"{runs[^1].Rate} events/s, tickTime {runs[^1].TickTimeMs}"));
        Console.WriteLine(runs[^1].Machine);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"silence p50 {median.SilenceMs:F1}, p90 {all[Index(all.Count, 0.9)].SilenceMs:F1}, "
            + $"p99 {all[Index(all.Count, 0.99)].SilenceMs:F1}, max {all[^1].SilenceMs:F1} ms; "
            + $"medians of the runs {medians.Min():F1} to {medians.Max():F1} ms"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"longest silence around a takeover, restart of the killed engine included: "
            + $"p50 {longest[Index(all.Count, 0.5)]:F1}, p99 {longest[Index(all.Count, 0.99)]:F1} ms"));
        Console.WriteLine($"median takeover, ms after its begin: {Phases(median)}");
        Console.WriteLine(
            $"rows {runs.Sum(r => r.Rows)}, lost {runs.Sum(r => r.Lost)}, duplicated {runs.Sum(r => r.Duplicated)}, "
            + $"reordered {runs.Sum(r => r.Reordered)}, wrong sums {runs.Sum(r => r.WrongSums)}");
    }

    /// <summary>Index of the smallest value that the given share of all values does not exceed.</summary>
    private static int Index(int count, double share) => Math.Clamp((int)Math.Ceiling(share * count) - 1, 0, count - 1);
}

/// <summary>One run's results, as written to the file.</summary>
internal sealed record TakeoverRun(
    string Kind, int Brokers, int Rate, int TickTimeMs, string Machine, long Rows, long Lost, long Duplicated, long Reordered,
    long WrongSums, IReadOnlyList<TakeoverEvent> Events);
