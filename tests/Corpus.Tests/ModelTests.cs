using System.Collections.Concurrent;
using Lockstep.TestKit;

namespace Lockstep.Corpus.Tests;

/// <summary>Public models, unchanged, run by the worker: their windows put out what Models/NAME.txt says.</summary>
public sealed class ModelTests(ModelTests.Runs runs) : IClassFixture<ModelTests.Runs>
{
    public static IEnumerable<TheoryDataRow<string>> Models => ExpectedModel.Names.Select(n => new TheoryDataRow<string>(n));

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Windows_put_out_what_is_known_of_the_model(string name)
    {
        var expected = ExpectedModel.Read(name);
        await using var run = await runs.OfAsync(name);
        Assert.True(run.ExitCode == 0, $"Exit code {run.ExitCode}:\n{run.Log}");
        foreach (var window in expected.Windows)
        {
            window.Check(run);
        }
    }

    /// <summary>Starts all models at once, those that take long first, since most of their time is waiting.</summary>
    public sealed class Runs
    {
        private readonly ConcurrentDictionary<string, Task<ModelRun>> _runs = new(StringComparer.Ordinal);

        public Runs()
        {
            foreach (var model in ExpectedModel.Names.Select(ExpectedModel.Read).OrderBy(m => m.Options.Contains("--linger") ? 0 : 1))
            {
                _runs[model.Name] = StartAsync(model);
            }
        }

        internal Task<ModelRun> OfAsync(string name) => _runs[name];

        private static async Task<ModelRun> StartAsync(ExpectedModel model)
        {
            await Task.Yield();
            return await ModelRun.RunAsync(CorpusHome.Of(model.Name), model.Options);
        }
    }
}
