using System.ComponentModel;
using System.Globalization;
using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Launching;
using Lockstep.Manager.Web.Options;
using Lockstep.Manager.Web.Security;

namespace Lockstep.Manager.Web.Deployments;

/// <summary>Starts members: writes their files and launches a worker.</summary>
internal sealed class MemberStarter(
    ManagerOptions options, MemberFiles files, GroupModels models, ProcessLauncher launcher, AccessKeys keys, OwnAddress own)
{
    /// <summary>Environment variable with the workers' key.</summary>
    public const string KeyVariable = "LOCKSTEP_WORKER_KEY";

    /// <summary>Path of the socket over which workers are supervised.</summary>
    public string SupervisorSocket => Path.Combine(options.DataFolder, "supervisor.sock");

    /// <summary>Starts a member.</summary>
    /// <returns>The process, or why it could not be started, as a sentence.</returns>
    public async Task<(ProcessIdentity? Process, string? Problem)> StartAsync(
        DeploymentSpec spec, MemberName member, Bus bus, CancellationToken cancellation)
    {
        if (ProgramPath.Find(options.Worker, "Engine.Worker", "worker") is not var (program, first))
        {
            return (null, "the worker program is not beside the manager; give --worker PATH");
        }

        if (await models.OfAsync(spec, cancellation) is not { } model)
        {
            return (null, $"version {spec.Version} of project {spec.Project} does not read as a model");
        }

        if (await files.WriteAsync(spec, member, model, bus, cancellation) is not { } modelFile)
        {
            return (null, "the model has no window with a kafka connector for it");
        }

        List<string> arguments =
        [
            .. first, "run", modelFile, "--kafka", bus.Kafka, "--zookeeper", bus.ZooKeeper, "--group", spec.Name,
            "--member", member.Name, "--version", spec.Version, "--data", files.DataOf(spec.Name, member),
            "--urls", "http://127.0.0.1:0", "--manager", own.Address, "--supervisor-socket", SupervisorSocket,
        ];
        foreach (var (name, value) in GroupTopology.SettingsOf(spec.Name, spec.Settings))
        {
            arguments.Add("--set");
            arguments.Add(string.Create(CultureInfo.InvariantCulture, $"{name}={value}"));
        }

        Directory.CreateDirectory(files.DataOf(spec.Name, member));
        try
        {
            var process = launcher.Start(
                program, arguments, files.LogOf(spec.Name, member),
                new Dictionary<string, string>
                {
                    [KeyVariable] = keys.WorkerKey,
                    ["DOTNET_TieredPGO"] = "0",
                    ["DOTNET_gcServer"] = "0",
                });
            return process is null ? (null, "it ended at once (see its log)") : (process, null);
        }
        catch (Exception refused) when (refused is Win32Exception or IOException)
        {
            return (null, refused.Message);
        }
    }
}
