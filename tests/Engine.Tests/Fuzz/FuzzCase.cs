using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using Lockstep.Scripting;

namespace Lockstep.Engine.Tests.Fuzz;

/// <summary>One model from bytes to events.</summary>
internal sealed partial class FuzzCase(Random random, ScriptGrants grants) : IWindowOutput
{
    private const int Attempts = 3;
    private const long BytesMax = 512L << 20;
    private static readonly TimeSpan TimeMaxDefault = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan HangMax = TimeSpan.FromSeconds(60);

    /// <summary>A number of the environment; null for none.</summary>
    public static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;

    private readonly Stopwatch _lap = Stopwatch.StartNew();
    private TimeSpan _longest;

    /// <summary>
    /// Runs a case; a failure, a time or memory over the limits ends the test with seed and model. The time is the longest of
    /// reading and building, of each evaluation, and of the end: how long an engine would be held up.
    /// </summary>
    public static (TimeSpan Time, bool HasRun) Watch(byte[] model, int seed, int number, ScriptGrants grants, TimeSpan? timeMax = null)
    {
        var most = timeMax ?? TimeMaxDefault;
        // A case runs on a thread of its own, so that one without an end is told instead of holding up the tier.
        var (time, bytes, hasRun) = (TimeSpan.Zero, 0L, false);
        Exception? failure = null;
        for (var attempt = 0; attempt == 0 || (attempt < Attempts && time > most); attempt++)
        {
            var thread = new Thread(() =>
            {
                var fuzz = new FuzzCase(new Random(number), grants);
                var before = GC.GetAllocatedBytesForCurrentThread();
#pragma warning disable CA1031 // Whatever it is: the case and its seed are told with it.
                try
                {
                    hasRun = fuzz.Run(model);
                }
                catch (Exception error)
                {
                    failure = error;
                }
#pragma warning restore CA1031

                fuzz.EndLap();
                (time, bytes) = (fuzz._longest, GC.GetAllocatedBytesForCurrentThread() - before);
            })
            { IsBackground = true };
            thread.Start();
            Assert.True(thread.Join(HangMax), $"Seed {seed}, case {number} does not end:\n{Encoding.UTF8.GetString(model)}");
        }

        Assert.True(failure is null, $"Seed {seed}, case {number}: {failure}\n{Encoding.UTF8.GetString(model)}");
        Assert.True(time <= most, $"Seed {seed}, case {number} took {time.TotalSeconds:F1} s each time:\n{Encoding.UTF8.GetString(model)}");
        Assert.True(bytes <= BytesMax, $"Seed {seed}, case {number} took {bytes >> 20} MB:\n{Encoding.UTF8.GetString(model)}");
        return (time, hasRun);
    }

    /// <summary>True when it ran, false when it was refused.</summary>
    public bool Run(byte[] model)
    {
        using var stream = new MemoryStream(model);
        var read = ProjectXmlReader.Read(stream, new ProjectReadOptions { WithoutConnectors = true });
        Check(read.Problems, read.Project is null);
        if (read.Project is not { } bare || read.HasErrors)
        {
            return false;
        }

        var project = bare with { Grants = grants };
        var problems = ProjectValidator.Validate(project);
        Check(problems, false);
        var built = ProjectEngine.Build(project);
        Check(built.Problems, built.Engine is null);
        if (built.Engine is null)
        {
            return false;
        }

        EndLap();
        try
        {
            Feed(built.Engine, project);
            return true;
        }
        catch (ScriptProcessException ended)
        {
            // The member ends with it, by name of the script.
            Assert.Contains('\'', ended.Message);
            return false;
        }
        finally
        {
            built.Engine.Release();
        }
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
                        EndLap();
                    }
                }
            }

            engine.Tick(this);
            EndLap();
        }

        _ = engine.Digest();
    }

    private void EndLap()
    {
        _longest = _lap.Elapsed > _longest ? _lap.Elapsed : _longest;
        _lap.Restart();
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
