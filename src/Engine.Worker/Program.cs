using Lockstep.Engine.Worker;
using Lockstep.Engine.Worker.Options;

var (options, errors) = WorkerArguments.Parse(args, Environment.GetEnvironmentVariables());
if (options is null)
{
    foreach (var error in errors)
    {
        await Console.Error.WriteLineAsync(error);
    }

    await Console.Error.WriteLineAsync();
    await Console.Error.WriteLineAsync(WorkerArguments.Usage);
    return ExitCode.Usage;
}

switch (options.Command)
{
    case WorkerCommand.Help:
        await Console.Out.WriteLineAsync(WorkerArguments.Usage);
        return ExitCode.Done;
    case WorkerCommand.Validate:
        return await ValidateCommand.RunAsync(options, Console.Out, Console.Error);
    case WorkerCommand.Diagram:
        return await DiagramCommand.RunAsync(options, Console.Out, Console.Error);
    default:
        var time = options.ClockOffset == TimeSpan.Zero ? TimeProvider.System : new OffsetClock(options.ClockOffset);
        return await new RunCommand(options, time).RunAsync();
}
