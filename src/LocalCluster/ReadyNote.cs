using System.Text.Json;

namespace Lockstep.LocalCluster;

/// <summary>Tells whoever started this process, or looks for it, where the servers are.</summary>
/// <param name="Kafka">Bootstrap list of the brokers.</param>
/// <param name="ZooKeeper"><c>host:port</c> of the ZooKeeper server.</param>
internal sealed record ReadyNote(string Kafka, string ZooKeeper)
{
    /// <summary>What such a cluster does not promise.</summary>
    internal const string Note = "in memory, unfenced";

    /// <summary>One line: <c>{"kafka":"..","zookeeper":"..","pid":..,"note":".."}</c>.</summary>
    internal string ToJson()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("kafka", Kafka);
            json.WriteString("zookeeper", ZooKeeper);
            json.WriteNumber("pid", Environment.ProcessId);
            json.WriteString("note", Note);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(bytes.ToArray());
    }

    /// <summary>Puts the line into a folder; a reader sees the whole of it or nothing.</summary>
    internal void WriteTo(string folder)
    {
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, LocalClusterOptions.ReadyFile);
        var unfinished = $"{file}.{Environment.ProcessId}";
        File.WriteAllText(unfinished, ToJson() + "\n");
        File.Move(unfinished, file, overwrite: true);
    }
}
