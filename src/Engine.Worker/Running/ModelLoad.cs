using System.Collections;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Lockstep.Connectors;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using Lockstep.Engine.Worker.Options;

namespace Lockstep.Engine.Worker.Running;

/// <summary>A model, read and checked by everybody who has a say: reader, validator, connectors, engine.</summary>
/// <param name="Project">The project; null when the text is not a model at all.</param>
/// <param name="Engine">An engine of it with empty state; null when there are errors.</param>
/// <param name="Digest">Digest of its bytes; empty without a project.</param>
/// <param name="Problems">All problems, in document order.</param>
internal sealed record ModelLoad(
    ProjectDefinition? Project, ProjectEngine? Engine, string Digest, ImmutableArray<Problem> Problems)
{
    /// <summary>The token that names the model's own folder unless it is set.</summary>
    public const string ProjectHome = "ESP_PROJECT_HOME";

    /// <summary>True: the model can't run.</summary>
    public bool HasErrors => Problems.Any(p => p.Severity == ProblemSeverity.Error);

    /// <summary>Reads and checks the model of the options.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static ModelLoad Of(WorkerOptions options)
    {
        var bytes = File.ReadAllBytes(options.Model);
        var read = ProjectXmlReader.Read(new MemoryStream(bytes), new ProjectReadOptions
        {
            Tokens = TokensOf(options),
            DefaultName = Path.GetFileNameWithoutExtension(options.Model),
            TokensRequired = options.Command == WorkerCommand.Run,
        });
        if (read.Project is not { } project)
        {
            return new ModelLoad(null, null, "", read.Problems);
        }

        List<Problem> problems = [.. read.Problems];
        problems.AddRange(ConnectorCatalog.Check(project, options.Substitutions));
        EngineBuildResult? built = null;
        if (!problems.Exists(p => p.Severity == ProblemSeverity.Error))
        {
            built = ProjectEngine.Build(project);
            problems.AddRange(built.Problems);
        }

        // The same thing may have been found by two of them.
        ImmutableArray<Problem> all = [.. problems.Distinct().OrderBy(p => p.Position.Line).ThenBy(p => p.Position.Column)];
        return new ModelLoad(project, built?.Engine, Convert.ToHexStringLower(SHA256.HashData(bytes)), all);
    }

    private static Dictionary<string, string> TokensOf(WorkerOptions options)
    {
        var tokens = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [ProjectHome] = Path.GetDirectoryName(Path.GetFullPath(options.Model)) ?? "/",
        };
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            tokens[(string)variable.Key] = (string?)variable.Value ?? "";
        }

        foreach (var (name, value) in options.Settings)
        {
            tokens[name] = value;
        }

        return tokens;
    }
}
