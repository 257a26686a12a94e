using System.Collections.Immutable;
using Lockstep.Contracts.Projects.Secrets;

namespace Lockstep.Contracts.Projects;

/// <summary>Properties of the connectors to message brokers.</summary>
internal static class MessageProperties
{
    private static readonly ImmutableArray<string> Formats = ["csv", "json", "opaquestring"];

    private static readonly ImmutableArray<ConnectorProperty> Shared =
    [
        new("type", PropertyKind.Text, "pub or sub"),
        .. CsvPropertyTable.All,
        new("transactional", PropertyKind.Flag, "one bad event throws its message away", PropertyUse.Publish),
        new("blocksize", PropertyKind.NoEffect, "the events of a message are a block", PropertyUse.Publish),
        new("maxevents", PropertyKind.Number, "events after which the publisher ends", PropertyUse.Publish),
        ConnectorProperty.Snapshot,
        new("collapse", PropertyKind.Flag, "send an update as one event", PropertyUse.Subscribe),
        new("rmretdel", PropertyKind.Flag, "leave out deletes made by retention", PropertyUse.Subscribe),
        new("csvmsgperevent", PropertyKind.Flag, "an event a message; so without it too, but for transactional blocks", PropertyUse.Subscribe),
        new("csvmsgpereventblock", PropertyKind.Flag, "a block a message", PropertyUse.Subscribe),
        new("configfilesection", PropertyKind.NoEffect, "properties stand in the model"),
        new("doubleprecision", PropertyKind.NoEffect, "doubles have six decimals in csv", PropertyUse.Subscribe),
    ];

    /// <summary>Class mqtt.</summary>
    public static ImmutableArray<ConnectorProperty> Mqtt { get; } =
    [
        .. Shared,
        new("mqtthost", PropertyKind.Text, "the broker's host", IsRequired: true),
        new("mqttport", PropertyKind.Number, "its port; 1883 without it, 8883 with mqttssl"),
        new("mqtttopic", PropertyKind.Text, "the topic; of a publisher perhaps with + and #", IsRequired: true),
        new("mqttqos", PropertyKind.Choice, "quality of service; 0 without it", Choices: ["0", "1", "2"]),
        new("mqttmsgtype", PropertyKind.Choice, "what a message holds", IsRequired: true, Choices: Formats),
        new("mqttclientid", PropertyKind.Text, "the client's name at the broker; a made one without it"),
        new("mqttdonotcleansession", PropertyKind.Flag, "the broker keeps messages while the connector is away; needs mqttclientid"),
        new("mqttkeepaliveinterval", PropertyKind.Number, "seconds between two signs of life; 15 without it"),
        new("mqttacceptretainedmsg", PropertyKind.Flag, "take the messages that the broker kept; true without it", PropertyUse.Publish),
        new("mqttdonotretainmsg", PropertyKind.Flag, "the broker does not keep the last message; true without it", PropertyUse.Subscribe),
        new("mqttuserid", PropertyKind.Text, "user name"),
        new("mqttpassword", PropertyKind.Text, "password; never logged") { Secret = SecretForm.Whole },
        new("mqttpasswordencrypted", PropertyKind.Flag, "true is refused: give the password in clear text, by a token @NAME@"),
        new("mqttssl", PropertyKind.Flag, "connect by TLS"),
        new("mqttsslcafile", PropertyKind.Text, "file of a certificate (PEM) that is trusted instead of the system's"),
        new("mqttsslcertfile", PropertyKind.Text, "file of the connector's own certificate (PEM)"),
        new("mqttsslkeyfile", PropertyKind.Text, "file of its key (PEM)"),
        new("mqttsslpassword", PropertyKind.Text, "password of the key; never logged") { Secret = SecretForm.Whole },
    ];

    /// <summary>Class redis.</summary>
    public static ImmutableArray<ConnectorProperty> Redis { get; } =
    [
        .. Shared,
        new("redishost", PropertyKind.Text, "the server's host", IsRequired: true),
        new("redisport", PropertyKind.Number, "its port; 6379 without it"),
        new("redisuserid", PropertyKind.Text, "user name; the default user without it"),
        new("redispassword", PropertyKind.Text, "password; never logged") { Secret = SecretForm.Whole },
        new("redispasswordencrypted", PropertyKind.Flag, "true is refused: give the password in clear text, by a token @NAME@"),
        new("redisssl", PropertyKind.Flag, "connect by TLS"),
        new("redisform", PropertyKind.Choice, "where messages are; of a publisher also hash: rows whose keys begin with redisname and a colon; "
            + "stream without it", Choices: ["stream", "channel", "hash"]),
        new("redisname", PropertyKind.Text, "name of the stream or channel; for hash the prefix", IsRequired: true),
        new("redismsgtype", PropertyKind.Choice, "what a message holds; required but for hash", Choices: Formats),
        new("redisfield", PropertyKind.Text, "field of a stream's entry that holds the message; data without it"),
        new("redisgroup", PropertyKind.Text, "consumer group of a stream: entries come until they are acknowledged; without it "
            + "those come that are added from now on", PropertyUse.Publish),
        new("redismaxlength", PropertyKind.Number, "entries that the stream keeps, about; all without it", PropertyUse.Subscribe),
    ];

    /// <summary>Class rmq.</summary>
    public static ImmutableArray<ConnectorProperty> Rmq { get; } =
    [
        .. Shared,
        new("rmqhost", PropertyKind.Text, "the server's host", IsRequired: true),
        new("rmqport", PropertyKind.Number, "its port; 5672 without it, 5671 with rmqssl"),
        new("rmqvhost", PropertyKind.Text, "its virtual host; / without it"),
        new("rmquserid", PropertyKind.Text, "user name", IsRequired: true),
        new("rmqpassword", PropertyKind.Text, "password; never logged", IsRequired: true) { Secret = SecretForm.Whole },
        new("rmqpasswordencrypted", PropertyKind.Flag, "true is refused: give the password in clear text, by a token @NAME@"),
        new("rmqexchange", PropertyKind.Text, "the exchange; made as a topic exchange when it is not there", IsRequired: true),
        new("rmqtopic", PropertyKind.Text, "the routing key; of a publisher perhaps with * and #", IsRequired: true),
        new("rmqtype", PropertyKind.Choice, "what a message holds", IsRequired: true, Choices: Formats),
        new("buspersistence", PropertyKind.Flag,
            "exchange and queue outlive the server and the connector, messages are written to disk"),
        new("buspersistencequeue", PropertyKind.Text, "with buspersistence: the queue's name", PropertyUse.Publish),
        new("rmqssl", PropertyKind.Flag, "connect by TLS"),
        new("rmqsslcacert", PropertyKind.Text, "file of a certificate (PEM) that is trusted instead of the system's"),
        new("urlhostport", PropertyKind.NoEffect, "topics have the name of rmqtopic"),
        new("numbufferedmsgs", PropertyKind.NoEffect, "size of the original's standby buffer; nothing is buffered here", PropertyUse.Subscribe),
    ];
}
