using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;

namespace Lockstep.Engine.Tests;

/// <summary>An engine with what its windows put out, as lines a window; time is moved by hand.</summary>
internal sealed class EngineRun : IWindowOutput
{
    private readonly Dictionary<string, List<string>> _lines = [];
    private long _sequence;

    public EngineRun(string xml, IReadOnlyDictionary<string, string>? tokens = null)
        : this(Read(xml, tokens))
    {
    }

    public EngineRun(ProjectDefinition project)
    {
        var built = ProjectEngine.Build(project);
        Assert.True(built.Engine is not null, string.Join('\n', built.Problems));
        Engine = built.Engine;
        At(0);
    }

    public ProjectEngine Engine { get; }

    public List<string> BadEvents { get; } = [];

    public List<string> Order { get; } = [];

    public long Now { get; private set; }

    public static ProjectDefinition Read(string xml, IReadOnlyDictionary<string, string>? tokens = null)
    {
        var read = ProjectXmlReader.Read(xml, new ProjectReadOptions { Tokens = tokens ?? new Dictionary<string, string>() });
        Assert.True(read.Project is not null, string.Join('\n', read.Problems));
        return read.Project;
    }

    /// <summary>A project of one continuous query "cq".</summary>
    public static string Query(string windows, string edges) => $"""
        <project name="p"><contqueries><contquery name="cq"><windows>
        {windows}
        </windows><edges>
        {string.Concat(edges.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Edge))}
        </edges></contquery></contqueries></project>
        """;

    /// <summary>Begins a step at a time in seconds.</summary>
    public EngineRun At(double seconds)
    {
        Now = (long)(seconds * 1_000_000);
        Engine.Begin(new StepTime(Now, 1, ++_sequence));
        return this;
    }

    /// <summary>Publishes one block into a window of the first query.</summary>
    public EngineRun Publish(string window, params ReadOnlySpan<string> lines) => Publish(window, false, lines);

    public EngineRun Publish(string window, bool isTransactional, params ReadOnlySpan<string> lines)
    {
        var id = Engine.Windows.Single(w => Engine.NameOf(w).EndsWith("/" + window, StringComparison.Ordinal));
        var block = EventCsv.Block(Engine.SchemaOf(id), lines);
        block.IsTransactional = isTransactional;
        Engine.Publish(id, block, this);
        return this;
    }

    public EngineRun Tick()
    {
        Engine.Tick(this);
        return this;
    }

    /// <summary>What a window put out since it was last asked.</summary>
    public string[] Take(string window)
    {
        var lines = _lines.GetValueOrDefault(window, []).ToArray();
        _lines.Remove(window);
        return lines;
    }

    /// <summary>Takes over the step count and reports of a run that this one goes on for.</summary>
    public void ContinueFrom(EngineRun run)
    {
        _sequence = run._sequence;
        BadEvents.AddRange(run.BadEvents);
    }

    public void OnBlock(WindowId window, EventBlock block)
    {
        block.Validate();
        Assert.True(block.Count > 0, "An empty block was delivered.");
        var name = Engine.NameOf(window).Split('/')[1];
        Order.Add(name);
        if (!_lines.TryGetValue(name, out var lines))
        {
            _lines[name] = lines = [];
        }

        lines.AddRange(EventCsv.Lines(block));
    }

    public void OnBadEvent(WindowId window, string message) => BadEvents.Add($"{Engine.NameOf(window)}: {message}");

    private static string Edge(string edge)
    {
        var parts = edge.Split('>', ':');
        return $"""<edge source="{parts[0]}" target="{parts[1]}" {(parts.Length > 2 ? $"slot=\"{parts[2]}\"" : "")}/>""";
    }
}
