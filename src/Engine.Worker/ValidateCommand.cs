using System.Text.Json;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Worker.Options;
using Lockstep.Engine.Worker.Running;

namespace Lockstep.Engine.Worker;

/// <summary>Prints every problem of a model: one line each, or a JSON array of the REST resource.</summary>
internal static class ValidateCommand
{
    /// <summary>Runs the command.</summary>
    /// <param name="options">Which model.</param>
    /// <param name="output">Takes the problems.</param>
    /// <param name="errors">Takes what prevents reading.</param>
    /// <returns>0 when the model can run, else 1.</returns>
    public static async Task<int> RunAsync(WorkerOptions options, TextWriter output, TextWriter errors)
    {
        ModelLoad load;
        try
        {
            load = ModelLoad.Of(options);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync(unreadable.Message);
            return ExitCode.InvalidModel;
        }

        if (options.Json)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(load.Problems.Select(ToResource), StatusApi.Json));
        }
        else
        {
            foreach (var problem in load.Problems)
            {
                await output.WriteLineAsync(LineOf(options.Model, problem));
            }
        }

        return load.HasErrors ? ExitCode.InvalidModel : ExitCode.Done;
    }

    /// <summary><c>file:line:column severity code path: message</c>, the form that editors jump to.</summary>
    public static string LineOf(string file, Problem problem) => $"{file}:{problem}";

    private static ProblemResource ToResource(Problem problem) => new(
        problem.Severity == ProblemSeverity.Error ? "error" : "warning",
        problem.Code,
        problem.Path,
        problem.Position.Line,
        problem.Position.Column,
        problem.Message);
}
