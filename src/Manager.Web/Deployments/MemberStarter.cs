using System.ComponentModel;
using System.Globalization;
using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Launching;
using Lockstep.Manager.Web.Options;
using Lockstep.Manager.Web.Security;

namespace Lockstep.Manager.Web.Deployments;

/// <summary>Starts members: writes their files and launches a worker.</summary>
internal sealed class MemberStarter(
    ManagerOptions options, MemberFiles files, GroupModels models, ProcessLauncher launcher, AccessKeys keys, OwnAddress own)
{
    /// <summary>Path of the socket over which workers are supervised.</summary>
    public string SupervisorSocket => Path.Combine(options.DataFolder, "supervisor.sock");

    /// <summary>
    /// Every engine of a group that is or was upgraded may follow the other version: the journal holds both.
    /// </summary>
    private async Task<IReadOnlyList<string>> ShadowArgumentsAsync(
        DeploymentSpec spec, MemberName member, CancellationToken cancellation)
    {
        if (member.Kind != MemberKind.Engine || (spec.Upgrade is null && !spec.WasUpgraded))
        {
            return [];
        }

        List<string> arguments = ["--role", "shadow"];
        if (spec.Upgrade is { Rebuild: false } upgrade && spec.NewEngines().Contains(member)
            && await models.OfAsync(spec, cancellation) is { } former)
        {
            arguments.AddRange(["--former", await files.WriteFormerAsync(spec, former, cancellation)]);
            arguments.AddRange(upgrade.StartEmpty.SelectMany(w => new[] { "--start-empty", w }));
            arguments.AddRange(upgrade.KeepState.SelectMany(w => new[] { "--keep-state", w }));
        }

        return arguments;
    }

    /// <summary>Starts a member.</summary>
    /// <returns>The process, or why it could not be started, as a sentence.</returns>
    public async Task<(ProcessIdentity? Process, string? Problem)> StartAsync(
        DeploymentSpec spec, MemberName member, Bus bus, CancellationToken cancellation)
    {
        if (ProgramPath.Find(options.Worker, "Engine.Worker", "worker") is not var (program, first))
        {
            return (null, "the worker program is not beside the manager; give --worker PATH");
        }

        var version = spec.VersionOf(member);
        var model = version == spec.Version
            ? await models.OfAsync(spec, cancellation)
            : await models.ReadAsync(spec, version, cancellation);
        if (model is null)
        {
            return (null, $"version {version} of project {spec.Project} does not read as a model");
        }

        if (await files.WriteAsync(spec, member, model, bus, cancellation) is not { } modelFile)
        {
            return (null, "the model has no window with a kafka connector for it");
        }

        List<string> arguments =
        [
            .. first, "run", modelFile, "--kafka", bus.Kafka, "--zookeeper", bus.ZooKeeper, "--group", spec.Name,
            "--member", member.Name, "--version", version, "--data", files.DataOf(spec, member),
            "--urls", "http://127.0.0.1:0", "--manager", own.Address, "--supervisor-socket", SupervisorSocket, .. options.ModelFileArguments,
        ];
        if (options.SessionTimeoutMs is { } sessionMs && member.Kind == MemberKind.Engine)
        {
            arguments.AddRange(["--session-timeout-ms", sessionMs.ToString(CultureInfo.InvariantCulture)]);
        }

        arguments.AddRange(await ShadowArgumentsAsync(spec, member, cancellation));
        Directory.CreateDirectory(files.DataOf(spec, member));
        try
        {
            var process = launcher.Start(program, arguments, files.LogOf(spec.Name, member), VariablesOf(spec));
            return process is null ? (null, "it ended at once (see its log)") : (process, null);
        }
        catch (Exception refused) when (refused is Win32Exception or IOException)
        {
            return (null, refused.Message);
        }
    }

    // Settings hold passwords: a command line is seen by every user of the machine, the environment by the member's own.
    private Dictionary<string, string> VariablesOf(DeploymentSpec spec)
    {
        var variables = new Dictionary<string, string>
        {
            [WorkerVariables.Key] = keys.WorkerKey,
            ["DOTNET_TieredPGO"] = "0",
            ["DOTNET_gcServer"] = "0",
        };
        foreach (var (name, value) in GroupTopology.SettingsOf(spec.Name, spec.Settings))
        {
            variables[WorkerVariables.SettingPrefix + name] = value;
        }

        return variables;
    }
}
