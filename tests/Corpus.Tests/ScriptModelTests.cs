using System.Globalization;
using Lockstep.TestKit;

namespace Lockstep.Corpus.Tests;

/// <summary>Public models whose scripts publish by chance and by the clock: what holds for every run is checked, not the rows.</summary>
public sealed class ScriptModelTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("corpus-");

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>The script gives a temperature each five seconds for nine minutes; the run is told to end after some.</summary>
    [Fact]
    public async Task Filter_lua_lets_what_is_above_75_pass_and_nothing_else()
    {
        await using var worker = ChildProcess.Start(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "Lockstep.Engine.Worker.dll"),
                "run", Path.Combine(CorpusHome.Of("filter_lua"), "model.xml"), "--out", _folder.FullName,
            ]);
        await Eventually.TrueAsync(() => Rows("FilterQuery.SourceWindow").Length >= 3, TimeSpan.FromSeconds(60), state: worker.Describe);
        worker.Terminate();
        Assert.Equal(0, await worker.WaitForExitAsync());
        var expected = Rows("FilterQuery.SourceWindow").Where(r => double.Parse(r.Split(',')[3], CultureInfo.InvariantCulture) > 75);
        Assert.Equal(expected, Rows("FilterQuery.Filter"));
    }

    private string[] Rows(string window)
    {
        var file = Path.Combine(_folder.FullName, $"{window}.csv");
        return File.Exists(file) ? [.. File.ReadLines(file).Skip(1)] : [];
    }
}
