using Lockstep.Contracts.Projects.Diagrams;
using Lockstep.Engine.Worker.Options;
using Lockstep.Engine.Worker.Running;

namespace Lockstep.Engine.Worker;

/// <summary>Draws a model as SVG, also one with windows that are not run or with mistakes, as far as it could be read.</summary>
internal static class DiagramCommand
{
    /// <summary>Runs the command.</summary>
    /// <param name="options">Which model, and the file to write.</param>
    /// <param name="output">Takes the picture when no file is named.</param>
    /// <param name="errors">Takes what prevents drawing.</param>
    /// <returns>0 when something was drawn, else 1.</returns>
    public static async Task<int> RunAsync(WorkerOptions options, TextWriter output, TextWriter errors)
    {
        try
        {
            var load = ModelLoad.Of(options);
            if (load.Project is not { } project)
            {
                foreach (var problem in load.Problems)
                {
                    await errors.WriteLineAsync(ValidateCommand.LineOf(options.Model, problem));
                }

                return ExitCode.InvalidModel;
            }

            var picture = ModelDiagram.Draw(project);
            if (options.Out is { } file)
            {
                await File.WriteAllTextAsync(file, picture);
            }
            else
            {
                await output.WriteAsync(picture);
            }

            return ExitCode.Done;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync(refused.Message);
            return ExitCode.InvalidModel;
        }
    }
}
