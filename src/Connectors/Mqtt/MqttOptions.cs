using System.Globalization;
using Lockstep.Connectors.Messages;
using Lockstep.Contracts.Projects;

namespace Lockstep.Connectors.Mqtt;

/// <summary>Properties of class mqtt.</summary>
internal sealed record MqttOptions
{
    private const int PlainPort = 1883;
    private const int TlsPort = 8883;

    /// <summary>What messages hold.</summary>
    public required MessageOptions Messages { get; init; }

    /// <summary>The broker's host.</summary>
    public required string Host { get; init; }

    /// <summary>Its port.</summary>
    public int Port { get; init; }

    /// <summary>The topic.</summary>
    public required string Topic { get; init; }

    /// <summary>Quality of service: 0, 1 or 2.</summary>
    public int Qos { get; init; }

    /// <summary>The client's name; empty for a made one.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>The broker forgets the client when it goes.</summary>
    public bool IsCleanSession { get; init; }

    /// <summary>Time between two signs of life.</summary>
    public TimeSpan KeepAlive { get; init; }

    /// <summary>Messages that the broker kept are taken.</summary>
    public bool TakesRetained { get; init; }

    /// <summary>The broker keeps the last message.</summary>
    public bool Retains { get; init; }

    /// <summary>User name; empty for none.</summary>
    public string User { get; init; } = "";

    /// <summary>Password; never logged.</summary>
    public string Password { get; init; } = "";

    /// <summary>The connection is by TLS.</summary>
    public bool IsTls { get; init; }

    /// <summary>File of the authority that is trusted; empty for the system's.</summary>
    public string AuthorityFile { get; init; } = "";

    /// <summary>File of the client's certificate; empty for none.</summary>
    public string CertificateFile { get; init; } = "";

    /// <summary>File of its key.</summary>
    public string KeyFile { get; init; } = "";

    /// <summary>Password of the key; never logged.</summary>
    public string KeyPassword { get; init; } = "";

    /// <summary>Broker and topic, for messages.</summary>
    public string Place => string.Create(CultureInfo.InvariantCulture, $"MQTT broker {Host}:{Port}, topic '{Topic}'");

    /// <summary>Checks a connector of a model.</summary>
    public static void Check(ConnectorCheck check)
    {
        var properties = check.Read();
        Parse(properties, check.Substitutions, check.Connector.Direction).Messages.Check(check, properties);
        properties.WarnOfUnknown();
    }

    /// <summary>Reads the properties; what is wrong goes to the reader's problems.</summary>
    public static MqttOptions Parse(PropertyReader properties, Substitutions substitutions, ConnectorDirection direction)
    {
        var isTls = properties.Flag("mqttssl");
        var topic = properties.Required("mqtttopic");
        var clientId = properties.Text("mqttclientid");
        var isCleanSession = !properties.Flag("mqttdonotcleansession");
        if (!isCleanSession && clientId.Length == 0)
        {
            properties.Error(ProblemCode.MissingProperty, "Property 'mqttdonotcleansession' needs 'mqttclientid': the name that the broker knows.");
        }

        if (direction == ConnectorDirection.Subscribe && topic.AsSpan().ContainsAny('+', '#'))
        {
            properties.Error(ProblemCode.InvalidProperty, $"Property 'mqtttopic' is '{topic}': a subscriber sends to one topic, without + and #.");
        }

        MessageOptions.RefuseEncrypted(properties, "mqttpasswordencrypted");
        var port = properties.Port("mqttport", isTls ? TlsPort : PlainPort);
        var (host, mapped) = substitutions.HostOf(properties.Required("mqtthost"), port);
        return new MqttOptions
        {
            Messages = MessageOptions.Parse(properties, "mqttmsgtype", direction),
            Host = host,
            Port = mapped,
            Topic = topic,
            Qos = int.Parse(properties.OneOf("mqttqos", "0", "0", "1", "2"), CultureInfo.InvariantCulture),
            ClientId = clientId,
            IsCleanSession = isCleanSession,
            KeepAlive = TimeSpan.FromSeconds(properties.Number("mqttkeepaliveinterval", 15, least: 1)),
            TakesRetained = properties.Flag("mqttacceptretainedmsg", missing: true),
            Retains = !properties.Flag("mqttdonotretainmsg", missing: true),
            User = properties.Text("mqttuserid"),
            Password = properties.Text("mqttpassword"),
            IsTls = isTls,
            AuthorityFile = substitutions.PathOf(properties.Text("mqttsslcafile")),
            CertificateFile = substitutions.PathOf(properties.Text("mqttsslcertfile")),
            KeyFile = substitutions.PathOf(properties.Text("mqttsslkeyfile")),
            KeyPassword = properties.Text("mqttsslpassword"),
        };
    }

    /// <summary>Builds the connector of a context.</summary>
    public static IConnector Create(ConnectorContext context)
    {
        var definition = context.Definition;
        var options = Parse(
            new PropertyReader(definition.Properties, context.Path, definition.Position, []), context.Substitutions, definition.Direction);
        return options.Messages.Connect(context, new MqttBroker(options));
    }
}
