using System.Collections;
using System.Collections.Immutable;
using Lockstep.Connectors;
using Lockstep.Connectors.Kafka;
using Lockstep.Contracts.Projects;
using Lockstep.Contracts.Projects.Secrets;
using Lockstep.Engine.Execution;
using Lockstep.Engine.Worker.Options;
using Lockstep.Onnx;

namespace Lockstep.Engine.Worker.Running;

/// <summary>A model, read and checked by everybody who has a say: reader, validator, connectors, engine.</summary>
/// <param name="Project">The project; null when the text is not a model at all.</param>
/// <param name="Engine">An engine of it with empty state; null when reader, validator or engine found an error.</param>
/// <param name="Digest">Digest of its canonical form; empty without a project.</param>
/// <param name="Problems">All problems, in document order.</param>
internal sealed record ModelLoad(
    ProjectDefinition? Project, ProjectEngine? Engine, string Digest, ImmutableArray<Problem> Problems)
{
    /// <summary>The token that names the model's own folder unless it is set.</summary>
    public const string ProjectHome = "ESP_PROJECT_HOME";

    /// <summary>The token that names the folder for results: that of <c>--out</c>, else the current one, unless it is set.</summary>
    public const string ProjectOutput = "ESP_PROJECT_OUTPUT";

    /// <summary>What is secret in the model; the problems hold none of it.</summary>
    public SecretValues Secrets { get; init; } = SecretValues.None;

    /// <summary>The version of before, for a shadow that takes its state over; null for none.</summary>
    public ModelLoad? Former { get; init; }

    /// <summary>True: the model can't run.</summary>
    public bool HasErrors => Problems.Any(p => p.Severity == ProblemSeverity.Error);

    /// <summary>Reads and checks the model of the options.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static ModelLoad Of(WorkerOptions options)
    {
        using var stream = File.OpenRead(options.Model);
        var read = ProjectXmlReader.Read(stream, new ProjectReadOptions
        {
            Tokens = options.Settings,
            DefaultTokens = DefaultTokensOf(options),
            WithoutConnectors = options.NoConnectors,
            DefaultName = Path.GetFileNameWithoutExtension(options.Model),
            TokensRequired = options.Command == WorkerCommand.Run,
        });
        if (read.Project is not { } bare)
        {
            return new ModelLoad(null, null, "", Hidden(read.Problems, read.Secrets));
        }

        var grants = GrantsOf(options) with { IsShared = HotGroup.Is(bare) };
        var project = bare with { Grants = grants, Files = FilesOf(options, grants.Environment[ProjectHome]) };

        List<Problem> problems = [.. read.Problems];
        var found = ProjectValidator.Validate(project);
        problems.AddRange(found);
        EngineBuildResult? built = null;
        if (!problems.Exists(p => p.Severity == ProblemSeverity.Error))
        {
            built = ProjectEngine.Build(project, new OnnxModelRuntime());
            problems.AddRange(built.Problems);
        }

        problems.AddRange(ConnectorCatalog.Check(project, options.Substitutions).Where(p => !IsSaid(p, found)));

        // The same thing may have been found by two of them.
        ImmutableArray<Problem> all = [.. problems.Distinct().OrderBy(p => p.Position.Line).ThenBy(p => p.Position.Column)];
        return new ModelLoad(project, built?.Engine, ProjectDigest.Compute(project), Hidden(all, read.Secrets)) { Secrets = read.Secrets };
    }

    private static ImmutableArray<Problem> Hidden(IEnumerable<Problem> problems, SecretValues secrets) =>
        [.. problems.Select(p => p with { Message = secrets.HideIn(p.Message) })];

    /// <summary>
    /// True when the validator has said the same: it checks the text of properties against a table, the connectors check
    /// what they make of them, and a person needs to hear of a property once.
    /// </summary>
    private static bool IsSaid(Problem problem, ImmutableArray<Problem> said)
    {
        var quoted = problem.Message.Split('\'');
        var name = quoted.Length > 1 ? quoted[1] : "";
        return said.Any(s => s.Code == problem.Code && s.Path == problem.Path
            && s.Message.Contains(name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Scripts see what was set for the model, and where it lies; never the environment of the worker.</summary>
    private static ScriptGrants GrantsOf(WorkerOptions options)
    {
        var environment = options.Settings.ToBuilder();
        foreach (var (name, value) in DefaultTokensOf(options).Where(t => t.Key is ProjectHome or "ESP_PROJECT_OUTPUT"))
        {
            environment.TryAdd(name, value);
        }

        return options.Scripts with { Environment = environment.ToImmutable() };
    }

    /// <summary>Who runs a model by hand can read what it reads: its folder and the current one are granted then.</summary>
    private static ModelFileGrants FilesOf(WorkerOptions options, string home)
    {
        var paths = options.Substitutions.Paths;
        var model = Path.GetDirectoryName(Path.GetFullPath(options.Model)) ?? "/";
        IEnumerable<string> own = options.GrantedFilesOnly ? [] : [".", home, model, .. paths.Select(p => p.Value)];
        return new ModelFileGrants
        {
            Folders = [.. own.Concat(options.ModelFiles).Where(f => f.Length > 0).Select(Path.GetFullPath).Distinct(StringComparer.Ordinal)],
            Paths = new PathMap(paths),
        };
    }

    private static Dictionary<string, string> DefaultTokensOf(WorkerOptions options)
    {
        var tokens = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [ProjectHome] = Path.GetDirectoryName(Path.GetFullPath(options.Model)) ?? "/",
            [ProjectOutput] = Path.GetFullPath(options.Out ?? "."),
        };
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            // Variables of the product are none of the model's: the worker's key is among them.
            if (!((string)variable.Key).StartsWith("LOCKSTEP_", StringComparison.Ordinal))
            {
                tokens[(string)variable.Key] = (string?)variable.Value ?? "";
            }
        }

        return tokens;
    }
}
