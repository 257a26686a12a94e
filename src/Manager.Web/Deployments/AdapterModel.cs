using System.Globalization;
using System.Xml.Linq;
using Lockstep.Contracts.Events;

namespace Lockstep.Manager.Web.Deployments;

/// <summary>
/// Writes the projects of input and output members and their kafka.cfg, in the form that hand-written ones have: a source
/// window with an adapter connector between a CSV file and a topic. Pure.
/// </summary>
internal static class AdapterModel
{
    /// <summary>The project that reads a growing file into an inbound topic.</summary>
    /// <param name="group">Group name.</param>
    /// <param name="project">Name of the engine's project, for the topic.</param>
    /// <param name="end">The window that takes the events.</param>
    /// <param name="file">The file.</param>
    /// <param name="headerLines">Its header lines.</param>
    /// <param name="config">Path of the kafka.cfg.</param>
    public static string Input(string group, string project, TopicEnd end, string file, int headerLines, string config) =>
        Project($"{group}_Input", end, "Read_file_pub_Kafka", UrlOf(project, end, ""), string.Create(
            CultureInfo.InvariantCulture,
            $"dfesp_fs_adapter -C type=pub,fsname={file},fstype=csv,header={headerLines},growinginputfile=true,"
            + $"transport=kafka,transportconfigfile={config}"));

    /// <summary>The project that writes an outbound topic to a file.</summary>
    /// <param name="group">Group name.</param>
    /// <param name="project">Name of the engine's project, for the topic.</param>
    /// <param name="end">The window that gives the events.</param>
    /// <param name="file">The file.</param>
    /// <param name="config">Path of the kafka.cfg.</param>
    public static string Output(string group, string project, TopicEnd end, string file, string config) =>
        Project($"{group}_Output", end, "outbound", UrlOf(project, end, "?snapshot=false"),
            $"dfesp_fs_adapter -C type=sub,fsname={file},fstype=csv,header=full,transport=kafka,transportconfigfile={config}");

    /// <summary>The kafka.cfg of the input members: one failover group.</summary>
    public static string InputConfig(string group, string kafka, string zooKeeper) => $$"""
        kafka
        {
        hostport = "{{kafka}}"
        partition = "0"
        initialoffset = "smallest"
        groupid = "{{InputFailoverGroup(group)}}"
        metatopic = "{{InputFailoverGroup(group)}}.meta"
        }
        sas
        {
        hotfailover = true
        zookeeperhostport = "{{zooKeeper}}"
        failovergroup = "{{InputFailoverGroup(group)}}"
        numbufferedmsgs = "1000"
        }

        """;

    /// <summary>The kafka.cfg of the output member.</summary>
    public static string OutputConfig(string group, string kafka) => $$"""
        kafka
        {
        hostport = "{{kafka}}"
        partition = "0"
        initialoffset = "smallest"
        metatopic = "{{group}}.outputs.meta"
        }
        sas
        {
        }

        """;

    /// <summary>Name of the inputs' failover group: part of their znodes' path and their transactional id.</summary>
    public static string InputFailoverGroup(string group) => $"{group}.inputs";

    private static string Project(string name, TopicEnd end, string connector, string url, string command) => new XElement(
        "project",
        new XAttribute("name", name),
        new XAttribute("threads", 1),
        new XAttribute("pubsub", "auto"),
        new XAttribute("heartbeat-interval", 1),
        new XElement("contqueries", new XElement(
            "contquery",
            new XAttribute("name", end.ContQuery),
            new XElement("windows", new XElement(
                "window-source",
                new XAttribute("name", end.Window),
                new XAttribute("pubsub", true),
                new XAttribute("index", "pi_EMPTY"),
                new XAttribute("insert-only", true),
                new XAttribute("autogen-key", IsAutogenerable(end.Schema)),
                new XElement("schema", new XElement("fields", end.Schema.Fields.Select(f => new XElement(
                    "field",
                    new XAttribute("name", f.Name),
                    new XAttribute("type", FieldTypeNames.NameOf(f.Type)),
                    f.IsKey ? new XAttribute("key", true) : null)))),
                new XElement("connectors", new XElement(
                    "connector",
                    new XAttribute("class", "adapter"),
                    new XAttribute("name", connector),
                    new XElement(
                        "properties",
                        Property("type", "pub"),
                        Property("url", $"url=\"{url}\""),
                        Property("command", command))))))))).ToString();

    private static XElement Property(string name, string value) => new("property", new XAttribute("name", name), new XCData(value));

    // A key may be left out of the file only where the engine can make one (LS1037).
    private static bool IsAutogenerable(Schema schema) =>
        schema.KeyIndexes.Length == 1 && schema.Fields[schema.KeyIndexes[0]].Type is FieldType.Int64 or FieldType.String;

    /// <summary>The prefix HAtopic1_31415 stands for host HAtopic1, port 31415 in a url.</summary>
    private static string UrlOf(string project, TopicEnd end, string query)
    {
        var underscore = end.Prefix.LastIndexOf('_');
        var hostPort = underscore > 0
            && int.TryParse(end.Prefix.AsSpan(underscore + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _)
                ? $"{end.Prefix[..underscore]}:{end.Prefix[(underscore + 1)..]}"
                : end.Prefix;
        return $"dfESP://{hostPort}/{project}/{end.ContQuery}/{end.Window}{query}";
    }
}
