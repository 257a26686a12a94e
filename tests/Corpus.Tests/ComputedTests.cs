using System.Globalization;
using Lockstep.TestKit;

namespace Lockstep.Corpus.Tests;

/// <summary>Public models whose results follow from their input by plain arithmetic, done here once more.</summary>
public sealed class ComputedTests
{
    [Fact]
    public async Task Summary_slides_over_five_events()
    {
        await using var run = await ModelRun.RunAsync(CorpusHome.Of("summary"));
        var values = run.Lines("input.csv").Select(l => Number(l.Split(',')[3])).ToArray();
        var got = run.Window("contquery.w_calculate");
        Assert.Equal(1871, got.Length);
        for (var i = 0; i < got.Length; i++)
        {
            var window = values[Math.Max(0, i - 4)..(i + 1)];
            var fields = got[i].Split(',');
            Assert.Equal(window.Length.ToString(CultureInfo.InvariantCulture), fields[5]);
            Assert.Equal("0", fields[6]);
            double[] expected = [window.Min(), window.Max(), window.Sum(), window.Average()];
            for (var column = 0; column < expected.Length; column++)
            {
                Assert.Equal(expected[column], Number(fields[7 + column]), 1e-6);
            }
        }
    }

    [Fact]
    public async Task High_availability_example_gives_the_sum_of_the_last_twenty()
    {
        var lines = Enumerable.Range(2, 199).Select(n => string.Create(CultureInfo.InvariantCulture, $"i,n,,7,{n}"));
        await using var run = await ModelRun.RunAsync(
            CorpusHome.Of("ha_kafka1"), folder => File.WriteAllLines(Path.Combine(folder, "idl.csv"), lines),
            "--no-connectors", "--events", "kafka_incoming=idl.csv");
        var sums = Enumerable.Range(2, 199).Select(n =>
        {
            var sum = n <= 21 ? (n * (n + 1) / 2) - 1 : (20 * n) - 190;
            return string.Create(CultureInfo.InvariantCulture, $"I,N, {n - 2},7.000000,{n}.000000,{n - 1},{sum}");
        });
        Assert.Equal(sums, run.Window("cq1.kafka_outgoing"));
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
