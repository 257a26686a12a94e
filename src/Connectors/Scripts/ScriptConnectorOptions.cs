using Lockstep.Contracts.Projects;
using Lockstep.Scripting;

namespace Lockstep.Connectors.Scripts;

/// <summary>Properties of a connector of class lua or python.</summary>
internal sealed record ScriptConnectorOptions
{
    /// <summary>The language, by the connector's class.</summary>
    public required ScriptLanguage Language { get; init; }

    /// <summary>The code; empty when it is in a file.</summary>
    public string Code { get; init; } = "";

    /// <summary>The file of the code as the model names it; null for none.</summary>
    public string? CodeFile { get; init; }

    /// <summary>Function called first; null for none.</summary>
    public string? Init { get; init; }

    /// <summary>Function that publishes.</summary>
    public string Publish { get; init; } = "publish";

    /// <summary>Function that a subscriber calls with events.</summary>
    public string Subscribe { get; init; } = "subscribe";

    /// <summary>Deletes made by retention are left out.</summary>
    public bool DropRetentionDeletes { get; init; }

    /// <summary>Function called at the end; null for none.</summary>
    public string? Destroy { get; init; }

    /// <summary>Time between two calls; zero: again at once, as long as something comes.</summary>
    public TimeSpan Interval { get; init; }

    /// <summary>Events after which it ends; 0 for no limit.</summary>
    public int MaxEvents { get; init; }

    /// <summary>True for a publisher that goes on until it is told to stop.</summary>
    public bool IsEndless => Interval > TimeSpan.Zero && MaxEvents == 0;

    /// <summary>The options of a connector that was checked.</summary>
    public static ScriptConnectorOptions Of(ConnectorContext context) => Parse(
        new PropertyReader(context.Definition.Properties, context.Path, context.Definition.Position, []),
        context.Definition);

    /// <summary>Checks a connector of a model.</summary>
    public static void Check(ConnectorCheck check)
    {
        var properties = check.Read();
        var options = Parse(properties, check.Connector);
        check.IsEndless = options.IsEndless;
        properties.WarnOfUnknown();
        try
        {
            var faults = ScriptSyntax.Check(options.Language, [(check.Connector.Name, options.TextOf(check.Project))], check.Project.Grants);
            if (faults[0] is { } fault)
            {
                check.Error(ProblemCode.InvalidScript, $"The script of the connector does not compile: {fault.Message}");
            }
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException or ScriptProcessException)
        {
            check.Error(ProblemCode.InvalidScript, $"The script of the connector can't be checked: {missing.Message}");
        }
    }

    /// <summary>The code, from the model or its file.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public string TextOf(ProjectDefinition project) => ScriptLoader.SourceOf(project, "", Definition(default)).Code;

    /// <summary>The script as windows have it.</summary>
    public ScriptDefinition Definition(TextPosition position) =>
        new(Language, new ExpressionText(Code, position)) { File = CodeFile, Init = Init };

    /// <summary>Reads the properties; what is wrong goes to the reader's problems.</summary>
    public static ScriptConnectorOptions Parse(PropertyReader properties, ConnectorDefinition connector)
    {
        properties.Ignore("type", "configfilesection");

        // The reader takes quotes off a value, which code may begin and end with.
        var code = connector.Properties.GetValueOrDefault("code", "");
        var file = properties.Text("codefile");
        properties.Ignore("code");
        if (code.Trim().Length == 0 && file.Length == 0)
        {
            properties.Error(ProblemCode.MissingScript, "The connector needs its script in property 'code' or 'codefile'.");
        }

        var isPublisher = connector.Direction == ConnectorDirection.Publish;
        properties.Ignore(isPublisher ? ["blocksize", "transactional", "dateformat"] : ["snapshot", "collapse"]);
        var isLua = connector.Class.Equals("lua", StringComparison.OrdinalIgnoreCase);
        return new ScriptConnectorOptions
        {
            Language = isLua ? ScriptLanguage.Lua : ScriptLanguage.Python,
            Code = isLua ? code : WithoutIndent(code),
            CodeFile = file.Length > 0 ? file : null,
            Init = properties.Text("init") is { Length: > 0 } init ? init : null,
            Publish = isPublisher ? properties.Text("publish", "publish") : "",
            Subscribe = isPublisher ? "" : properties.Text("subscribe", "subscribe"),
            DropRetentionDeletes = !isPublisher && properties.Flag("rmretdel"),
            Destroy = properties.Text("destroy") is { Length: > 0 } destroy ? destroy : null,
            Interval = isPublisher ? IntervalOf(properties) : TimeSpan.Zero,
            MaxEvents = isPublisher ? properties.Number("maxevents", 0) : 0,
        };
    }

    /// <summary>
    /// Values of properties are trimmed, which takes the blanks in front of the first line only: where the other lines begin
    /// further right than they can, as many are taken from each.
    /// </summary>
    private static string WithoutIndent(string code)
    {
        var lines = code.Split('\n');
        static int IndentOf(string line) => line.Length - line.TrimStart().Length;
        var rest = lines.Skip(1).Where(l => l.Trim().Length > 0).ToList();
        var indent = rest.Count > 0 ? rest.Min(IndentOf) : 0;
        return indent == 0 || (lines[0].TrimEnd().EndsWith(':') && IndentOf(rest[0]) == indent)
            ? code
            : string.Join('\n', lines.Select((line, i) => i == 0 || line.Length < indent ? line : line[indent..]));
    }

    /// <summary>A duration with a unit; a bare number counts milliseconds.</summary>
    private static TimeSpan IntervalOf(PropertyReader properties)
    {
        var text = properties.Text("interval");
        if (text.Length == 0)
        {
            return TimeSpan.Zero;
        }

        if (DurationText.TryParseInterval(text, out var interval))
        {
            return interval;
        }

        properties.Error(ProblemCode.InvalidProperty, $"Property 'interval' must be a duration, as in '5 seconds', not '{text}'.");
        return TimeSpan.Zero;
    }
}
