using System.Globalization;

namespace Lockstep.Engine.Tests.Windows.Calculate;

/// <summary>A calculate window behind a source of the fields id, x and y, fed with numbers.</summary>
internal static class AlgorithmRun
{
    public const string Source = """
        <window-source name="s" insert-only="true" index="pi_EMPTY"><schema-string>id*:int64,x:double,y:double,n:int64,t:string</schema-string></window-source>
        """;

    /// <summary>The model.</summary>
    /// <param name="algorithm">The algorithm.</param>
    /// <param name="schema">Schema of the window.</param>
    /// <param name="parameters"><c>a=1;b=2</c>.</param>
    /// <param name="inputs">Roles, in the same form.</param>
    /// <param name="outputs">Roles, in the same form; a bare name is both role and field.</param>
    public static string Model(string algorithm, string schema, string parameters, string inputs, string outputs) => EngineRun.Query($"""
        {Source}
        <window-calculate name="c" algorithm="{algorithm}" index="pi_EMPTY"><schema-string>{schema}</schema-string>
          <parameters>{Properties(parameters)}</parameters>
          <input-map>{Properties(inputs)}</input-map>
          <output-map>{Properties(outputs)}</output-map>
        </window-calculate>
        """, "s>c");

    /// <summary>Lines of events of two series, NaN for a missing value.</summary>
    public static string[] Lines(double[] x, double[]? y = null) =>
        [.. x.Select((v, i) => string.Create(CultureInfo.InvariantCulture, $"i,n,{i},{Text(v)},{Text(y?[i] ?? double.NaN)}"))];

    /// <summary>The numbers of an output line from a place on; NaN for null.</summary>
    public static double[] Numbers(string line, int from) =>
        [.. line.Split(',')[(from + 2)..].Select(t => t == "-" ? double.NaN : double.Parse(t, CultureInfo.InvariantCulture))];

    public static double[] Items(string text) =>
        [.. text.Trim('[', ']').Split(';').Select(t => t.Length == 0 ? double.NaN : double.Parse(t, CultureInfo.InvariantCulture))];

    /// <summary>Random numbers, a share of them missing.</summary>
    public static double[] Series(int seed, int count, double missing = 0)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() < missing ? double.NaN : Math.Round((random.NextDouble() - 0.3) * 100, 3))];
    }

    public static void Near(double expected, double actual, string where, double precision = 1e-9) => Assert.True(
        double.IsNaN(expected) ? double.IsNaN(actual) : Math.Abs(expected - actual) <= precision * (1 + Math.Abs(expected)),
        $"{where}: expected {expected:R}, got {actual:R}");

    public static void Near(double[] expected, double[] actual, string where, double precision = 1e-9)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Near(expected[i], actual[i], $"{where}, number {i}", precision);
        }
    }

    /// <summary>Runs a model half-way, goes on from a snapshot, and compares output and digest to the end.</summary>
    public static void RestoresTo(string model, string[] lines, string window = "c")
    {
        var run = new EngineRun(model);
        run.Publish("s", lines.AsSpan(0, lines.Length / 2));
        var before = run.Take(window);
        var restored = RestoredRun.Of(run, model);
        foreach (var engine in new[] { run, restored })
        {
            engine.At(1).Publish("s", lines.AsSpan(lines.Length / 2));
        }

        var after = run.Take(window);
        Assert.NotEmpty(before.Concat(after));
        Assert.Equal(after, restored.Take(window));
        Assert.Equal(run.Engine.Digest(), restored.Engine.Digest());
    }

    private static string Text(double value) => double.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Properties(string list) => "<properties>" + string.Concat(list.Split(';', StringSplitOptions.RemoveEmptyEntries)
        .Select(p => p.Split('=')).Select(p => $"<property name='{p[0]}'>{p[^1]}</property>")) + "</properties>";
}
