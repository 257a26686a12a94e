using System.Globalization;
using static Lockstep.Engine.Tests.Windows.Calculate.AlgorithmRun;

namespace Lockstep.Engine.Tests.Windows.Calculate;

/// <summary>Correlations, FitStat, ROC, Histogram, DistributionFitting and ChangeDetection against what plain loops give.</summary>
public sealed class StatisticTests
{
    private static double Pearson(double[] x, double[] y)
    {
        var pairs = x.Zip(y).Where(p => !double.IsNaN(p.First) && !double.IsNaN(p.Second)).ToArray();
        if (pairs.Length < 2 || pairs.All(p => p.First == pairs[0].First) || pairs.All(p => p.Second == pairs[0].Second))
        {
            return double.NaN;
        }

        var (mx, my) = (pairs.Average(p => p.First), pairs.Average(p => p.Second));
        return pairs.Sum(p => (p.First - mx) * (p.Second - my))
            / Math.Sqrt(pairs.Sum(p => (p.First - mx) * (p.First - mx)) * pairs.Sum(p => (p.Second - my) * (p.Second - my)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(9)]
    public void Correlation_slides_and_leaves_missing_pairs_out(int length)
    {
        var (x, y) = (Series(1, 200, 0.1), Series(2, 200, 0.1));
        Array.Fill(x, 1e9, 50, 30);
        var run = new EngineRun(Model("Correlation", "id*:int64,c:double", $"windowLength={length}", "x=x;y=y", "corOut=c"));
        var lines = run.Publish("s", Lines(x, y)).Take("c");

        for (var i = 0; i < 200; i++)
        {
            var start = length == 0 ? 0 : Math.Max(0, i + 1 - length);
            Near(Pearson(x[start..(i + 1)], y[start..(i + 1)]), Numbers(lines[i], 1)[0], $"event {i}", 1e-7);
        }
    }

    [Fact]
    public void Segments_of_one_size_are_compared_with_those_before()
    {
        var x = Series(3, 40, 0.05);
        var run = new EngineRun(Model("SegmentedCorrelation", "id*:int64,c:double", "sampleSize=6", "x=x", "corOut=c"));
        var lines = run.Publish("s", Lines(x)).Take("c");

        Assert.Equal(["11", "17", "23", "29", "35"], lines.Select(l => l.Split(',')[2]));
        for (var i = 0; i < lines.Length; i++)
        {
            Near(Pearson(x[(6 * i)..(6 * (i + 1))], x[(6 * (i + 1))..(6 * (i + 2))]), Numbers(lines[i], 1)[0], $"segment {i}");
        }
    }

    [Fact]
    public void Marked_segments_are_compared_part_by_part()
    {
        // Segments of 7, 5 and 4 samples in parts of 3: 3+3+1, 3+2, 3+1. A part of one sample has no correlation.
        double[] x = [1, 4, 2, 8, 5, 7, 3, 9, 6, 2, 4, 4.5, 1, 0, 3, 5];
        double[] starts = [1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0];
        var run = new EngineRun(Model("SegmentedCorrelation", "id*:int64,c:double", "sampleSize=3;minSize=2", "x=x;indicator=y", "corOut=c"));
        var lines = run.Publish("s", Lines(x, starts)).Take("c");

        Assert.Equal(["9", "12", "14"], lines.Select(l => l.Split(',')[2]));
        Near(Pearson(x[..3], x[7..10]), Numbers(lines[0], 1)[0], "first parts");
        Near(Pearson(x[3..5], x[10..12]), Numbers(lines[1], 1)[0], "second parts");
        Near(Pearson(x[7..10], x[12..15]), Numbers(lines[2], 1)[0], "first parts again");

        var whole = new EngineRun(Model("SegmentedCorrelation", "id*:int64,c:double", "", "x=x;indicator=y", "corOut=c"));
        var one = Assert.Single(whole.Publish("s", Lines(x, starts)).Take("c"));
        Near(Pearson(x[..5], x[7..12]), Numbers(one, 1)[0], "whole segments");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void Fit_of_a_regression(int length)
    {
        const string Names = "nOut;nmissOut;aseOut;divOut;raseOut;mceOut;mcllOut;maeOut;rmaeOut;msleOut;rmsleOut";
        var (p, r) = (Series(5, 120, 0.1).Select(v => v / 25).ToArray(), Series(6, 120, 0.1).Select(v => v / 25).ToArray());
        var run = new EngineRun(Model("FitStat", "id*:int64," + string.Join(',', Names.Split(';').Select(n => n + ":double")),
            $"windowLength={length}", "inputs=x;response=y", Names));
        var lines = run.Publish("s", Lines(p, r)).Take("c");

        for (var i = 0; i < 120; i++)
        {
            var start = length == 0 ? 0 : Math.Max(0, i + 1 - length);
            var all = p[start..(i + 1)].Zip(r[start..(i + 1)]).ToArray();
            var pairs = all.Where(v => !double.IsNaN(v.First + v.Second)).ToArray();
            double Mean(Func<(double First, double Second), double> f) => pairs.Length == 0 ? double.NaN : pairs.Average(f);
            var (ase, mae) = (Mean(v => Math.Pow(v.First - v.Second, 2)), Mean(v => Math.Abs(v.First - v.Second)));
            var msle = pairs.Any(v => v.First <= -1 || v.Second <= -1) ? double.NaN
                : Mean(v => Math.Pow(Math.Log(1 + v.First) - Math.Log(1 + v.Second), 2));
            double[] expected = [pairs.Length, all.Length - pairs.Length, ase, pairs.Length == 0 ? double.NaN : pairs.Length,
                Math.Sqrt(ase), double.NaN, double.NaN, mae, Math.Sqrt(mae), msle, Math.Sqrt(msle)];
            Near(expected, Numbers(lines[i], 1), $"event {i}", 1e-8);
        }
    }

    [Fact]
    public void Fit_of_a_classification()
    {
        var run = new EngineRun(EngineRun.Query("""
            <window-source name="s"><schema-string>id*:int64,y:string,p_a:double,p_b:double</schema-string></window-source>
            <window-calculate name="c" algorithm="FitStat">
              <schema-string>id*:int64,n:int64,miss:int64,ase:double,div:double,mce:double,mcll:double</schema-string>
              <input-map><properties><property name="inputs">p_a, p_b</property><property name="response">y</property></properties></input-map>
              <output-map><properties><property name="nOut">n</property><property name="nmissOut">miss</property><property name="aseOut">ase</property>
                <property name="divOut">div</property><property name="mceOut">mce</property><property name="mcllOut">mcll</property></properties></output-map>
            </window-calculate>
            """, "s>c"));
        var lines = run.Publish("s", "i,n,1,A,0.75,0.25", "i,n,2,b,0.6,0.4", "i,n,3,,1,0", "i,n,4,other,0.5,0.5").Take("c");

        Assert.Equal("I,N,1,1,0,0.0625,2,0,0.2876820724517809", lines[0]);
        Near([2, 2, 0, ((2 * 0.0625) + (2 * 0.36)) / 4, 4, 0.5, -(Math.Log(0.75) + Math.Log(0.4)) / 2], Numbers(lines[1], 0), "two events");
        Near(Numbers(lines[1], 3), Numbers(lines[2], 3), "missing response");
        // A response that no name tells is the first such one, so it takes the first input.
        Near(3, Numbers(lines[3], 1)[0], "another response");
    }

    [Fact]
    public void Roc_counts_at_each_cut_off()
    {
        var random = new Random(8);
        var p = Enumerable.Range(0, 60).Select(_ => Math.Round(random.NextDouble(), 2)).ToArray();
        var good = p.Select(v => random.NextDouble() < v ? 1.0 : 0.0).ToArray();
        const string Names = "cutOffOut;tpOut;fpOut;fnOut;tnOut;sensitivityOut;specificityOut;ks2Out;fprOut;accOut;f1Out;fHalfOut;"
            + "cOut;giniOut;tauOut;miscEventOut";
        var run = new EngineRun(Model("ROC", "id*:int64,binIdOut*:int64," + string.Join(',', Names.Split(';').Select(n => n + ":double")) + ",ksOut:int32",
            "cutStep=0.1;event=1", "input=x;response=y", Names + ";binIdOut;ksOut"));
        var lines = run.Publish("s", Lines(p, good)).Take("c");

        Assert.Equal(600, lines.Length);
        var rows = lines[590..].Select(l => Numbers(l, 0)).ToArray();
        var events = p.Zip(good).Where(v => v.Second == 1).Select(v => v.First).ToArray();
        var others = p.Zip(good).Where(v => v.Second == 0).Select(v => v.First).ToArray();
        int BinOf(double v) => Enumerable.Range(0, 10).Last(b => v >= b * 0.1);
        var pairs = (double)events.Length * others.Length;
        var concordant = events.Sum(e => (double)others.Count(o => BinOf(e) > BinOf(o)));
        var discordant = events.Sum(e => (double)others.Count(o => BinOf(e) < BinOf(o)));
        for (var bin = 0; bin < 10; bin++)
        {
            double tp = events.Count(v => BinOf(v) >= bin), fp = others.Count(v => BinOf(v) >= bin);
            double fn = events.Length - tp, tn = others.Length - fp;
            var (recall, precision) = (tp / (tp + fn), tp / (tp + fp));
            double[] expected = [59, bin, bin * 0.1, tp, fp, fn, tn, recall, tn / (tn + fp), recall - (fp / (fp + tn)), fp / (fp + tn),
                (tp + tn) / 60,
                2 * precision * recall / (precision + recall), 1.25 * precision * recall / ((0.25 * precision) + recall),
                (concordant + ((pairs - concordant - discordant) / 2)) / pairs, (concordant - discordant) / pairs,
                (concordant - discordant) / (60 * 59 / 2), (fp + fn) / 60];
            Near(expected, rows[bin][..18], $"cut-off {bin}");
        }

        Assert.Equal(1, rows.Sum(r => r[18]));
        Assert.Equal(rows.Max(r => r[9]), rows.Single(r => r[18] == 1)[9]);
    }

    [Fact]
    public void Histogram_holds_all_values_until_there_are_too_many()
    {
        var run = new EngineRun(Model("Histogram", "id*:int64,c:array(dbl),h:array(dbl),q:array(dbl)",
            "nBins=3;quantileList=0,0.5,1;reportInterval=2", "input=x", "binCentersOut=c[1-20];binHeightsOut=h;quantilesOut=q"));
        var lines = run.Publish("s", Lines([5, 1, double.NaN, 9, 4, 4])).Take("c");

        Assert.Equal(["I,N,1,[1;5],[1;1],[1;3;5]", "I,N,3,[1;5;9],[1;1;1],[1;5;9]"], lines[..2]);
        Assert.StartsWith("I,N,5,[1;4.333333333333333;9],[1;3;1],", lines[2], StringComparison.Ordinal);

        var fading = new EngineRun(Model("Histogram", "id*:int64,h:array(dbl)", "nBins=5;alpha=0.5", "input=x", "binHeightsOut=h"));
        var weights = fading.Publish("s", Lines([1, 2, 3])).Take("c")[^1];
        Near([0.25, 0.5, 1], Items(weights.Split(',')[3]), "weights");
    }

    [Fact]
    public void Histogram_merges_the_nearest_and_keeps_the_weight()
    {
        var values = Series(9, 500);
        var run = new EngineRun(Model("Histogram", "id*:int64,c:array(dbl),h:array(dbl),q:double", "nBins=40;quantileList=0.5",
            "input=x", "binCentersOut=c;binHeightsOut=h;quantilesOut=q"));
        var last = run.Publish("s", Lines(values)).Take("c")[^1].Split(',');

        var (centers, heights) = (Items(last[3]), Items(last[4]));
        Assert.Equal(40, centers.Length);
        Assert.Equal(centers.Order(), centers);
        Near(500, heights.Sum(), "weight");
        Near(values.Sum(), centers.Zip(heights).Sum(b => b.First * b.Second), "centre of mass", 1e-9);
        Assert.Equal(values.Order().ElementAt(250), double.Parse(last[5], CultureInfo.InvariantCulture), 3.0);
    }

    [Fact]
    public void Normal_fits_are_mean_and_deviation_of_each_window()
    {
        var values = Series(10, 30);
        var run = new EngineRun(Model("DistributionFitting", "id*:int64,b:double,a:double,m:double,c:int64",
            "windowLength=6;overlap=2;distribution=Normal", "x=x", "betaOut=b;alphaOut=a;muOut=m;convergeOut=c"));
        var lines = run.Publish("s", Lines(values)).Take("c");

        Assert.Equal(["5", "9", "13", "17", "21", "25", "29"], lines.Select(l => l.Split(',')[2]));
        for (var i = 0; i < lines.Length; i++)
        {
            var window = values[(4 * i)..((4 * i) + 6)];
            var mean = window.Average();
            Near([double.NaN, Math.Sqrt(window.Average(v => (v - mean) * (v - mean))), mean, 1], Numbers(lines[i], 1), $"window {i}");
        }
    }

    [Fact]
    public void Weibull_and_gamma_say_when_there_is_no_fit()
    {
        foreach (var distribution in new[] { "Weibull", "gamma" })
        {
            var run = new EngineRun(Model("DistributionFitting", "id*:int64,b:double,a:double,m:double,c:int64",
                $"windowLength=4;overlap=3;distribution={distribution}", "x=x", "betaOut=b;alphaOut=a;muOut=m;convergeOut=c"));
            var lines = run.Publish("s", Lines([2, 2, 2, 2, 3, 5, -1])).Take("c");

            Assert.Equal("I,N,3,-,-,-,0", lines[0]);
            Assert.EndsWith(",0,1", lines[2], StringComparison.Ordinal);
            Near(-2.5, Numbers(lines[3], 1)[2], "location below the smallest");
        }
    }

    [Fact]
    public void A_change_of_the_distribution_is_found_and_then_all_begins_anew()
    {
        var values = Series(12, 900).Select((v, i) => i < 500 ? v : v + 200).ToArray();
        const string Outputs = "evaluatedOut=e;changeValueOut=v;changeDetectedOut=d";
        var run = new EngineRun(Model("ChangeDetection", "id*:int64,e:int32,v:double,d:int32",
            "maxBins=10;refWindowSize=100;maxEvalSteps=20;slidingAlpha=0.95;changeThreshold=0.2", "input=x", Outputs));
        var rows = run.Publish("s", Lines(values)).Take("c").Select(l => Numbers(l, 0)).ToArray();

        Assert.All(rows, r => Assert.Equal(1, r[1]));
        Assert.Equal(119, rows[0][0]);
        var change = Assert.Single(rows, r => r[3] == 1);
        Assert.InRange(change[0], 500, 560);
        Near(Divergence(values[..100], values[100..((int)change[0] + 1)], 10, 0.95), change[2], "change value", 1e-9);
        Assert.Equal(change[0] + 120, rows.First(r => r[0] > change[0])[0]);

        var quiet = new EngineRun(Model("ChangeDetection", "id*:int64,e:int32,v:double,d:int32",
            "maxBins=10;refWindowSize=100;maxEvalSteps=20;adaptiveEval=1;showEval=0;slidingAlpha=0.95;changeThreshold=0.2", "input=x", Outputs));
        Assert.Single(quiet.Publish("s", Lines(values)).Take("c"));
        var all = new EngineRun(Model("ChangeDetection", "id*:int64,e:int32,v:double,d:int32", "refWindowSize=5;showAll=1", "input=x", Outputs));
        Assert.Equal(["I,N,0,0,-,0", "I,N,1,0,-,0"], all.Publish("s", Lines([1, double.NaN])).Take("c"));
    }

    [Fact]
    public void Restored_windows_go_on()
    {
        var lines = Lines(Series(1, 70, 0.1), Series(2, 70, 0.1));
        RestoresTo(Model("Correlation", "id*:int64,c:double", "windowLength=9", "x=x;y=y", "corOut=c"), lines);
        RestoresTo(Model("SegmentedCorrelation", "id*:int64,c:double", "sampleSize=6", "x=x", "corOut=c"), lines);
        RestoresTo(Model("FitStat", "id*:int64,a:double,m:double", "windowLength=9", "inputs=x;response=y", "aseOut=a;msleOut=m"), lines);
        RestoresTo(Model("FitStat", "id*:int64,a:double,m:double", "", "inputs=x,y;response=n", "aseOut=a;mceOut=m"),
            [.. lines.Select((l, i) => l + "," + (i % 3))]);
        RestoresTo(Model("ROC", "id*:int64,b*:int64,c:double", "cutStep=0.25;event=1", "input=x;response=n", "binIdOut=b;cOut=c"),
            [.. lines.Select((l, i) => l + "," + (i % 2))]);
        RestoresTo(Model("Histogram", "id*:int64,q:double", "nBins=8;halfLifeSteps=20;quantileList=0.3", "input=x", "quantilesOut=q"), lines);
        RestoresTo(Model("DistributionFitting", "id*:int64,a:double", "windowLength=9;overlap=4", "x=x", "alphaOut=a"), lines);
        RestoresTo(Model("ChangeDetection", "id*:int64,v:double", "nBins=5;refWindowSize=10;maxEvalSteps=4;adaptiveEval=1",
            "input=x", "changeValueOut=v"), lines);
    }

    private static double Divergence(double[] reference, double[] sliding, int bins, double share)
    {
        var (least, width) = (reference.Min(), (reference.Max() - reference.Min()) / bins);
        int BinOf(double v) => Math.Clamp((int)Math.Floor((v - least) / width), 0, bins - 1);
        var (p, q) = (new double[bins], new double[bins]);
        foreach (var value in reference)
        {
            p[BinOf(value)]++;
        }

        foreach (var value in sliding)
        {
            for (var i = 0; i < bins; i++)
            {
                q[i] *= share;
            }

            q[BinOf(value)]++;
        }

        var (sp, sq) = (p.Sum() + (bins / 2.0), q.Sum() + (bins / 2.0));
        double Kl(double[] a, double sa, double[] b, double sb) =>
            a.Zip(b).Sum(v => (v.First + 0.5) / sa * Math.Log((v.First + 0.5) / sa / ((v.Second + 0.5) / sb)));
        return Math.Abs(Kl(p, sp, q, sq) - Kl(q, sq, p, sp));
    }
}
