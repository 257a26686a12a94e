using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Lockstep.Contracts.Projects;
using Lockstep.TestKit;

namespace Lockstep.Engine.Tests.Fuzz;

/// <summary>
/// Goal: no Python of a model ends the engine, holds it up, fills the memory or leaves a process behind. Method: as FuzzTests, with
/// models of Python, whose code is changed line by line too; after each case no child is left, and none was ever too large.
/// Fewer cases, since each starts processes: a twentieth of LOCKSTEP_FUZZ_COUNT.
/// </summary>
public sealed class PythonFuzzTests(ITestOutputHelper output)
{
    private const int CasesByDefault = 500;
    private const long ChildMax = 512L << 20;
    private static readonly TimeSpan TimeBox = TimeSpan.FromSeconds(45);

    // By itself a case takes 2 s at most; among other tests starting a process alone may take one.
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(FuzzCase.Setting("LOCKSTEP_FUZZ_COUNT") is null ? 8 : 2);
    private static readonly ScriptGrants Grants = ScriptGrants.None with
    {
        PythonTimeout = TimeSpan.FromSeconds(1),
        Environment = ImmutableSortedDictionary<string, string>.Empty.Add(Mark, "1"),
    };

    // Tells the children of this test from those of others.
    private const string Mark = "LOCKSTEP_FUZZ_CHILD";

    private long _largest;

    [Fact]
    public async Task Whatever_Python_does_is_run_or_refused_and_no_process_is_left()
    {
        var seed = FuzzCase.Setting("LOCKSTEP_FUZZ_SEED") ?? 20_241_017;
        var asked = FuzzCase.Setting("LOCKSTEP_FUZZ_COUNT") / 20;
        string[] models = [.. PythonModels.All];
        var (ran, refused, slowest) = (0, 0, TimeSpan.Zero);
        using var stop = new CancellationTokenSource();
        var watching = WatchAsync(stop.Token);
        var clock = Stopwatch.StartNew();
        var count = 0;
        for (; count < (asked ?? CasesByDefault) && (asked is not null || clock.Elapsed < TimeBox); count++)
        {
            var model = Change(models[count % models.Length], new Random(unchecked((seed * 1_000_003) + count)));
            var (time, hasRun) = FuzzCase.Watch(model, seed, count, Grants, TimeMax);
            slowest = time > slowest ? time : slowest;
            ran += hasRun ? 1 : 0;
            refused += hasRun ? 0 : 1;
            await Eventually.TrueAsync(
                () => !Children().Any(), TimeSpan.FromSeconds(10),
                () => $"seed {seed}, case {count}: {string.Join(", ", Children())}\n{Encoding.UTF8.GetString(model)}");
            Assert.True(
                Volatile.Read(ref _largest) <= ChildMax, $"Seed {seed}, case {count}: a child had {_largest >> 20} MB\n{Encoding.UTF8.GetString(model)}");
        }

        await stop.CancelAsync();
        await watching;
        output.WriteLine(
            $"{count} cases: {ran} run, {refused} refused; the slowest took {slowest.TotalMilliseconds:F0} ms, the largest child {_largest >> 20} MB");
        Assert.True(ran > 0 && refused > 0, $"{ran} run, {refused} refused: the changes are too tame or too wild.");
    }

    /// <summary>Lines of code in half of the cases, anything in the others.</summary>
    private static byte[] Change(string model, Random random)
    {
        if (random.Next(2) == 0)
        {
            return new ModelMutator(random).Mutate(model);
        }

        var lines = model.Split('\n').ToList();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = random.Next(lines.Count);
            var line = lines[at];
            var indent = line[..(line.Length - line.TrimStart().Length)];
            switch (random.Next(5))
            {
                case 0: lines.RemoveAt(at); break;
                case 1: lines[at] = "    " + line; break;
                case 2: lines[at] = indent + lines[random.Next(lines.Count)].TrimStart(); break;
                default:
                    var statement = PythonModels.Statements[random.Next(PythonModels.Statements.Length)];
                    lines.Insert(at, (line.TrimEnd().EndsWith(':') ? indent + "    " : indent) + statement);
                    break;
            }
        }

        return Encoding.UTF8.GetBytes(string.Join('\n', lines));
    }

    // A child that was large is gone when its case has ended.
    private async Task WatchAsync(CancellationToken stop)
    {
        try
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            while (await timer.WaitForNextTickAsync(stop))
            {
                foreach (var child in Children())
                {
                    Volatile.Write(ref _largest, Math.Max(_largest, child.Bytes));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // All cases have run.
        }
    }

    private static IEnumerable<(string Id, long Bytes)> Children()
    {
        var own = $"PPid:\t{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}";
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0])))
        {
            var status = LinesOf(folder, "status");
            var isOurs = status.Contains(own) && LinesOf(folder, "environ").Any(l => l.Contains(Mark, StringComparison.Ordinal));
            if (isOurs && !status.Any(l => l.StartsWith("State:\tZ", StringComparison.Ordinal)))
            {
                var peak = status.FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal))?[6..].Replace("kB", "", StringComparison.Ordinal);
                yield return (Path.GetFileName(folder), long.TryParse(peak, CultureInfo.InvariantCulture, out var kilobytes) ? kilobytes * 1024 : 0);
            }
        }
    }

    // One that ends meanwhile has none.
    private static string[] LinesOf(string folder, string file)
    {
        try
        {
            return File.ReadAllLines(Path.Combine(folder, file));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
