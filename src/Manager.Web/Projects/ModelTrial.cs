using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Launching;
using Lockstep.Manager.Web.Options;

namespace Lockstep.Manager.Web.Projects;

/// <summary>
/// Asks a worker what only an engine can tell of a model: wrong expressions and functions. It is a child process in trial mode
/// that runs nothing, with a time limit. Without its answer the validator's word stands, and the log says so.
/// </summary>
internal sealed partial class ModelTrial(ManagerOptions options, TimeProvider time, ILogger<ModelTrial> logger) : IDisposable
{
    /// <summary>How long a worker may take.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(20);

    /// <summary>Longest answer in characters; about 20,000 problems.</summary>
    public const int MaxAnswerChars = 4 * 1024 * 1024;

    // Codes of the engine. Others the manager finds itself, or they are about files of this machine.
    private const string EngineCodes = "LS2";

    // A file that a model names may come, or be granted, later; a member that starts without it says so.
    private const string FileCode = "LS2402";

    // A model may name variables as placeholders: it must not see more of the manager's than a .NET program needs.
    private static readonly string[] PassedOn = ["PATH", "HOME", "TMPDIR", "DOTNET_ROOT"];

    // One after the other: a large model takes much memory.
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    /// <summary>Everything wrong with a model, by reader, validator and engine, in document order.</summary>
    /// <param name="model">The XML.</param>
    /// <param name="cancellation">Ends the worker.</param>
    public async Task<IReadOnlyList<ProblemResource>> ProblemsOfAsync(string model, CancellationToken cancellation)
    {
        var own = ModelCheck.ProblemsOf(model);
        if (own.Any(p => p.Severity == "error"))
        {
            // An engine is built of sound parts only, so it would add nothing.
            return own;
        }

        if (ProgramPath.Find(options.Worker, "Engine.Worker", "worker") is not var (program, first))
        {
            LogMissing(logger);
            return own;
        }

        await _turn.WaitAsync(cancellation);
        try
        {
            return Merge(own, await AnswerAsync(program, first, model, cancellation));
        }
        catch (Exception silent) when (
            silent is Win32Exception or IOException or UnauthorizedAccessException or JsonException
            || (silent is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            LogNoAnswer(logger, silent.Message);
            return own;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Adds what the engine found, each problem once; in document order.</summary>
    /// <param name="own">What the manager found.</param>
    /// <param name="answer">The worker's answer: a JSON array of problems.</param>
    /// <exception cref="JsonException">It is none.</exception>
    internal static IReadOnlyList<ProblemResource> Merge(IReadOnlyList<ProblemResource> own, string answer)
    {
        var found = JsonSerializer.Deserialize<List<ProblemResource>>(answer, JsonSerializerOptions.Web) ?? [];
        return
        [
            .. own.Concat(found.Where(p => p.Code.StartsWith(EngineCodes, StringComparison.Ordinal) && p.Code != FileCode))
                .DistinctBy(p => (p.Code, p.Line, p.Column, p.Message))
                .OrderBy(p => p.Line).ThenBy(p => p.Column),
        ];
    }

    private async Task<string> AnswerAsync(
        string program, IReadOnlyList<string> first, string model, CancellationToken cancellation)
    {
        // Readable for this user only.
        var folder = Directory.CreateTempSubdirectory("lockstep-trial-");
        try
        {
            var file = Path.Combine(folder.FullName, "model.xml");
            await File.WriteAllTextAsync(file, model, cancellation);
            using var limit = new CancellationTokenSource(TimeLimit, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
            using var process = Process.Start(StartOf(program, [.. first, "validate", file, "--json", .. options.ModelFileArguments]))!;
            try
            {
                process.StandardInput.Close();
                var answer = await ReadAsync(process.StandardOutput, either.Token);
                await process.WaitForExitAsync(either.Token);
                return answer;
            }
            finally
            {
                // Does nothing to one that has ended.
                process.Kill(entireProcessTree: true);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static ProcessStartInfo StartOf(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment.Clear();
        foreach (var name in PassedOn)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                start.Environment[name] = value;
            }
        }

        return start;
    }

    private static async Task<string> ReadAsync(StreamReader output, CancellationToken cancellation)
    {
        var answer = new StringBuilder();
        var buffer = new char[16 * 1024];
        while (await output.ReadAsync(buffer, cancellation) is > 0 and var count)
        {
            answer.Append(buffer, 0, count);
            if (answer.Length > MaxAnswerChars)
            {
                throw new IOException($"Its answer is longer than {MaxAnswerChars} characters.");
            }
        }

        return answer.ToString();
    }

    [LoggerMessage(EventId = 6911, Level = LogLevel.Warning,
        Message = "The worker program is not beside the manager, so expressions of the model were not checked; give --worker PATH")]
    private static partial void LogMissing(ILogger logger);

    [LoggerMessage(EventId = 6912, Level = LogLevel.Warning,
        Message = "The worker did not check the model's expressions, the validator's word stands: {Reason}")]
    private static partial void LogNoAnswer(ILogger logger, string reason);
}
