using System.Diagnostics;

namespace Lockstep.Failover.Simulation;

/// <summary>Tries seeds on all processors.</summary>
internal static class SeedSearch
{
    private const int Batch = 200;
    private const int MostShown = 20;

    /// <summary>Seeds that fail, the lowest first, each with its failure; stops with the batch in which one was found.</summary>
    public static IReadOnlyList<(int Seed, SimulationFailure Failure)> FirstFailures(int from, int count, Guard missing = Guard.None)
    {
        for (var at = from; at < from + count; at += Batch)
        {
            var found = Failures(at, Math.Min(Batch, from + count - at), missing);
            if (found.Count > 0)
            {
                return found;
            }
        }

        return [];
    }

    /// <summary>Searches until the time is over; true: no seed failed.</summary>
    public static async Task<bool> GoAsync(int from, TimeSpan time, Guard missing, TextWriter output)
    {
        var (started, shown, seed) = (Stopwatch.GetTimestamp(), 0, from);
        var report = TimeSpan.FromSeconds(10);
        while (Stopwatch.GetElapsedTime(started) < time && shown < MostShown)
        {
            foreach (var (failed, failure) in Failures(seed, Batch, missing))
            {
                await output.WriteLineAsync($"seed {failed} fails: {failure.Message}");
                shown++;
            }

            seed += Batch;
            if (Stopwatch.GetElapsedTime(started) >= report)
            {
                await output.WriteLineAsync($"{seed - from} seeds tried in {Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s, {shown} failed");
                report += TimeSpan.FromSeconds(10);
            }
        }

        await output.WriteLineAsync($"seeds {from} to {seed - 1}: {shown} failed");
        return shown == 0;
    }

    private static List<(int Seed, SimulationFailure Failure)> Failures(int from, int count, Guard missing)
    {
        var failures = new SimulationFailure?[count];
        Parallel.For(0, count, i => failures[i] = SimulationRun.Of(from + i, missing));
        return [.. failures.Select((f, i) => (from + i, f)).Where(f => f.f is not null).Select(f => (f.Item1, f.f!))];
    }
}
