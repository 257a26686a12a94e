using System.Diagnostics;
using Lockstep.Contracts.Projects;
using Lockstep.TestKit;

namespace Lockstep.Engine.Tests.Fuzz;

/// <summary>
/// Goal: no model, expression or line of csv ends the engine, holds it up or fills its memory, and each refusal has a code and a
/// place. Method: models of this repository (and of LOCKSTEP_CORPUS), changed at random, go through reader, validator and build,
/// and where they are valid through a short run. LOCKSTEP_FUZZ_SEED and LOCKSTEP_FUZZ_COUNT replay and lengthen; scripts/fuzz.sh.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int CasesByDefault = 10_000;
    private static readonly TimeSpan TimeBox = TimeSpan.FromSeconds(60);

    [Fact]
    public void Whatever_is_read_is_run_or_refused_with_code_and_place()
    {
        var seed = FuzzCase.Setting("LOCKSTEP_FUZZ_SEED") ?? 20_241_017;
        var asked = FuzzCase.Setting("LOCKSTEP_FUZZ_COUNT");
        var models = Models();
        Assert.NotEmpty(models);
        output.WriteLine($"seed {seed}, {models.Count} models");
        var (ran, refused, slowest, at) = (0, 0, TimeSpan.Zero, -1);
        var clock = Stopwatch.StartNew();
        var count = 0;
        for (; count < (asked ?? CasesByDefault) && (asked is not null || clock.Elapsed < TimeBox); count++)
        {
            var random = new Random(unchecked((seed * 1_000_003) + count));
            var model = new ModelMutator(random).Mutate(models[random.Next(models.Count)]);
            var (time, hasRun) = FuzzCase.Watch(model, seed, count, ScriptGrants.None);
            (slowest, at) = time > slowest ? (time, count) : (slowest, at);
            ran += hasRun ? 1 : 0;
            refused += hasRun ? 0 : 1;
        }

        output.WriteLine($"{count} cases: {ran} run, {refused} refused; the slowest, {at}, took {slowest.TotalMilliseconds:F0} ms");
        Assert.True(ran > count / 20 && refused > count / 20, $"{ran} run, {refused} refused: the changes are too tame or too wild.");
    }

    private static List<string> Models()
    {
        string?[] folders =
        [
            Path.Combine(Checkout.Root, "samples"), Path.Combine(Checkout.Root, "docs/examples"),
            Environment.GetEnvironmentVariable("LOCKSTEP_CORPUS"),
        ];
        return
        [
            .. folders.Where(Directory.Exists)
                .SelectMany(f => Directory.EnumerateFiles(f!, "*.xml", SearchOption.AllDirectories))
                .Order(StringComparer.Ordinal).Select(File.ReadAllText)
                .Where(t => t.Contains("<window", StringComparison.Ordinal) && !HasPython(t)),
        ];
    }

    // Python runs in a process of its own, whose start alone takes longer than all else here: PythonFuzzTests.
    private static bool HasPython(string model) => model.Contains("python", StringComparison.OrdinalIgnoreCase);
}
