using System.Runtime.InteropServices;
using Lockstep.Connectors;
using Lockstep.Connectors.Kafka;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Hubs;
using Lockstep.Engine.Worker.Links;
using Lockstep.Engine.Worker.Logging;
using Lockstep.Engine.Worker.Options;
using Lockstep.Engine.Worker.Running;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Lockstep.Engine.Worker;

/// <summary>Runs one project: checks everything, opens the endpoints, starts the project, and ends it in order.</summary>
/// <param name="options">What and how.</param>
/// <param name="time">The clock of the process.</param>
internal sealed partial class RunCommand(WorkerOptions options, TimeProvider time) : IWorkerClient
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LogBuffer _log = new();
    private volatile ProjectRunner? _runner;

    /// <summary>Runs until the project has ended or the process is told to end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync()
    {
        if (await LoadAsync() is not { } load)
        {
            return ExitCode.InvalidModel;
        }

        // Asked for by signal: the run hands over first and then ends; a second signal ends at once.
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask);
        using var lines = new LineLoggerProvider(_log, Console.Out, time, load.Secrets);
        using var loggers = LoggerFactory.Create(b => b.AddProvider(lines).SetMinimumLevel(LogLevel.Information));
        var logger = loggers.CreateLogger<RunCommand>();
        var identity = IdentityOf(load);
        var board = new StatusBoard(identity, load.Project!.Name, time) { Secrets = load.Secrets };
        await using var app = Build(board);
        await app.StartAsync();
        identity = identity with { Address = AddressOf(app) };
        board.Identify(identity);
        LogStarted(logger, load.Project.Name, identity.Member, Environment.ProcessId, identity.Address);
        try
        {
            return await RunProjectAsync(load, identity, board, loggers, logger);
        }
#pragma warning disable CA1031 // The edge of the process: a defect is logged and becomes its exit code; the launcher starts anew.
        catch (Exception defect)
#pragma warning restore CA1031
        {
            LogDefect(logger, defect);
            return ExitCode.Defect;
        }
        finally
        {
            await app.StopAsync(CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    public Task SwitchoverAsync()
    {
        _runner?.SwitchOver();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task HandOverAsync(string to, string modelDigest)
    {
        _runner?.HandOver(to, modelDigest);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task TakeBackAsync()
    {
        _runner?.TakeBack();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync()
    {
        _asked.TrySetResult();
        return Task.CompletedTask;
    }

    private async Task<int> RunProjectAsync(
        ModelLoad load, WorkerIdentity identity, StatusBoard board, ILoggerFactory loggers, ILogger logger)
    {
        using var supervision = options.SupervisorSocket is { } socket
            ? new SupervisionLink(socket, identity.Group, identity.Member, identity.Incarnation, loggers.CreateLogger<SupervisionLink>())
            : null;
        await using var manager = options.Manager is { } uri
            ? new ManagerLink(uri, Environment.GetEnvironmentVariable(WorkerVariables.Key), board.Now, this, _log, time,
                loggers.CreateLogger<ManagerLink>())
            : null;
        await using var runner = new ProjectRunner(load, options, identity, board, time, loggers)
        {
            OnSession = session => supervision?.Announce(session),
            OnChanged = () => manager?.Changed(),
        };
        _runner = runner;
        runner.Start();
        await Task.WhenAny(runner.Ended, _asked.Task);
        await runner.StopAsync();
        var exit = await runner.Ended;
        board.End(exit.Code == ExitCode.Done ? "" : exit.Reason);
        LogEnded(logger, exit.Code, exit.Reason);
        foreach (var problem in exit.Problems)
        {
            await Console.Error.WriteLineAsync(load.Secrets.HideIn(problem));
        }

        return exit.Code;
    }

    private async Task<ModelLoad?> LoadAsync()
    {
        ModelLoad load;
        try
        {
            load = ModelLoad.Of(options);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(unreadable.Message);
            return null;
        }

        foreach (var problem in load.Problems)
        {
            await Console.Error.WriteLineAsync(ValidateCommand.LineOf(options.Model, problem));
        }

        if (load.HasErrors || !await CanRunAsync(load))
        {
            return null;
        }

        if (!options.IsShadow)
        {
            return load;
        }

        if (!HotGroup.Is(load.Project!))
        {
            await Console.Error.WriteLineAsync("Only a project whose kafka connectors have hotfailover=true runs as a shadow.");
            return null;
        }

        return await WithFormerAsync(load);
    }

    private async Task<bool> CanRunAsync(ModelLoad load)
    {
        List<string> wrong = [.. EventFiles.Check(load, options)];
        if (options.Events.Length > 0 && HotGroup.Is(load.Project!))
        {
            wrong.Add("Option '--events' needs '--no-connectors' here: with hotfailover every event must come from a topic.");
        }

        try
        {
            if (options.Out is { } folder)
            {
                Directory.CreateDirectory(folder);
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            wrong.Add($"Option '--out': {refused.Message}");
        }

        foreach (var line in wrong)
        {
            await Console.Error.WriteLineAsync(line);
        }

        return wrong.Count == 0;
    }

    private async Task<ModelLoad?> WithFormerAsync(ModelLoad load)
    {
        if (options.Former is not { } path)
        {
            return load;
        }

        try
        {
            var former = ModelLoad.Of(options with { Model = path });
            foreach (var problem in former.Problems.Where(p => former.HasErrors))
            {
                await Console.Error.WriteLineAsync(ValidateCommand.LineOf(path, problem));
            }

            return former.HasErrors ? null : load with { Former = former };
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(unreadable.Message);
            return null;
        }
    }

    private WorkerIdentity IdentityOf(ModelLoad load)
    {
        var member = options.Member.Length > 0 ? options.Member : $"{load.Project!.Name}-{Environment.ProcessId}";
        return new WorkerIdentity
        {
            Group = options.Group,
            Member = member,
            Incarnation = Guid.NewGuid().ToString("N"),
            Version = options.Version,
            ModelDigest = load.Digest,
            DataFolder = options.DataFolder.Length > 0 ? options.DataFolder : Path.Combine(Path.GetTempPath(), "lockstep", member),
            Replication = options.Replication,
        };
    }

    private WebApplication Build(StatusBoard board)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(options.Urls);
        builder.Services.AddStatusApi();
        builder.Services.AddSingleton(new WorkerMeter(board));
        // The process ends by RunCommand, which has a project to hand over first.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        var app = builder.Build();
        app.MapStatusApi(board, _log, sequence => _runner?.OpenSnapshot(sequence));
        return app;
    }

    private void Ask(PosixSignalContext signal)
    {
        signal.Cancel = _asked.TrySetResult();
    }

    private static string AddressOf(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "";

    [LoggerMessage(EventId = 7001, Level = LogLevel.Information,
        Message = "Worker runs {Project} as {Member} (pid {Pid}); status at {Address}/status")]
    private static partial void LogStarted(ILogger logger, string project, string member, int pid, string address);

    [LoggerMessage(EventId = 7002, Level = LogLevel.Information, Message = "Worker ends with exit code {Code}: {Reason}")]
    private static partial void LogEnded(ILogger logger, int code, string reason);

    [LoggerMessage(EventId = 7003, Level = LogLevel.Critical, Message = "A defect ends the worker")]
    private static partial void LogDefect(ILogger logger, Exception defect);

    private sealed class NoLifetime : IHostLifetime
    {
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
