using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Options;

namespace Lockstep.Manager.Web.Deployments;

/// <summary>The files of a group's members: models, kafka.cfg, logs, data; all in DIR/groups/GROUP.</summary>
internal sealed class MemberFiles(ManagerOptions options)
{
    /// <summary>Folder of a group.</summary>
    public string FolderOf(string group) => Path.Combine(options.DataFolder, "groups", group);

    /// <summary>Folder of all that a member keeps, of whatever version.</summary>
    public string RootOf(string group, MemberName member) => Path.Combine(FolderOf(group), member.Name);

    /// <summary>Folder of a member's snapshots and the like; an engine's of an upgraded group is of its version alone.</summary>
    public string DataOf(DeploymentSpec spec, MemberName member) => HasVersion(spec, member)
        ? Path.Combine(RootOf(spec.Name, member), spec.VersionOf(member))
        : RootOf(spec.Name, member);

    /// <summary>A member's log.</summary>
    public string LogOf(string group, MemberName member) => Path.Combine(FolderOf(group), member.Name + ".log");

    /// <summary>Writes what a member reads.</summary>
    /// <returns>Path of its model; null when the model has no window for such a member.</returns>
    public async Task<string?> WriteAsync(
        DeploymentSpec spec, MemberName member, GroupModel model, Bus bus, CancellationToken cancellation)
    {
        var folder = Directory.CreateDirectory(FolderOf(spec.Name)).FullName;
        var topology = model.Topology;
        switch (member.Kind)
        {
            case MemberKind.Engine:
                return await WriteEngineAsync(
                    spec, HasVersion(spec, member) ? $"engine-{spec.VersionOf(member)}.xml" : "engine.xml", model, cancellation);
            case MemberKind.Input when topology.Inputs is [var first, ..]:
                var publish = Path.Combine(folder, "kafkapub.cfg");
                await ReplaceAsync(publish, Bytes(AdapterModel.InputConfig(spec.Name, bus.Kafka, bus.ZooKeeper)), cancellation);
                var input = Path.Combine(folder, "input.xml");
                await ReplaceAsync(
                    input,
                    Bytes(AdapterModel.Input(
                        spec.Name, topology.Project, first, spec.InputFile!, spec.InputHeaderLines, publish)),
                    cancellation);
                return input;
            case MemberKind.Output when topology.Outputs is [var first, ..]:
                var subscribe = Path.Combine(folder, "kafkasub.cfg");
                await ReplaceAsync(subscribe, Bytes(AdapterModel.OutputConfig(spec.Name, bus.Kafka)), cancellation);
                var output = Path.Combine(folder, "output.xml");
                await ReplaceAsync(
                    output, Bytes(AdapterModel.Output(spec.Name, topology.Project, first, spec.OutputFile!, subscribe)), cancellation);
                return output;
            default:
                return null;
        }
    }

    /// <summary>Writes the model of the version before an upgrade, for those that take its state over.</summary>
    /// <returns>Its path.</returns>
    public Task<string> WriteFormerAsync(DeploymentSpec spec, GroupModel model, CancellationToken cancellation) =>
        WriteEngineAsync(spec, $"engine-{spec.Version}.xml", model, cancellation);

    private async Task<string> WriteEngineAsync(DeploymentSpec spec, string name, GroupModel model, CancellationToken cancellation)
    {
        var path = Path.Combine(Directory.CreateDirectory(FolderOf(spec.Name)).FullName, name);
        await ReplaceAsync(path, model.Xml, cancellation);
        return path;
    }

    private static bool HasVersion(DeploymentSpec spec, MemberName member) =>
        member.Kind == MemberKind.Engine && (spec.WasUpgraded || spec.NewEngines().Contains(member));

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    /// <summary>Another member may be reading the file: it sees the old or the new one, never a part.</summary>
    private static async Task ReplaceAsync(string path, byte[] content, CancellationToken cancellation)
    {
        if (File.Exists(path) && (await File.ReadAllBytesAsync(path, cancellation)).AsSpan().SequenceEqual(content))
        {
            return;
        }

        var next = path + ".new";
        await File.WriteAllBytesAsync(next, content, cancellation);
        File.Move(next, path, overwrite: true);
    }
}
