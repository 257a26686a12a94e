using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using Lockstep.TestKit;

namespace Lockstep.Onnx.Tests;

/// <summary>An engine with a score window behind a source, a model-reader window, and files in a folder of its own.</summary>
internal sealed class ScoreRun : IWindowOutput, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("onnx-");
    private readonly Dictionary<string, List<string>> _lines = [];
    private ProjectEngine? _engine;
    private long _sequence;
    private long _asked;

    public OnnxModelRuntime Runtime { get; set; } = new();

    public List<string> BadEvents { get; } = [];

    public ulong Digest => _engine!.Digest();

    public void Dispose() => _folder.Delete(recursive: true);

    public void Write(string name, OnnxFile model) => Write(name, model.ToBytes());

    public void Write(string name, byte[] content) => File.WriteAllBytes(Path.Combine(_folder.FullName, name), content);

    /// <summary>A model.</summary>
    /// <param name="inputs"><c>role=fields;role=fields</c>.</param>
    /// <param name="outputs">The same.</param>
    /// <param name="schema">Of the source of events.</param>
    /// <param name="output">Of the score window.</param>
    /// <param name="parameters">Of the model-reader window, in the same form.</param>
    /// <param name="requests">A source of requests leads to it.</param>
    /// <param name="reference">The score window's own file, without model-reader.</param>
    /// <param name="index">Index of source and score window.</param>
    public static string Model(
        string inputs, string outputs, string schema = "id*:int64,a:double,b:double,c:double,t:string",
        string output = "id*:int64,y:double,model:int64,text:string", string parameters = "reference=m.onnx", bool requests = false,
        string? reference = null, string index = "pi_EMPTY")
    {
        output = outputs.Contains("text", StringComparison.Ordinal) ? output : output.Replace(",text:string", "", StringComparison.Ordinal);
        var reader = reference is not null ? "" : $"""
            <window-model-reader name="reader" model-type="onnx"><parameters>{Properties(parameters)}</parameters></window-model-reader>
            """;
        return $"""
            <project name="p"><contqueries><contquery name="cq"><windows>
            <window-source name="s" index="{index}"><schema-string>{schema}</schema-string></window-source>
            <window-source name="requests" insert-only="true" index="pi_EMPTY"><schema-string>n*:int64,key:string,value:string</schema-string></window-source>
            {reader}
            <window-score name="score" index="{index}"><schema-string>{output}</schema-string>
              <models><offline model-type="onnx" {(reference is null ? "" : $"reference='{reference}'")}>
              <input-map>{Properties(inputs)}</input-map><output-map>{Properties(outputs)}</output-map></offline></models></window-score>
            </windows><edges><edge source="s" target="score" role="data"/>
            {(reference is null ? "<edge source=\"reader\" target=\"score\" role=\"model\"/>" : "")}
            {(requests ? "<edge source=\"requests\" target=\"reader\" role=\"request\"/>" : "")}
            </edges></contquery></contqueries></project>
            """;
    }

    public ProjectDefinition Read(string xml)
    {
        var read = ProjectXmlReader.Read(xml);
        Assert.DoesNotContain(read.Problems, p => p.Severity == ProblemSeverity.Error);
        return read.Project! with { Files = new ModelFileGrants { Folders = [_folder.FullName] } };
    }

    public ImmutableArray<Problem> ProblemsOf(string xml) => ProjectEngine.Build(Read(xml), Runtime).Problems;

    /// <summary>Begins anew with a model.</summary>
    public ScoreRun Start(string xml)
    {
        Assert.DoesNotContain(ProjectValidator.Validate(Read(xml)), p => p.Severity == ProblemSeverity.Error);
        var built = ProjectEngine.Build(Read(xml), Runtime);
        Assert.True(built.Engine is not null, string.Join('\n', built.Problems));
        _engine = built.Engine;
        _lines.Clear();
        BadEvents.Clear();
        (_sequence, _asked) = (0, 0);
        return this;
    }

    /// <summary>Goes on in another engine, from a snapshot.</summary>
    public void Restart(string xml)
    {
        var (digest, snapshot, sequence, asked) = (Digest, Snapshot(), _sequence, _asked);
        Start(xml).Restore(snapshot);
        Assert.Equal(digest, Digest);
        (_sequence, _asked) = (sequence, asked);
    }

    /// <summary>Begins anew with another engine of the same project, as members do that lost their state.</summary>
    public void StartAnew()
    {
        _engine = _engine!.NewEngine();
        (_sequence, _asked) = (0, 0);
    }

    public byte[] Snapshot()
    {
        var stream = new MemoryStream();
        _engine!.WriteSnapshot(stream);
        return stream.ToArray();
    }

    public ScoreRun Restore(byte[] snapshot)
    {
        _engine!.RestoreSnapshot(new MemoryStream(snapshot));
        return this;
    }

    /// <summary>Publishes events, each in a step of its own.</summary>
    public ScoreRun Publish(params ReadOnlySpan<string> lines)
    {
        foreach (var line in lines)
        {
            PublishTo("s", line);
        }

        return this;
    }

    /// <summary>Sends a request.</summary>
    public ScoreRun Ask(params ReadOnlySpan<string> pairs)
    {
        foreach (var pair in pairs)
        {
            PublishTo("requests", $"i,n,{_asked++},{pair.Replace('=', ',')}");
        }

        PublishTo("requests", $"i,n,{_asked++},,");
        return this;
    }

    /// <summary>What a window put out since it was last asked.</summary>
    public string[] Take(string window)
    {
        var lines = _lines.GetValueOrDefault(window, []).ToArray();
        _lines.Remove(window);
        return lines;
    }

    public void OnBlock(WindowId window, EventBlock block)
    {
        block.Validate();
        var text = new ArrayBufferWriter<byte>();
        new CsvEventWriter(block.Schema, new CsvFormat()).Write(block, text);
        var name = _engine!.NameOf(window).Split('/')[1];
        _lines[name] =
        [
            .. _lines.GetValueOrDefault(name, []),
            .. Encoding.UTF8.GetString(text.WrittenSpan).Split('\n', StringSplitOptions.RemoveEmptyEntries),
        ];
    }

    public void OnBadEvent(WindowId window, string message) => BadEvents.Add(message);

    private void PublishTo(string window, string line)
    {
        _sequence++;
        _engine!.Begin(new StepTime(_sequence, 1, _sequence));
        var id = _engine.Find("cq", window);
        var block = new EventBlock(_engine.SchemaOf(id));
        var result = new CsvEventReader(block.Schema, new CsvFormat()).Read(line, block);
        Assert.Equal(CsvLineKind.Event, result.Kind);
        _engine.Publish(id, block, this);
        _engine.Tick(this);
    }

    private static string Properties(string list) => "<properties>" + string.Concat(list.Split(';', StringSplitOptions.RemoveEmptyEntries)
        .Select(p => p.Split('=')).Select(p => $"<property name='{p[0]}'>{p[1]}</property>")) + "</properties>";
}
