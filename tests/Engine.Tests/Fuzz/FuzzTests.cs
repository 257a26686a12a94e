using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using Lockstep.TestKit;

namespace Lockstep.Engine.Tests.Fuzz;

/// <summary>
/// Goal: no model, expression or line of csv ends the engine, holds it up or fills its memory, and each refusal has a code and a
/// place. Method: models of this repository (and of LOCKSTEP_CORPUS), changed at random, go through reader, validator and build,
/// and where they are valid through a short run. LOCKSTEP_FUZZ_SEED and LOCKSTEP_FUZZ_COUNT replay and lengthen; scripts/fuzz.sh.
/// </summary>
public sealed partial class FuzzTests(ITestOutputHelper output)
{
    private const int CasesByDefault = 10_000;
    private const long BytesMax = 512L << 20;
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TimeBox = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan HangMax = TimeSpan.FromSeconds(60);

    [Fact]
    public void Whatever_is_read_is_run_or_refused_with_code_and_place()
    {
        var seed = Setting("LOCKSTEP_FUZZ_SEED") ?? 20_241_017;
        var asked = Setting("LOCKSTEP_FUZZ_COUNT");
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
            var (time, hasRun) = Watch(model, seed, count);
            (slowest, at) = time > slowest ? (time, count) : (slowest, at);
            ran += hasRun ? 1 : 0;
            refused += hasRun ? 0 : 1;
        }

        output.WriteLine($"{count} cases: {ran} run, {refused} refused; the slowest, {at}, took {slowest.TotalMilliseconds:F0} ms");
        Assert.True(ran > count / 20 && refused > count / 20, $"{ran} run, {refused} refused: the changes are too tame or too wild.");
    }

    // A case runs on a thread of its own, so that one without an end is told instead of holding up the tier.
    private static (TimeSpan Time, bool HasRun) Watch(byte[] model, int seed, int number)
    {
        var (time, bytes, hasRun) = (TimeSpan.Zero, 0L, false);
        Exception? failure = null;
        for (var attempt = 0; attempt == 0 || (attempt == 1 && time > TimeMax); attempt++)
        {
            var thread = new Thread(() =>
            {
                var clock = Stopwatch.StartNew();
                var before = GC.GetAllocatedBytesForCurrentThread();
#pragma warning disable CA1031 // Whatever it is: the case and its seed are told with it.
                try
                {
                    hasRun = new FuzzCase(new Random(number)).Run(model);
                }
                catch (Exception error)
                {
                    failure = error;
                }
#pragma warning restore CA1031

                (time, bytes) = (clock.Elapsed, GC.GetAllocatedBytesForCurrentThread() - before);
            })
            { IsBackground = true };
            thread.Start();
            Assert.True(thread.Join(HangMax), $"Seed {seed}, case {number} does not end:\n{Encoding.UTF8.GetString(model)}");
        }

        Assert.True(failure is null, $"Seed {seed}, case {number}: {failure}\n{Encoding.UTF8.GetString(model)}");
        Assert.True(time <= TimeMax, $"Seed {seed}, case {number} took {time.TotalSeconds:F1} s, twice:\n{Encoding.UTF8.GetString(model)}");
        Assert.True(bytes <= BytesMax, $"Seed {seed}, case {number} took {bytes >> 20} MB:\n{Encoding.UTF8.GetString(model)}");
        return (time, hasRun);
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

    // Python runs in a process of its own, whose start alone takes longer than all else here.
    private static bool HasPython(string model) => model.Contains("python", StringComparison.OrdinalIgnoreCase);

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;

    /// <summary>One model from bytes to events.</summary>
    private sealed partial class FuzzCase(Random random) : IWindowOutput
    {
        /// <summary>True when it ran, false when it was refused.</summary>
        public bool Run(byte[] model)
        {
            using var stream = new MemoryStream(model);
            var read = ProjectXmlReader.Read(stream, new ProjectReadOptions { WithoutConnectors = true });
            Check(read.Problems, read.Project is null);
            if (read.Project is null || read.HasErrors)
            {
                return false;
            }

            var problems = ProjectValidator.Validate(read.Project);
            Check(problems, false);
            var built = ProjectEngine.Build(read.Project);
            Check(built.Problems, built.Engine is null);
            if (built.Engine is null)
            {
                return false;
            }

            Feed(built.Engine, read.Project);
            return true;
        }

        public void OnBlock(WindowId window, EventBlock block) => block.Validate();

        public void OnBadEvent(WindowId window, string message) => Assert.NotEmpty(message);

        private void Feed(ProjectEngine engine, ProjectDefinition project)
        {
            var mutator = new ModelMutator(random);
            for (var step = 1; step <= 3; step++)
            {
                engine.Begin(new StepTime(step * 10_000_000L, 1, step));
                foreach (var query in project.ContinuousQueries)
                {
                    foreach (var source in query.Windows.OfType<SourceWindowDefinition>())
                    {
                        var id = engine.Find(query.Name, source.Name);
                        var schema = engine.SchemaOf(id);
                        var block = new EventBlock(schema);
                        var reader = new CsvEventReader(schema, new CsvFormat(), source.AutogenKey);
                        for (var i = 0; i < 8; i++)
                        {
                            reader.Read(mutator.Line(schema.Fields.Length), block);
                        }

                        if (block.Count > 0)
                        {
                            engine.Publish(id, block, this);
                        }
                    }
                }

                engine.Tick(this);
            }

            _ = engine.Digest();
        }

        private static void Check(IEnumerable<Problem> problems, bool mustBe)
        {
            var errors = problems.Where(p => p.Severity == ProblemSeverity.Error).ToList();
            Assert.True(!mustBe || errors.Count > 0, "It is refused without a problem.");
            foreach (var problem in errors)
            {
                Assert.Matches(Code(), problem.Code);
                Assert.True(problem.Position is { Line: > 0, Column: > 0 }, $"No place: {problem}");
                Assert.NotEmpty(problem.Message);
            }
        }

        [GeneratedRegex(@"^LS\d{4}$")]
        private static partial Regex Code();
    }
}
