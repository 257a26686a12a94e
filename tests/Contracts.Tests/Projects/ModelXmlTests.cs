using Lockstep.Contracts.Projects;

namespace Lockstep.Contracts.Tests.Projects;

/// <summary>Windows with models of files: what is read of them, which types are refused and how, and what is said of mistakes.</summary>
public sealed class ModelXmlTests
{
    private const string Requests = "<window-source name='asks'><schema-string>n*:int64,key:string,value:string</schema-string></window-source>";

    [Fact]
    public void A_reader_and_a_score_window_read_what_they_load()
    {
        var read = Read(Reader("model-type='onnx'", "reference=@HOME@/m.onnx") + Score("model-type='onnx'", "x=x", "y=y"), Edges);
        Assert.Empty(read.Problems);
        Assert.Empty(ProjectValidator.Validate(read.Project!));
        var windows = read.Project!.ContinuousQueries[0].Windows;
        var reader = Assert.IsType<ModelReaderWindowDefinition>(windows[1]);
        Assert.Equal(("onnx", "/h/m.onnx", TrainWindowDefinition.ModelSchema.Id), (reader.ModelType, reader.File, reader.Schema!.Id));
        var model = Assert.Single(Assert.IsType<ScoreWindowDefinition>(windows[2]).Models);
        Assert.Equal((true, "onnx", null), (model.IsOffline, model.Algorithm, model.Reference));
        Assert.Equal(("x", "y"), (model.InputMap["x"], model.OutputMap["y"]));
    }

    [Theory]
    [InlineData("model-type='astore'", "proprietary format; export the model as ONNX, or use an online algorithm")]
    [InlineData("model-type='recommender'", "proprietary format; export the model as ONNX")]
    [InlineData("model-type='pickle'", "models of type pickle are not run; run are those of type onnx")]
    [InlineData("", "models of type (none) are not run")]
    public void Other_types_are_read_and_refused_with_window_and_reason(string type, string reason)
    {
        var read = Read(Reader(type, "reference=m") + Score(type, "x=x", "y=y"), Edges);
        Assert.Empty(read.Problems);
        var problems = ProjectValidator.Validate(read.Project!);
        foreach (var window in new[] { "reader", "w" })
        {
            Assert.Contains(problems, p => p.Code == ProblemCode.UnsupportedWindow && p.Path == $"p/cq/{window}"
                && p.Message.Contains($"Window '{window}'", StringComparison.Ordinal) && p.Message.Contains(reason, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Processing_steps_are_refused() => Assert.Contains(
        ProjectValidator.Validate(Read(
            Reader("model-type='onnx'", "reference=m").Replace("<parameters>", "<processing-steps/><parameters>", StringComparison.Ordinal), "").Project!),
        p => p.Code == ProblemCode.UnsupportedWindow && p.Message.Contains("processing-steps are not run", StringComparison.Ordinal));

    [Theory]
    [InlineData("action=load;reference=m;threads=4", "x=x", "", "", ProblemCode.InvalidMap, "'threads' of model-reader window 'reader' has no effect")]
    [InlineData("reference=m;execProvider=CUDA", "x=x", "", "", ProblemCode.InvalidMap, "execProvider is 'CUDA'; it must be CPU")]
    [InlineData("reference=m;type=astore", "x=x", "", "", ProblemCode.InvalidMap, "type is 'astore'; it must be onnx")]
    [InlineData("action=load", "x=x", "", "", ProblemCode.InvalidModel, "needs parameter reference")]
    [InlineData("reference=m", "x=none", "", "", ProblemCode.InvalidMap, "names field 'none', which does not exist")]
    [InlineData("reference=m", "x=when", "", "", ProblemCode.InvalidMap, "must be a number, a string or an array")]
    [InlineData("reference=m", "x=x", "", "<edge source='s' target='reader'/>", ProblemCode.InvalidModel, "can't send requests to model-reader window")]
    [InlineData("reference=m", "x=x", "without", "", ProblemCode.InvalidModel, "needs attribute reference, the path of a file, or one edge")]
    [InlineData("reference=m", "x=x", "train", "", ProblemCode.InvalidModel, "model-type onnx")]
    public void Mistakes_are_said(string parameters, string inputs, string source, string more, string code, string message)
    {
        var edges = (source.Length > 0 ? Edges.Replace("<edge source='reader' target='w' role='model'/>", "", StringComparison.Ordinal) : Edges) + more;
        var windows = Reader("model-type='onnx'", parameters) + Score("model-type='onnx'", inputs, "y=y");
        if (source == "train")
        {
            windows += $"<window-train name='t' algorithm='KMEANS'><input-map>{Properties("inputs=x")}</input-map></window-train>";
            edges += "<edge source='s' target='t'/><edge source='t' target='w'/>";
        }

        var problem = Assert.Single(ProjectValidator.Validate(Read(windows, edges).Project!));
        Assert.Equal(code, problem.Code);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_learned_model_has_no_file()
    {
        var score = Score("model-type='onnx'", "inputs=x", "labelOut=y").Replace("offline model-type='onnx'", "online algorithm='KMEANS' reference='m'",
            StringComparison.Ordinal).Replace("/offline", "/online", StringComparison.Ordinal);
        var problem = Assert.Single(ProjectValidator.Validate(Read(score, "<edge source='s' target='w'/>").Project!));
        Assert.Contains("needs one edge from a train window with algorithm KMEANS", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "<edge source='asks' target='reader' role='request'/><edge source='reader' target='w' role='model'/>")]
    [InlineData("reference=m", "<edge source='reader' target='keep'/><edge source='asks' target='keep' role='request'/><edge source='keep' target='w'/>")]
    [InlineData("", "", "model-type='onnx' reference='own.onnx'")]
    public void A_model_may_come_by_request_by_a_supervisor_or_from_the_score_window(string parameters, string edges, string model = "model-type='onnx'")
    {
        var reader = model.Contains("reference", StringComparison.Ordinal) ? "" : Reader("model-type='onnx'", parameters);
        var keep = edges.Contains("keep", StringComparison.Ordinal) ? "<window-model-supervisor name='keep'/>" : "";
        var read = Read(reader + Requests + keep + Score(model, "x=x", "y=y"), $"<edge source='s' target='w' role='data'/>{edges}");
        Assert.Empty(read.Problems);
        Assert.Empty(ProjectValidator.Validate(read.Project!));
        Assert.Equal(ProjectXmlWriter.Write(read.Project!), ProjectXmlWriter.Write(ProjectXmlReader.Read(ProjectXmlWriter.Write(read.Project!)).Project!));
    }

    private const string Edges = "<edge source='s' target='w' role='data'/><edge source='reader' target='w' role='model'/>";

    private static ProjectReadResult Read(string windows, string edges) => ProjectXmlReader.Read($"""
        <project name="p"><contqueries><contquery name="cq"><windows>
        <window-source name="s"><schema-string>id*:int64,x:double,when:date</schema-string></window-source>
        {windows}</windows><edges>{edges}</edges></contquery></contqueries></project>
        """, new ProjectReadOptions { Tokens = new Dictionary<string, string> { ["HOME"] = "/h" } });

    private static string Reader(string type, string parameters) =>
        $"<window-model-reader name='reader' {type}><parameters>{Properties(parameters)}</parameters></window-model-reader>";

    private static string Score(string type, string inputs, string outputs) => $"""
        <window-score name='w'><schema-string>id*:int64,x:double,y:double</schema-string><models><offline {type}>
        <input-map>{Properties(inputs)}</input-map><output-map>{Properties(outputs)}</output-map></offline></models></window-score>
        """;

    private static string Properties(string list) => "<properties>" + string.Concat(list.Split(';', StringSplitOptions.RemoveEmptyEntries)
        .Select(p => p.Split('=')).Select(p => $"<property name='{p[0]}'>{p[1]}</property>")) + "</properties>";
}
