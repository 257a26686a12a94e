using System.Globalization;

namespace Lockstep.Engine.Tests.Windows;

/// <summary>The Summary algorithm by tables, and against sums taken anew for each window.</summary>
public sealed class SummaryWindowTests
{
    private const string All = "nOut nmissOut minOut maxOut sumOut meanOut stdOut varOut cssOut ussOut stderrOut cvOut";

    private static EngineRun Summary(int length, string outputs, string source = "", string attributes = "", string type = "double") =>
        new(EngineRun.Query($"""
            <window-source name="s" {source}><schema-string>id*:int64,x:{type}</schema-string></window-source>
            <window-calculate name="c" algorithm="Summary" {attributes}>
              <schema-string>id*:int64,x:{type},{string.Join(',', outputs.Split(' ').Select(o => $"{o}:double"))}</schema-string>
              <parameters><properties><property name="windowLength">{length}</property></properties></parameters>
              <input-map><properties><property name="input">x</property></properties></input-map>
              <output-map><properties>{string.Concat(outputs.Split(' ').Select(o => $"<property name='{o}'>{o}</property>"))}</properties></output-map>
            </window-calculate>
            """, "s>c"));

    [Fact]
    public void Missing_values_take_a_place_in_the_window()
    {
        var run = Summary(2, "nOut nmissOut sumOut minOut maxOut").Publish("s", "i,n,1,3", "i,n,2,", "i,n,3,5", "i,n,4,1", "i,n,5,");

        Assert.Equal(
            ["I,N,1,3,1,0,3,3,3", "I,N,2,-,1,1,3,3,3", "I,N,3,5,1,1,5,5,5", "I,N,4,1,2,0,6,1,5", "I,N,5,-,1,1,1,1,1"],
            run.Take("c"));
    }

    [Theory]
    [InlineData("sumOut")]
    [InlineData("sumOut nOut")]
    public void A_field_has_no_value_that_its_type_does_not_hold(string outputs)
    {
        foreach (var (type, expected) in new[] { ("int32", "-"), ("int64", "4000000001"), ("double", "4000000001.5") })
        {
            var run = new EngineRun(EngineRun.Query($"""
                <window-source name="s"><schema-string>id*:int64,x:double</schema-string></window-source>
                <window-calculate name="c" algorithm="Summary"><schema-string>id*:int64,sumOut:{type},nOut:int32</schema-string>
                  <input-map><properties><property name="input">x</property></properties></input-map>
                  <output-map><properties>{string.Concat(outputs.Split(' ').Select(o => $"<property name='{o}'>{o}</property>"))}</properties></output-map>
                </window-calculate>
                """, "s>c")).Publish("s", "i,n,1,2000000000.5", "i,n,2,2000000001");
            Assert.StartsWith($"I,N,2,{expected},", run.Take("c")[1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_single_value_has_no_variance_and_none_has_only_counts()
    {
        var run = Summary(3, All).Publish("s", "i,n,1,", "i,n,2,4");

        Assert.Equal(["I,N,1,-,0,1,-,-,-,-,-,-,-,-,-,-", "I,N,2,4,1,1,4,4,4,4,-,-,0,16,-,-"], run.Take("c"));
    }

    [Fact]
    public void Updates_are_observations_and_deletes_pass_on_the_stored_row()
    {
        var run = Summary(3, "sumOut", type: "int64").Publish("s", "i,n,1,1", "i,n,2,2", "u,n,1,10", "d,n,2,", "i,n,3,100");

        Assert.Equal(
            ["I,N,1,1,1", "I,N,2,2,3", "UB,N,1,10,13", "D,N,1,1,1", "D,N,2,2,3", "I,N,3,100,112"], run.Take("c"));
    }

    [Fact]
    public void Without_index_deletes_end_here_and_update_blocks_become_upserts()
    {
        var run = Summary(3, "sumOut", attributes: "index='pi_EMPTY'").Publish("s", "i,n,1,1", "u,n,1,10", "d,n,1,");

        Assert.Equal(["I,N,1,1,1", "P,N,1,10,11"], run.Take("c"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(20)]
    [InlineData(0)]
    public void Sliding_statistics_agree_with_those_taken_anew(int length)
    {
        const int seed = 4711;
        var random = new Random(seed);
        var values = Enumerable.Range(0, 300).Select(_ => Math.Round((random.NextDouble() - 0.3) * 1e6, 3)).ToArray();
        var run = Summary(length, All, """insert-only="true" index="pi_EMPTY" """);
        run.Publish("s", [.. values.Select((v, i) => string.Create(CultureInfo.InvariantCulture, $"i,n,{i},{v}"))]);

        var lines = run.Take("c");
        for (var i = 0; i < values.Length; i++)
        {
            var window = length == 0 ? values[..(i + 1)] : values[Math.Max(0, i + 1 - length)..(i + 1)];
            var got = lines[i].Split(',')[4..].Select(t => t == "-" ? double.NaN : double.Parse(t, CultureInfo.InvariantCulture));
            Assert.All(Expected(window).Zip(got), p => Assert.True(
                double.IsNaN(p.First) ? double.IsNaN(p.Second) : Math.Abs(p.First - p.Second) <= 1e-9 * Math.Abs(p.First) + 1e-6,
                $"seed {seed}, event {i}: expected {p.First}, got {p.Second}"));
        }
    }

    private static double[] Expected(double[] window)
    {
        var n = window.Length;
        var mean = window.Sum() / n;
        var css = window.Sum(v => (v - mean) * (v - mean));
        var variance = n > 1 ? css / (n - 1) : double.NaN;
        var std = Math.Sqrt(variance);
        return [n, 0, window.Min(), window.Max(), window.Sum(), mean, std, variance, css, window.Sum(v => v * v),
            std / Math.Sqrt(n), 100 * std / mean];
    }
}
