using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Options;

namespace Lockstep.Manager.Web.Deployments;

/// <summary>The files of a group's members: models, kafka.cfg, logs, data; all in DIR/groups/GROUP.</summary>
internal sealed class MemberFiles(ManagerOptions options)
{
    /// <summary>Folder of a group.</summary>
    public string FolderOf(string group) => Path.Combine(options.DataFolder, "groups", group);

    /// <summary>Folder of a member's snapshots and the like.</summary>
    public string DataOf(string group, MemberName member) => Path.Combine(FolderOf(group), member.Name);

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
                var engine = Path.Combine(folder, "engine.xml");
                await ReplaceAsync(engine, model.Xml, cancellation);
                return engine;
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
