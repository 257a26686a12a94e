using System.Globalization;
using static Lockstep.Engine.Tests.Windows.Calculate.AlgorithmRun;

namespace Lockstep.Engine.Tests.Windows.Models;

/// <summary>Train and score windows: when models leave, what scores follow from them, and that both go on after a restore.</summary>
public sealed class ModelWindowTests
{
    private const string Clusters = "labelOut=label;minDistanceOut=distance;modelIdOut=model";

    private static string Model(string algorithm, string parameters, string trainInputs, string scoreInputs, string outputs,
        string scoreSchema) => EngineRun.Query($"""
        <window-source name="s" insert-only="true" index="pi_EMPTY"><schema-string>id*:int64,x:double,y:double,z:double</schema-string></window-source>
        <window-train name="t" algorithm="{algorithm}"><parameters>{Properties(parameters)}</parameters>
          <input-map>{Properties(trainInputs)}</input-map></window-train>
        <window-score name="c"><schema-string>{scoreSchema}</schema-string><models><online algorithm="{algorithm}">
          <input-map>{Properties(scoreInputs)}</input-map><output-map>{Properties(outputs)}</output-map></online></models></window-score>
        """, "s>t s>c t>c");

    private static string Properties(string list) => "<properties>" + string.Concat(list.Split(';', StringSplitOptions.RemoveEmptyEntries)
        .Select(p => p.Split('=')).Select(p => $"<property name='{p[0]}'>{p[1]}</property>")) + "</properties>";

    private static string KMeans(string parameters) => Model("KMEANS", parameters, "inputs=x, y", "inputs=x,y", Clusters,
        "id*:int64,x:double,label:int32,distance:double,model:int64");

    private static string Line(int id, params double[] values) =>
        string.Create(CultureInfo.InvariantCulture, $"i,n,{id},{string.Join(',', values.Select(v => v.ToString("R", CultureInfo.InvariantCulture)))}");

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Two groups of points, taking turns: around (-10, 0) and (10, 5).</summary>
    private static string[] Points(int count) => [.. Series(31, 2 * count).Chunk(2).Select((v, i) =>
        Line(i, (i % 2 == 0 ? -10 : 10) + (v[0] / 100), (i % 2 == 0 ? 0 : 5) + (v[1] / 100)))];

    private static EngineRun Feed(EngineRun run, IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            run.Publish("s", line);
        }

        return run;
    }

    [Fact]
    public void Models_leave_after_the_first_events_and_then_by_the_interval()
    {
        var run = Feed(new EngineRun(KMeans("nInit=50;velocity=5;commitInterval=25")).At(3), Points(2200));

        var models = run.Take("t");
        Assert.Equal(18, models.Length);
        Assert.Equal("I,N,0,cq/t#0,cq/t,50,3000000,-", models[0]);
        Assert.Equal("I,N,17,cq/t#17,cq/t,2175,3000000,-", models[17]);
        var scores = run.Take("c").Select(l => l.Split(',')).ToArray();
        Assert.Equal(2150, scores.Length);
        Assert.Equal("50", scores[0][2]);
        Assert.All(scores, s => Assert.Equal((Whole(s[2]) - 50) / 125, Whole(s[6])));
    }

    [Fact]
    public void Scores_are_label_and_distance_of_the_nearest_centre()
    {
        var scores = Feed(new EngineRun(KMeans("nInit=20;commitInterval=10")), Points(200)).Take("c").Select(l => l.Split(',')).ToArray();

        var labels = scores.GroupBy(s => Whole(s[2]) % 2, s => s[4]).ToDictionary(g => g.Key, g => g.Distinct().ToArray());
        Assert.Equal(["0"], labels[0]);
        Assert.Equal(["1"], labels[1]);
        Assert.All(scores, s => Assert.InRange(double.Parse(s[5], CultureInfo.InvariantCulture), 0, 1.2));

        // One cluster without damping: the centre is the mean of all events before.
        double[] x = [1, 2, 6, 4, 9];
        var mean = new EngineRun(Model("KMEANS", "nClusters=1;nInit=2;commitInterval=1;dampingFactor=1", "inputs=x", "inputs=x", Clusters,
            "id*:int64,label:int32,distance:double,model:int64"));
        var distances = Feed(mean, x.Select((v, i) => Line(i, v))).Take("c").Select(l => Numbers(l, 0)[2]).ToArray();
        Near([4.5, 1, 5.75], distances, "distances");
    }

    [Fact]
    public void A_centre_that_gets_nothing_is_given_up()
    {
        var lines = Points(40).Concat(Enumerable.Range(40, 400).Select(i => Line(i, 30 + (i % 2 * 10), 0)));
        var last = Feed(new EngineRun(KMeans("nInit=40;commitInterval=5;dampingFactor=0.8;fadeOutFactor=0.05;disturbFactor=0.01")), lines)
            .Take("c")[^20..].Select(l => l.Split(',')).ToArray();

        Assert.Equal(2, last.Select(l => l[4]).Distinct().Count());
        Assert.All(last, l => Assert.InRange(double.Parse(l[5], CultureInfo.InvariantCulture), 0, 0.5));
    }

    [Fact]
    public void Dense_groups_of_any_shape_are_clusters()
    {
        // A ring and a spot in its middle: no centres tell them apart.
        var random = Series(5, 1200);
        var lines = Enumerable.Range(0, 600).Select(i => i % 2 == 0
            ? Line(i, 10 * Math.Cos(i * 0.7), 10 * Math.Sin(i * 0.7))
            : Line(i, random[i] / 100, random[i + 600] / 100));
        var run = Feed(new EngineRun(Model("DBSCAN", "epsilon=1.5;mu=2;beta=0.6;lambda=0.01;reclusterFactor=5;nInit=300;velocity=5;commitInterval=20",
            "inputs=x,y", "inputs=x,y", Clusters, "id*:int64,label:int32,distance:double,model:int64")), lines);

        var labels = run.Take("c").Select(l => l.Split(',')).GroupBy(l => (Model: l[5], Odd: Whole(l[2]) % 2), l => l[3]);
        Assert.All(labels, group => Assert.Single(group.Distinct()));
        Assert.Equal(2, labels.Where(g => g.Key.Model == "1").SelectMany(g => g).Distinct().Count());
    }

    [Fact]
    public void A_linear_relation_is_learned_and_the_target_among_the_inputs_does_not_count()
    {
        var (x, y) = (Series(1, 60), Series(2, 60));
        var lines = x.Select((v, i) => Line(i, v, y[i], 3 + (2 * v) - (0.5 * y[i])));
        var run = Feed(new EngineRun(Model("LinearRegression", "nInit=20;commitInterval=10", "inputs=z,x,y;target=z", "inputs=z,x,y",
            "yPredictOut=p;modelIdOut=m", "id*:int64,z:double,p:double,m:int64")), lines);

        Assert.Equal(5, run.Take("t").Length);
        var scores = run.Take("c");
        Assert.Equal(40, scores.Length);
        Assert.All(scores, s => Near(Numbers(s, 1)[0], Numbers(s, 1)[1], s, 1e-8));

        // A variable that never changes and one that repeats another do no harm.
        var flat = Feed(new EngineRun(Model("LinearRegression", "nInit=20;commitInterval=10", "inputs=x,y;target=z", "inputs=x,y",
            "yPredictOut=p", "id*:int64,p:double")), x.Select((v, i) => Line(i, 4, v, 2 * v)));
        Assert.All(flat.Take("c"), s => Near(2 * x[(int)Numbers(s, 0)[0]], Numbers(s, 1)[0], s, 1e-8));
    }

    [Theory]
    [InlineData("LogisticRegression")]
    [InlineData("SVM")]
    public void Classes_are_told_apart(string algorithm)
    {
        var (x, y) = (Series(1, 3000), Series(2, 3000));
        var lines = x.Select((v, i) => Line(i, v, 1000 * y[i], v - y[i] > 5 ? 1 : 0));
        var run = Feed(new EngineRun(Model(algorithm, "nInit=2000;commitInterval=500", "inputs=x,y;target=z", "inputs=x,y",
            "yPredictOut=p;modelIdOut=m", "id*:int64,z:double,p:double,m:int64")), lines);

        var scores = run.Take("c").Select(l => Numbers(l, 1)).ToArray();
        Assert.Equal(1000, scores.Length);
        var right = scores.Count(s => s[1] > (algorithm == "SVM" ? 0 : 0.5) == (s[0] == 1));
        Assert.True(right > 900, $"{right} of 1000");
    }

    [Theory]
    [InlineData("KMEANS", "nInit=20;commitInterval=6;velocity=3")]
    [InlineData("KMEANS", "nInit=80;commitInterval=6")]
    [InlineData("DBSCAN", "epsilon=0.3;nInit=20;commitInterval=6;lambda=0.2")]
    [InlineData("LinearRegression", "nInit=20;commitInterval=6;dampingFactor=0.7")]
    [InlineData("LogisticRegression", "nInit=20;commitInterval=6;dampingFactor=0.7")]
    [InlineData("SVM", "nInit=20;commitInterval=6")]
    [InlineData("TSNE", "nInit=20;commitInterval=6;nLandmarks=30;maxIters=50")]
    public void Restored_windows_go_on(string algorithm, string parameters)
    {
        var target = algorithm is "KMEANS" or "DBSCAN" or "TSNE" ? "" : ";target=z";
        var outputs = algorithm == "TSNE" ? "embeddingOut2=distance;modelIdOut=model"
            : target.Length == 0 ? Clusters : "yPredictOut=distance;modelIdOut=model";
        var model = Model(algorithm, parameters, $"inputs=x,y{target}", "inputs=x,y", outputs,
            "id*:int64,label:int32,distance:double,model:int64");
        var lines = Points(120).Select((l, i) => string.Create(CultureInfo.InvariantCulture, $"{l},{i % 2}")).ToArray();
        var run = Feed(new EngineRun(model), lines[..70]);
        run.Take("c");
        var restored = RestoredRun.Of(run, model);
        foreach (var engine in new[] { run, restored })
        {
            Feed(engine.At(1), lines[70..]);
        }

        var after = run.Take("c");
        Assert.NotEmpty(after);
        Assert.Equal(after, restored.Take("c"));
        Assert.Equal(run.Engine.Digest(), restored.Engine.Digest());
    }

    [Fact]
    public void Places_in_few_dimensions_are_near_where_events_are()
    {
        var run = Feed(new EngineRun(Model("TSNE", "nDims=2;nLandmarks=40;perplexity=10;learnRate=20;maxIters=400;nInit=40;commitInterval=30",
            "inputs=x,y", "inputs=x,y", "embeddingOut1=a;embeddingOut2=b;embeddingOut=all;modelIdOut=model",
            "id*:int64,a:double,b:double,all:array(dbl),model:int64")), Points(120));

        Assert.Equal(3, run.Take("t").Length);
        var scores = run.Take("c").Select(l => l.Split(',')).ToArray();
        Assert.Equal(80, scores.Length);
        Assert.Equal(Enumerable.Range(0, 80).Select(i => (i / 30).ToString(CultureInfo.InvariantCulture)), scores.Select(s => s[^1]));
        Assert.All(scores, s => Assert.Equal($"[{s[3]};{s[4]}]", s[5]));
        var ends = scores[..30].GroupBy(s => Whole(s[2]) % 2, s => double.Parse(s[3], CultureInfo.InvariantCulture)
            + (1000 * double.Parse(s[4], CultureInfo.InvariantCulture))).Select(g => (g.Min(), g.Max())).ToArray();
        Assert.True(ends[0].Item2 < ends[1].Item1 || ends[1].Item2 < ends[0].Item1, string.Join(", ", ends));
    }

    [Fact]
    public void Events_with_a_missing_value_teach_nothing_and_leave_without_score()
    {
        var run = Feed(new EngineRun(KMeans("nInit=2;commitInterval=1;nClusters=1")), ["i,n,1,1,1", "i,n,2,,1", "i,n,3,1,1", "i,n,4,,2"]);

        Assert.Single(run.Take("t"));
        Assert.Equal(["I,N,4,-,-,-,0"], run.Take("c"));
    }

    [Fact]
    public void A_score_window_needs_a_train_window_that_fits()
    {
        var model = KMeans("nInit=5");
        foreach (var (wrong, code) in new[]
        {
            (model.Replace("source=\"t\"", "source=\"s\"", StringComparison.Ordinal), "LS2305"),
            (model.Replace("'inputs'>x,y", "'inputs'>x", StringComparison.Ordinal), "LS2305"),
            (model.Replace("'nInit'>5", "'nInit'>1", StringComparison.Ordinal), "LS2302"),
        })
        {
            Assert.Contains(Lockstep.Engine.Execution.ProjectEngine.Build(EngineRun.Read(wrong)).Problems, p => p.Code == code);
        }
    }
}
