using Lockstep.Engine.Execution;
using Lockstep.Engine.Models;
using Lockstep.Engine.State;
using Lockstep.TestKit;

namespace Lockstep.Onnx.Tests;

/// <summary>
/// Score windows with models of files, through a whole project: what they compute of what types, by which edges models come, what stays over
/// a restart, and what is said of files and requests that are wrong.
/// </summary>
public sealed class ScoreTests : IDisposable
{
    private static readonly string[] TextLabels = ["c", "b", "a"];
    private static readonly long[] NumberLabels = [10, 9, -1];
    private readonly ScoreRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public void A_linear_model_scores_each_event_by_its_numbers()
    {
        _run.Write("m.onnx", OnnxFile.Linear([2, -0.5f, 10], 0.25f));
        _run.Start(ScoreRun.Model("x=a,b,c", "y=y;modelIdOut=model"));

        _run.Publish("i,n,1,1,2,3", "i,n,2,0,0,0", "i,n,3,,1,1", "i,n,4,-1.5,8,1e3");
        Assert.Equal(["I,N, 1,31.250000,0", "I,N, 2,0.250000,0", "I,N, 3,,0", "I,N, 4,9993.250000,0"], _run.Take("score"));
        Assert.Empty(_run.BadEvents);
        Assert.Equal(["I,N, 0,cq/reader#0,m.onnx,0,1,"], _run.Take("reader"));
    }

    [Fact]
    public void A_model_takes_arrays_and_gives_arrays()
    {
        var model = new OnnxFile().Input<double>("rows", -1, 2).Input<long>("whole", 2).Node("Neg", ["rows"], ["minus"])
            .Node("Abs", ["whole"], ["size"]).Output<double>("minus", -1, 2).Output<long>("size", 2);
        _run.Write("m.onnx", model);
        _run.Start(ScoreRun.Model("rows=v[1-1],a;whole=w", "minus=p,q;size=sizes", Schema + ",v:array(dbl),w:array(i64)",
            "id*:int64,p:double,q:double,sizes:array(i64)"));

        _run.Publish("i,n,1,1.5,,,[0.1;7],[-3;9007199254740991]", "i,n,2,1.5,,,[0.1],[]", "i,n,3,1.5,,,[],[1;2]", "i,n,4,1,,,[1],[1;]", "i,n,5,1,,,[1]");
        Assert.Equal(["I,N, 1,-0.100000,-1.500000,[3;9007199254740991]", "I,N, 3,,,", "I,N, 4,,,", "I,N, 5,,,"], _run.Take("score"));
        Assert.Contains("has 0 values for input 'whole', which is int64[2]: id=2", Assert.Single(_run.BadEvents), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "I,N, 1,0.500000,0.250000,0.125000")]
    [InlineData(true, "I,N, 1,0.125000,0.250000,0.500000")]
    public void Probabilities_of_a_classifier_come_in_the_order_of_their_labels(bool isText, string expected)
    {
        // As a converter of scikit-learn ends a classifier; labels stand in another order than their values.
        var file = new OnnxFile().Input<float>("x", -1, 3);
        _run.Write("m.onnx", isText
            ? file.Node("ZipMap", ["x"], ["p"], new Dictionary<string, object> { ["classlabels_strings"] = TextLabels }, "ai.onnx.ml")
                .MapSequenceOutput<string>("p")
            : file.Node("ZipMap", ["x"], ["p"], new Dictionary<string, object> { ["classlabels_int64s"] = NumberLabels }, "ai.onnx.ml")
                .MapSequenceOutput<long>("p"));
        var model = ScoreRun.Model("x=a,b,c", isText ? "p=p,q,r" : "p=r,q,p", output: "id*:int64,p:double,q:double,r:double");
        _run.Start(model);
        _run.Publish("i,n,1,0.5,0.25,0.125");
        Assert.Equal([expected], _run.Take("score"));
        Assert.Empty(_run.BadEvents);
    }

    [Fact]
    public void A_model_without_an_end_ends_the_engine_and_loses_no_event()
    {
        var body = new OnnxFile().Input<long>("i").Input<bool>("c", 1).Input<float>("v", 1)
            .Node("Identity", ["c"], ["on"]).Node("Identity", ["v"], ["same"]).Output<bool>("on", 1).Output<float>("same", 1);
        var file = new OnnxFile().Input<bool>("x", 1).Node("Cast", ["x"], ["f"], new Dictionary<string, object> { ["to"] = 1L })
            .Node("Loop", ["", "x", "f"], ["y"], new Dictionary<string, object> { ["body"] = body }).Output<float>("y", 1);
        _run.Write("m.onnx", file);
        _run.Runtime = new OnnxModelRuntime(TimeSpan.FromMilliseconds(300));
        _run.Start(ScoreRun.Model("x=a", "y=y;modelIdOut=model"));

        _run.Publish("i,n,1,0,,");
        Assert.Equal(["I,N, 1,0.000000,0"], _run.Take("score"));
        var late = Assert.Throws<ModelTimeException>(() => _run.Publish("i,n,2,1,,"));
        Assert.Contains("did not score an event within 0.3 s", late.Message, StringComparison.Ordinal);
        Assert.Empty(_run.BadEvents);
    }

    [Fact]
    public void An_array_may_fill_a_dimension_that_is_open()
    {
        var model = new OnnxFile().Input<float>("v", -1, -1).Node("ReduceSum", ["v"], ["sum"], new Dictionary<string, object> { ["keepdims"] = 0L })
            .Output<float>("sum");
        _run.Write("m.onnx", model);
        _run.Start(ScoreRun.Model("v=v", "sum=s", Schema + ",v:array(dbl)", "id*:int64,s:double"));
        _run.Publish("i,n,1,,,,[1;2;3]", "i,n,2,,,,[4]", "i,n,3,,,,[5;6]");
        Assert.Equal(["I,N, 1,6.000000", "I,N, 2,4.000000", "I,N, 3,11.000000"], _run.Take("score"));
    }

    [Theory]
    [InlineData("float", "2.7", "2.700000")]
    [InlineData("double", "2.7", "2.700000")]
    [InlineData("long", "-2.7", "-2.000000")]
    [InlineData("int", "3e9", "2147483647.000000")]
    [InlineData("bool", "-4", "1.000000")]
    [InlineData("bool", "0", "0.000000")]
    public void Numbers_become_those_of_the_tensors_type(string type, string given, string expected)
    {
        OnnxFile Of<T>() => new OnnxFile().Input<T>("x", 1).Node("Identity", ["x"], ["y"]).Output<T>("y", 1);
        _run.Write("m.onnx", type switch
        {
            "float" => Of<float>(),
            "double" => Of<double>(),
            "long" => Of<long>(),
            "int" => Of<int>(),
            _ => Of<bool>(),
        });
        _run.Start(ScoreRun.Model("x=a", "y=y", output: "id*:int64,y:double"));
        Assert.Equal([$"I,N, 1,{expected}"], _run.Publish($"i,n,1,{given}").Take("score"));
    }

    [Fact]
    public void Texts_go_in_and_come_out()
    {
        var labels = new Dictionary<string, object>
        {
            ["keys_strings"] = new[] { "red", "größe" },
            ["values_strings"] = new[] { "RED", "GRÖSSE" },
            ["default_string"] = "none",
        };
        _run.Write("m.onnx", new OnnxFile().Input<string>("word", -1, 1).Node("LabelEncoder", ["word"], ["label"], labels, "ai.onnx.ml")
            .Output<string>("label", -1, 1));
        _run.Start(ScoreRun.Model("word=t", "label=l", "id*:int64,t:string", "id*:int64,l:string"));
        _run.Publish("i,n,1,größe", "i,n,2,blue", "i,n,3,", "i,n,4,red");
        Assert.Equal(["I,N, 1,GRÖSSE", "I,N, 2,none", "I,N, 3,", "I,N, 4,RED"], _run.Take("score"));
    }

    [Fact]
    public void Requests_bring_models_and_what_is_wrong_with_them_is_said()
    {
        _run.Write("one.onnx", OnnxFile.Linear([1, 1, 1], 0));
        _run.Write("two.onnx", OnnxFile.Linear([2, 2, 2], 0));
        _run.Write("small.onnx", OnnxFile.Linear([2, 2], 0));
        _run.Write("none.onnx", [7, 7, 7]);
        _run.Start(ScoreRun.Model("x=a,b,c", "y=y;modelIdOut=model", parameters: "", requests: true));

        _run.Publish("i,n,1,1,2,3").Ask("action=load", "type=onnx", "reference=one.onnx").Publish("i,n,2,1,2,3");
        _run.Ask("reference=two.onnx").Publish("i,n,3,1,2,3");
        Assert.Equal(["I,N, 2,6.000000,0", "I,N, 3,12.000000,1"], _run.Take("score"));
        Assert.Equal(["I,N, 0,cq/reader#0,one.onnx,0,5,", "I,N, 1,cq/reader#1,two.onnx,1,8,"], _run.Take("reader"));
        Assert.Empty(_run.BadEvents);

        _run.Ask("reference=../one.onnx").Ask("reference=gone.onnx").Ask("reference=none.onnx").Ask("action=load").Ask("action=drop")
            .Ask("type=astore", "reference=one.onnx").Ask("reference=small.onnx");
        Assert.Collection(
            _run.BadEvents,
            b => Assert.Contains("no file '../one.onnx' in the folders that are granted", b, StringComparison.Ordinal),
            b => Assert.Contains("no file 'gone.onnx'", b, StringComparison.Ordinal),
            b => Assert.Contains("the file holds no ONNX model", b, StringComparison.Ordinal),
            b => Assert.Contains("no reference", b, StringComparison.Ordinal),
            b => Assert.Contains("action=drop; known are action=load", b, StringComparison.Ordinal),
            b => Assert.Contains("type=astore", b, StringComparison.Ordinal),
            b => Assert.Contains("Model 'small.onnx' does not fit the maps: its input 'x' is float32[?,2], and the input-map names 3 values", b,
                StringComparison.Ordinal));

        // The one before stays.
        Assert.Equal(["I,N, 4,12.000000,1"], _run.Publish("i,n,4,1,2,3").Take("score"));
    }

    [Fact]
    public void A_supervisor_hands_on_models_of_files_and_a_score_window_may_name_its_own()
    {
        _run.Write("m.onnx", OnnxFile.Linear([1, 1, 1], 0));
        _run.Write("n.onnx", OnnxFile.Linear([0, 0, 0], 5));
        var supervised = ScoreRun.Model("x=a,b,c", "y=y;modelIdOut=model", requests: true)
            .Replace("\"reader\" target=\"score\"", "\"reader\" target=\"keep\"/><edge source=\"keep\" target=\"score\"", StringComparison.Ordinal)
            .Replace("<window-score", "<window-model-supervisor name=\"keep\" capacity=\"2\"/><window-score", StringComparison.Ordinal);
        _run.Start(supervised);
        _run.Publish("i,n,1,1,2,3").Ask("reference=n.onnx").Publish("i,n,2,1,2,3");
        Assert.Equal(["I,N, 1,6.000000,0", "I,N, 2,5.000000,1"], _run.Take("score"));
        _run.Restart(supervised);
        Assert.Equal(["I,N, 3,5.000000,1"], _run.Publish("i,n,3,1,2,3").Take("score"));

        _run.Start(ScoreRun.Model("x=a,b,c", "y=y;modelIdOut=model", reference: "n.onnx"));
        Assert.Equal(["I,N, 1,5.000000,0"], _run.Publish("i,n,1,1,2,3").Take("score"));
    }

    [Theory]
    [InlineData(true, "pi_HASH")]
    [InlineData(false, "pi_HASH")]
    [InlineData(true, "pi_EMPTY")]
    public void A_restored_engine_goes_on_with_the_model_it_had(bool requests, string index)
    {
        _run.Write("m.onnx", OnnxFile.Linear([1, 1, 1], 0));
        _run.Write("n.onnx", OnnxFile.Linear([2, 0, 0], 1));
        var model = ScoreRun.Model("x=a,b,c", "y=y;modelIdOut=model", requests: requests, index: index);
        _run.Start(model).Publish("i,n,1,1,2,3");
        if (requests)
        {
            _run.Ask("reference=n.onnx");
        }

        _run.Publish("i,n,2,1,2,3").Take("score");
        _run.Restart(model);
        Assert.Equal([requests ? "I,N, 3,3.000000,1" : "I,N, 3,6.000000,0"], _run.Publish("i,n,3,1,2,3").Take("score"));
        Assert.Empty(_run.Take("reader"));
    }

    [Fact]
    public void Another_engine_of_the_project_comes_to_the_same_digest()
    {
        _run.Write("m.onnx", OnnxFile.Linear([1, 1, 1], 0));
        _run.Write("n.onnx", OnnxFile.Linear([0.1f, 0.2f, 0.3f], 1));
        _run.Start(ScoreRun.Model("x=a,b,c", "y=y", requests: true));
        var digests = new List<ulong>();
        for (var engine = 0; engine < 2; engine++)
        {
            digests.Add(_run.Publish("i,n,1,1,2,3").Ask("reference=n.onnx").Publish("i,n,2,0.1,2e9,-3").Digest);
            _run.StartAnew();
        }

        Assert.Equal(digests[0], digests[1]);
    }

    [Fact]
    public void A_snapshot_is_of_the_files_it_was_taken_with()
    {
        _run.Write("m.onnx", OnnxFile.Linear([1, 1, 1], 0));
        var model = ScoreRun.Model("x=a,b,c", "y=y");
        _run.Start(model).Publish("i,n,1,1,2,3");
        var (digest, snapshot) = (_run.Digest, _run.Snapshot());

        _run.Write("m.onnx", OnnxFile.Linear([1, 1, 1], 0.125f));
        Assert.NotEqual(digest, _run.Start(model).Publish("i,n,1,1,2,3").Digest);
        var error = Assert.Throws<SnapshotFormatException>(() => _run.Start(model).Restore(snapshot));
        Assert.Contains("'m.onnx'", error.Message, StringComparison.Ordinal);

        _run.Write("m.onnx", OnnxFile.Linear([1, 1, 1], 0));
        Assert.Equal(digest, _run.Start(model).Restore(snapshot).Digest);
        Assert.Equal(digest, _run.Start(model).Publish("i,n,1,1,2,3").Digest);
    }

    [Fact]
    public void An_event_that_the_model_fails_for_is_dropped_and_said()
    {
        // Gather fails for an index that is out of range.
        var model = new OnnxFile().Input<long>("i", 1).Weights("table", [5, 6, 7], 3).Node("Gather", ["table", "i"], ["y"]).Output<float>("y", 1);
        _run.Write("m.onnx", model);
        _run.Start(ScoreRun.Model("i=a", "y=y"));
        Assert.Equal(["I,N, 1,7.000000,", "I,N, 3,5.000000,"], _run.Publish("i,n,1,2", "i,n,2,3", "i,n,3,0").Take("score"));
        Assert.Contains("model 'm.onnx' can't score the event", Assert.Single(_run.BadEvents), StringComparison.Ordinal);
        Assert.EndsWith(": id=2.", _run.BadEvents[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x=a,b", "y=y", "", "is float32[?,3], and the input-map names 2 values")]
    [InlineData("z=a,b,c", "y=y", "", "has an input 'x', float32[?,3], which the input-map does not name")]
    [InlineData("x=a,b,c;z=a", "y=y", "", "has no input 'z'; its inputs are 'x' float32[?,3]")]
    [InlineData("x=a,b,c", "z=y", "", "has no output 'z'; its outputs are 'y' float32[?,1]")]
    [InlineData("x=a,b,t", "y=y", "", "field 't' is a string")]
    [InlineData("x=a,b,c", "y=text", "", "field 'text' is a string")]
    [InlineData("x=a,b,c", "y=y", "reference=gone.onnx", "no file 'gone.onnx'")]
    [InlineData("x=a,b,c", "y=y", "reference=random.onnx", "operator RandomUniform draws random numbers")]
    [InlineData("x=a,b,c", "y=y", "reference=inner.onnx", "operator RandomNormal draws random numbers")]
    [InlineData("x=a,b,c", "y=y", "reference=parts.onnx", "keeps weights in other files")]
    [InlineData("x=a,b,c", "y=y", "reference=unknown.onnx", "can't be loaded: ")]
    [InlineData("x=a,b,c", "y=y", "reference=empty.onnx", "the file is empty")]
    [InlineData("x=a,b,c", "y=y", "reference=cut.onnx", "the file holds no ONNX model")]
    [InlineData("x=a,b,c", "y=y", "reference=sequence.onnx", "output 'y' is a sequence, which no field takes")]
    public void What_is_wrong_with_a_file_or_its_maps_is_a_problem_of_the_model(string inputs, string outputs, string parameters, string message)
    {
        var linear = OnnxFile.Linear([1, 1, 1], 0);
        _run.Write("m.onnx", linear);
        _run.Write("empty.onnx", []);
        _run.Write("cut.onnx", linear.ToBytes()[..^20]);
        _run.Write("random.onnx", new OnnxFile().Input<float>("x", 3).Node("RandomUniform", [], ["y"]).Output<float>("y", 1));
        var branch = new OnnxFile().Node("RandomNormal", [], ["y"]).Output<float>("y", 1);
        _run.Write("inner.onnx", new OnnxFile().Input<bool>("x", 1)
            .Node("If", ["x"], ["y"], new Dictionary<string, object> { ["then_branch"] = branch, ["else_branch"] = branch }).Output<float>("y", 1));
        _run.Write("parts.onnx", new OnnxFile().Input<float>("x", 3).WeightsElsewhere("W", "/etc/hostname", 3).Node("Add", ["x", "W"], ["y"])
            .Output<float>("y", 3));
        _run.Write("unknown.onnx", new OnnxFile().Input<float>("x", 3).Node("Wondrous", ["x"], ["y"]).Output<float>("y", 1));
        _run.Write("sequence.onnx", new OnnxFile().Input<float>("x", 3).Node("SequenceConstruct", ["x"], ["y"]).SequenceOutput<float>("y"));

        var problem = Assert.Single(_run.ProblemsOf(ScoreRun.Model(inputs, outputs, parameters: parameters.Length > 0 ? parameters : "reference=m.onnx")));
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Equal(parameters.Contains("gone", StringComparison.Ordinal) ? "LS2402" : "LS2306", problem.Code);
    }

    [Fact]
    public void A_program_without_the_runtime_refuses_models_of_files()
    {
        _run.Write("m.onnx", OnnxFile.Linear([1, 1, 1], 0));
        var built = ProjectEngine.Build(_run.Read(ScoreRun.Model("x=a,b,c", "y=y")));
        Assert.Contains("runs no models of files", Assert.Single(built.Problems).Message, StringComparison.Ordinal);
    }

    private const string Schema = "id*:int64,a:double,b:double,c:double";
}
