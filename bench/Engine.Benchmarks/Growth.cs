using System.Diagnostics;
using System.Globalization;
using System.Text;
using Lockstep.Contracts.Events;
using Lockstep.Engine.Execution;

namespace Lockstep.Engine.Benchmarks;

/// <summary>
/// How cost grows with the number of events and with the length of windows: medians of several runs, as csv and as an SVG with two
/// panels. Both axes are logarithmic: a slope of 1 is linear, a level line is O(1).
/// </summary>
internal static class Growth
{
    private const int Rows = 512;
    private const int Repeats = 21;
    private static readonly string[] Colours = ["#0072b2", "#d55e00", "#009e73"];

    private static readonly (string Name, Func<int, (ProjectEngine, WindowId)> Build)[] Graph =
    [
        ("Summary, all results", length => Graphs.Build(Source + Summary(length), "s>c")),
        ("copy by count, aggregate count and sum", length => Graphs.Build(Source + Copy(length) + Aggregate("ESP_aCount()", "ESP_aSum(x)"), "s>save save>a")),
        ("copy by count, aggregate min and max", length => Graphs.Build(Source + Copy(length) + Aggregate("ESP_aMin(x)", "ESP_aMax(x)"), "s>save save>a")),
    ];

    private const string Source = """
        <window-source name="s" insert-only="true" autogen-key="true" index="pi_EMPTY">
          <schema-string>id*:int64,k:string,x:double</schema-string></window-source>
        """;

    /// <summary>Measures and writes <c>growth.csv</c> and <c>growth.svg</c>.</summary>
    public static void Write(string folder)
    {
        int[] events = [1_000, 10_000, 100_000, 1_000_000];
        int[] lengths = [10, 100, 1_000, 10_000, 100_000];
        var csv = new StringBuilder("graph,window length,events,milliseconds,ns an event\n");
        var byEvents = new List<(string, List<(double, double)>)>();
        var byLength = new List<(string, List<(double, double)>)>();
        foreach (var (name, build) in Graph)
        {
            byEvents.Add((name, [.. events.Select(n => ((double)n, Measure(csv, name, build, 100, n)))]));
            byLength.Add((name, [.. lengths.Select(n => ((double)n, Measure(csv, name, build, n, 200_000) * 1e6 / 200_000))]));
        }

        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "growth.csv"), csv.ToString());
        File.WriteAllText(Path.Combine(folder, "growth.svg"), Draw(byEvents, byLength));
        Console.Write(csv);
    }

    private static double Measure(StringBuilder csv, string name, Func<int, (ProjectEngine, WindowId)> build, int length, int events)
    {
        var (engine, source) = build(length);
        var block = new EventBlock(engine.SchemaOf(source), Rows);
        var random = new Random(1);
        for (var i = 0; i < Rows; i++)
        {
            block.AppendObjects(Opcode.Insert, EventFlags.None, null, $"key-{random.Next(100)}", random.NextDouble());
        }

        var output = new NullOutput();
        var sequence = 0L;
        Run(Math.Max(length, 250_000) * 2);
        var times = Enumerable.Range(0, Repeats).Select(_ => Run(events)).Order().ToArray();
        var median = times[Repeats / 2];
        csv.Append(CultureInfo.InvariantCulture, $"\"{name}\",{length},{events},{median:F3},{median * 1e6 / events:F1}\n");
        return median;

        double Run(int count)
        {
            var start = Stopwatch.GetTimestamp();
            for (var done = 0; done < count; done += Rows)
            {
                engine.Begin(new StepTime(++sequence, 1, sequence));
                engine.Publish(source, block, output);
                engine.Tick(output);
            }

            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
    }

    private static string Summary(int length)
    {
        string[] results = ["n", "min", "max", "sum", "mean", "std", "var", "css", "uss", "stderr", "cv"];
        return $"""
            <window-calculate name="c" algorithm="Summary"><schema-string>id*:int64,{string.Join(',', results.Select(r => r + ":double"))}</schema-string>
            <parameters><properties><property name="windowLength">{length}</property></properties></parameters>
            <input-map><properties><property name="input">x</property></properties></input-map>
            <output-map><properties>{string.Concat(results.Select(r => $"<property name=\"{r}Out\">{r}</property>"))}</properties></output-map></window-calculate>
            """;
    }

    private static string Copy(int length) =>
        $"""<window-copy name="save"><retention type="bycount_sliding">{length}</retention></window-copy>""";

    private static string Aggregate(string first, string second) => $"""
        <window-aggregate name="a"><schema-string>k*:string,first:double,second:double</schema-string>
        <output><field-expr>{first}</field-expr><field-expr>{second}</field-expr></output></window-aggregate>
        """;

    private static string Draw(List<(string, List<(double, double)>)> byEvents, List<(string, List<(double, double)>)> byLength)
    {
        var svg = new StringBuilder("""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 880 420" font-family="sans-serif" font-size="12">""");
        svg.Append("""<rect width="880" height="420" fill="#ffffff"/>""");
        Panel(svg, 60, "time of so many events, ms (window of 100)", "events", byEvents);
        Panel(svg, 500, "ns an event", "length of the window, events", byLength);
        for (var i = 0; i < byEvents.Count; i++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"""<circle cx="{70 + (i * 270)}" cy="400" r="4" fill="{Colours[i]}"/>""")
                .Append(CultureInfo.InvariantCulture, $"""<text x="{80 + (i * 270)}" y="404">{byEvents[i].Item1}</text>""");
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void Panel(StringBuilder svg, int left, string title, string axis, List<(string, List<(double X, double Y)>)> lines)
    {
        const int width = 350, height = 290, top = 40;
        var points = lines.SelectMany(l => l.Item2).ToList();
        var (x0, x1) = (Math.Floor(Math.Log10(points.Min(p => p.X))), Math.Ceiling(Math.Log10(points.Max(p => p.X))));
        var (y0, y1) = (Math.Floor(Math.Log10(points.Min(p => p.Y))), Math.Ceiling(Math.Log10(points.Max(p => p.Y))));
        double X(double value) => left + ((Math.Log10(value) - x0) / (x1 - x0) * width);
        double Y(double value) => top + height - ((Math.Log10(value) - y0) / (y1 - y0) * height);
        svg.Append(CultureInfo.InvariantCulture, $"""<text x="{left}" y="24">{title}</text><text x="{left + width}" y="{top + height + 36}" text-anchor="end">{axis}</text>""");
        for (var at = x0; at <= x1; at++)
        {
            var x = X(Math.Pow(10, at));
            svg.Append(CultureInfo.InvariantCulture, $"""<path d="M{x:F1} {top}V{top + height}" stroke="#dddddd"/><text x="{x:F1}" y="{top + height + 18}" text-anchor="middle">{Math.Pow(10, at):N0}</text>""");
        }

        for (var at = y0; at <= y1; at++)
        {
            var y = Y(Math.Pow(10, at));
            svg.Append(CultureInfo.InvariantCulture, $"""<path d="M{left} {y:F1}h{width}" stroke="#dddddd"/><text x="{left - 6}" y="{y + 4:F1}" text-anchor="end">{Math.Pow(10, at):G4}</text>""");
        }

        for (var i = 0; i < lines.Count; i++)
        {
            var path = string.Join('L', lines[i].Item2.Select(p => string.Create(CultureInfo.InvariantCulture, $"{X(p.X):F1} {Y(p.Y):F1}")));
            svg.Append(CultureInfo.InvariantCulture, $"""<path d="M{path}" fill="none" stroke="{Colours[i]}" stroke-width="2"/>""");
            foreach (var (x, y) in lines[i].Item2)
            {
                svg.Append(CultureInfo.InvariantCulture, $"""<circle cx="{X(x):F1}" cy="{Y(y):F1}" r="3.5" fill="{Colours[i]}"/>""");
            }
        }
    }
}
