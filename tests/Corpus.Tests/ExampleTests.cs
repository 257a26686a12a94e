using Lockstep.TestKit;

namespace Lockstep.Corpus.Tests;

/// <summary>
/// The examples of docs/examples do what they show: each folder has <c>model.xml</c>, its inputs, the files of
/// <c>expected</c> as <c>run --out</c> writes them, perhaps <c>options.txt</c> with further options and <c>server.txt</c> with the server that
/// must be there.
/// </summary>
public sealed class ExampleTests
{
    private static string Folder => Path.Combine(Checkout.Root, "docs", "examples");

    public static IEnumerable<TheoryDataRow<string>> Examples =>
        Directory.EnumerateDirectories(Folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)
            .Select(n => new TheoryDataRow<string>(n));

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task An_example_gives_what_it_shows(string name)
    {
        var source = Path.Combine(Folder, name);
        var options = Path.Combine(source, "options.txt");
        var words = File.Exists(options) ? await File.ReadAllTextAsync(options, TestContext.Current.CancellationToken) : "";
        await using var server = await ExampleServer.StartAsync(source);
        await using var run = await ModelRun.RunAsync(
            source, [.. ExpectedModel.SplitOptions(words), .. server.Options]);
        Assert.True(run.ExitCode == 0, $"Exit code {run.ExitCode}:\n{run.Log}");
        var expected = Directory.GetFiles(Path.Combine(source, "expected"));
        Assert.NotEmpty(expected);
        foreach (var file in expected.Select(Path.GetFileName).Order(StringComparer.Ordinal))
        {
            Assert.Equal(run.Lines($"expected/{file}"), run.Lines($"out/{file}"));
        }
    }
}
