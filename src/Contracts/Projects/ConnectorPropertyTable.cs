using System.Collections.Immutable;
using Lockstep.Contracts.Projects.Secrets;

namespace Lockstep.Contracts.Projects;

/// <summary>The properties of the connector classes and adapters that this version runs: what docs and checks are made of.</summary>
public static class ConnectorPropertyTable
{
    /// <summary>Units of a timer's interval.</summary>
    public static ImmutableArray<string> TimerUnits { get; } =
    [
        "second", "minute", "hour", "day", "week", "month", "year",
        "seconds", "minutes", "hours", "days", "weeks", "months", "years",
    ];

    private static readonly ImmutableArray<ConnectorProperty> Files =
    [
        new("type", PropertyKind.Text, "pub or sub"),
        new("fsname", PropertyKind.Text,
            "the file; or :port to listen on (loopback), host:port to connect to", IsRequired: true),
        new("fstype", PropertyKind.Choice, "what the file holds; syslog and cef of publishers only", IsRequired: true,
            Choices: ["csv", "xml", "json", "syslog", "cef"]),
        new("cefsyslogprefix", PropertyKind.Flag, "with cef: what syslog puts before it comes first in each line", PropertyUse.Publish),
        .. CsvPropertyTable.All,
        new("blocksize", PropertyKind.Number, "events in a block; 1 without it", PropertyUse.Publish),
        new("transactional", PropertyKind.Flag, "one bad event throws its block away", PropertyUse.Publish),
        new("rate", PropertyKind.Number, "publisher: events a second, as fast as possible without it; of a subscriber only a label of the original's "
            + "latency measurements, without effect"),
        new("repeatcount", PropertyKind.Number, "how often the file is read again", PropertyUse.Publish),
        new("maxevents", PropertyKind.Number, "events after which the publisher ends", PropertyUse.Publish),
        new("growinginputfile", PropertyKind.Flag, "wait at the end of the file for more", PropertyUse.Publish),
        new("onreplaced", PropertyKind.Choice, "what to do when the file was replaced or cut",
            Choices: ["stop", "restart"]),
        new("prebuffer", PropertyKind.Flag, "read the whole file before the first event is published", PropertyUse.Publish),
        new("stripnullsfromcsv", PropertyKind.Flag, "take zero bytes out of lines", PropertyUse.Publish),
        new("periodicity", PropertyKind.Number,
            "seconds after which a new file is begun; names of files get the time of their beginning", PropertyUse.Subscribe),
        new("maxfilesize", PropertyKind.Number,
            "bytes after which a new file is begun; names of files get the time of their beginning", PropertyUse.Subscribe),
        ConnectorProperty.Snapshot,
        new("collapse", PropertyKind.Flag, "write an update as one line", PropertyUse.Subscribe),
        new("rmretdel", PropertyKind.Flag, "leave out deletes made by retention", PropertyUse.Subscribe),
        new("configfilesection", PropertyKind.NoEffect, "properties stand in the model"),
        new("unbufferedoutputstreams", PropertyKind.Flag, "write every block at once; else when 64 KB have gathered or nothing waits", PropertyUse.Subscribe),
    ];

    private static readonly ImmutableArray<ConnectorProperty> Timer =
    [
        new("type", PropertyKind.Text, "pub"),
        new("basetime", PropertyKind.Text, "when the first event is due, in the form of timeformat", IsRequired: true),
        new("interval", PropertyKind.Number, "units between two events", IsRequired: true),
        new("unit", PropertyKind.Choice, "the unit of interval", IsRequired: true, Choices: TimerUnits),
        new("label", PropertyKind.Text, "text of the event's string field; the connector's name without it"),
        new("timeformat", PropertyKind.DateFormat, "form of basetime; %Y-%m-%d %H:%M:%S without it"),
        new("maxevents", PropertyKind.Number, "events after which the publisher ends"),
        new("configfilesection", PropertyKind.NoEffect, "properties stand in the model"),
    ];

    private static readonly ImmutableArray<ConnectorProperty> Kafka =
    [
        new("type", PropertyKind.Text, "pub or sub"),
        new("kafkahostport", PropertyKind.Text, "bootstrap servers, host:port separated by commas", IsRequired: true),
        new("kafkatopic", PropertyKind.Text, "the topic", IsRequired: true),
        new("kafkapartition", PropertyKind.Number, "the partition; 0 without it"),
        new("kafkatype", PropertyKind.ChoiceOrField, "what a record holds: an event block, lines, an array of objects, or the text of one string "
            + "field, which a name stands for too; a failover group puts out binary or csv", IsRequired: true,
            Choices: ["binary", "csv", "json", "opaquestring"]),
        new("urlhostport", PropertyKind.Text, "prefix of topic names, host_port", IsRequired: true),
        new("kafkaglobalconfig", PropertyKind.Text, "further settings of the client, name=value separated by semicolons")
        {
            Secret = SecretForm.Settings,
        },
        new("kafkatopicconfig", PropertyKind.NoEffect, "settings of topics may stand in kafkaglobalconfig")
        {
            Secret = SecretForm.Settings,
        },
        .. CsvPropertyTable.All,
        new("kafkainitialoffset", PropertyKind.Text, "where a group without any journal begins: smallest, largest or an offset", PropertyUse.Publish),
        new("onpoison", PropertyKind.Choice,
            "a record that does not decode: to the topic with .DLQ behind its name (dlq, without it), or the engine stops there",
            PropertyUse.Publish, Choices: ["dlq", "stop"]),
        new("useoffsetmsgid", PropertyKind.Flag, "message ids are offsets; always so here", PropertyUse.Publish),
        new("useclientmsgid", PropertyKind.NoEffect, "message ids are offsets here", PropertyUse.Publish),
        new("kafkaconsumergroupid", PropertyKind.NoEffect, "positions are in the journal here", PropertyUse.Publish),
        new("transactional", PropertyKind.Flag, "one bad event throws its block away; a failover group takes what binary records say",
            PropertyUse.Publish),
        new("blocksize", PropertyKind.NoEffect, "the events of a record are a block", PropertyUse.Publish),
        new("maxevents", PropertyKind.Number, "events after which the publisher ends; without effect in a failover group", PropertyUse.Publish),
        new("hotfailover", PropertyKind.Flag, "members of the group stand for election", PropertyUse.Subscribe),
        new("zookeeperhostport", PropertyKind.Text, "ensemble, host:port separated by commas, perhaps with a path", PropertyUse.Subscribe),
        new("numbufferedmsgs", PropertyKind.Number, "size of the original's standby buffer; nothing is buffered here", PropertyUse.Subscribe),
        ConnectorProperty.Snapshot,
        new("collapse", PropertyKind.Flag, "send an update as one event", PropertyUse.Subscribe),
        new("rmretdel", PropertyKind.Flag, "leave out deletes made by retention", PropertyUse.Subscribe),
        new("configfilesection", PropertyKind.NoEffect, "properties stand in the model"),
        new("doubleprecision", PropertyKind.NoEffect, "doubles have six decimals in csv", PropertyUse.Subscribe),
        new("csvmsgperevent", PropertyKind.NoEffect, "a record holds a block", PropertyUse.Subscribe),
        new("csvmsgpereventblock", PropertyKind.Flag, "of json, a block a record, else an event; others hold a block", PropertyUse.Subscribe),
        new("csvincludeschema", PropertyKind.NoEffect, "schemas are in the metadata topic", PropertyUse.Subscribe),
    ];

    private static readonly ImmutableArray<ConnectorProperty> Scripts =
    [
        new("type", PropertyKind.Text, "pub or sub"),
        new("code", PropertyKind.Text, "the script"),
        new("codefile", PropertyKind.Text, "a file that holds the script"),
        new("init", PropertyKind.Text, "function called first"),
        new("publish", PropertyKind.Text, "function that publishes; publish without it", PropertyUse.Publish),
        new("subscribe", PropertyKind.Text, "function called with the events of a block; subscribe without it", PropertyUse.Subscribe),
        new("destroy", PropertyKind.Text, "function called at the end"),
        new("interval", PropertyKind.Text, "time between two calls, as in 5 seconds; bare numbers are milliseconds", PropertyUse.Publish),
        new("maxevents", PropertyKind.Number, "events after which the publisher ends", PropertyUse.Publish),
        new("rmretdel", PropertyKind.Flag, "leave out deletes made by retention", PropertyUse.Subscribe),
        ConnectorProperty.Snapshot,
        new("collapse", PropertyKind.NoEffect, "an update is one event", PropertyUse.Subscribe),
        new("configfilesection", PropertyKind.NoEffect, "properties stand in the model"),
    ];

    /// <summary>Properties of the connector classes by class.</summary>
    public static ImmutableSortedDictionary<string, ImmutableArray<ConnectorProperty>> Connectors { get; } =
        ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
        [
            KeyValuePair.Create("db", DatabaseProperties.All),
            KeyValuePair.Create("fs", Files),
            KeyValuePair.Create("kafka", Kafka),
            KeyValuePair.Create("lua", Scripts),
            KeyValuePair.Create("mqtt", MessageProperties.Mqtt),
            KeyValuePair.Create("python", Scripts),
            KeyValuePair.Create("redis", MessageProperties.Redis),
            KeyValuePair.Create("rmq", MessageProperties.Rmq),
            KeyValuePair.Create("timer", Timer),
            KeyValuePair.Create("url", WebProperties.Url),
            KeyValuePair.Create("websocket", WebProperties.WebSocket),
            KeyValuePair.Create<string, ImmutableArray<ConnectorProperty>>("adapter",
            [
                new("type", PropertyKind.Text, "pub or sub"),
                new("command", PropertyKind.Text, "the adapter and its properties; read as data, never run by a shell", IsRequired: true)
                {
                    Secret = SecretForm.Command,
                },
                new("url", PropertyKind.Text, "the window: dfESP://host:port/project/contquery/window", IsRequired: true),
            ]),
        ]);

    /// <summary>By class: the page about it and its folder of docs/examples.</summary>
    public static ImmutableSortedDictionary<string, (string Page, string Example)> Pages { get; } =
        ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
        [
            KeyValuePair.Create("adapter", ("configuration.md", "adapter")),
            KeyValuePair.Create("db", ("db-connector.md", "database")),
            KeyValuePair.Create("fs", ("file-connectors.md", "files")),
            KeyValuePair.Create("kafka", ("configuration.md", "kafka")),
            KeyValuePair.Create("lua", ("scripts.md", "lua-connector")),
            KeyValuePair.Create("mqtt", ("message-connectors.md", "mqtt")),
            KeyValuePair.Create("python", ("scripts.md", "python-connector")),
            KeyValuePair.Create("redis", ("message-connectors.md", "redis")),
            KeyValuePair.Create("rmq", ("message-connectors.md", "rmq")),
            KeyValuePair.Create("timer", ("configuration.md", "timer")),
            KeyValuePair.Create("url", ("web-connectors.md", "url")),
            KeyValuePair.Create("websocket", ("web-connectors.md", "websocket")),
        ]);

    /// <summary>A property of a connector class, in whatever capitals its name is written; null for one that is not known.</summary>
    public static ConnectorProperty? Find(string connectorClass, string name) =>
        Connectors.TryGetValue(connectorClass, out var known)
            ? known.FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            : null;

    /// <summary>Properties behind -C by adapter.</summary>
    public static ImmutableSortedDictionary<string, ImmutableArray<ConnectorProperty>> Adapters { get; } =
        ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
        [
            KeyValuePair.Create<string, ImmutableArray<ConnectorProperty>>("dfesp_fs_adapter",
            [
                .. Files.Where(p => p.Name is not ("periodicity" or "maxfilesize" or "cefsyslogprefix")).Select(p => p.Name switch
                {
                    "fstype" => p with { Summary = "what the file holds", Choices = ["csv"] },
                    "fsname" => p with { Summary = "the file" },
                    "prebuffer" => p with { Kind = PropertyKind.NoEffect, Summary = "memory option of the original" },
                    "unbufferedoutputstreams" => p with { Kind = PropertyKind.NoEffect, Summary = "every block is written at once" },
                    _ => p,
                }),
                new("transport", PropertyKind.Choice, "how events travel", IsRequired: true, Choices: ["kafka"]),
                new("transportconfigfile", PropertyKind.Text, "file with the groups kafka and sas", IsRequired: true),
                new("loglevel", PropertyKind.NoEffect, "the member's own log level counts"),
                new("url", PropertyKind.Text, "the window, when the connector has no url"),
            ]),
        ]);
}
