using System.Globalization;
using Lockstep.Connectors.Messages;
using Lockstep.Contracts.Projects;

namespace Lockstep.Connectors.Rmq;

/// <summary>Properties of class rmq.</summary>
internal sealed record RmqOptions
{
    private const int PlainPort = 5672;
    private const int TlsPort = 5671;

    /// <summary>What messages hold.</summary>
    public required MessageOptions Messages { get; init; }

    /// <summary>The server's host.</summary>
    public required string Host { get; init; }

    /// <summary>Its port.</summary>
    public int Port { get; init; }

    /// <summary>Its virtual host.</summary>
    public string VirtualHost { get; init; } = "/";

    /// <summary>User name.</summary>
    public required string User { get; init; }

    /// <summary>Password; never logged.</summary>
    public required string Password { get; init; }

    /// <summary>The exchange.</summary>
    public required string Exchange { get; init; }

    /// <summary>The routing key.</summary>
    public required string Topic { get; init; }

    /// <summary>Exchange and queue are durable, messages persistent.</summary>
    public bool IsPersistent { get; init; }

    /// <summary>Name of the durable queue; empty for a queue that goes with the connector.</summary>
    public string Queue { get; init; } = "";

    /// <summary>The connection is by TLS.</summary>
    public bool IsTls { get; init; }

    /// <summary>File of the authority that is trusted; empty for the system's.</summary>
    public string AuthorityFile { get; init; } = "";

    /// <summary>Server and exchange, for messages.</summary>
    public string Place => string.Create(CultureInfo.InvariantCulture, $"RabbitMQ {Host}:{Port}, exchange '{Exchange}', topic '{Topic}'");

    /// <summary>Checks a connector of a model.</summary>
    public static void Check(ConnectorCheck check)
    {
        var properties = check.Read();
        Parse(properties, check.Substitutions, check.Connector.Direction).Messages.Check(check, properties);
        properties.WarnOfUnknown();
    }

    /// <summary>Reads the properties; what is wrong goes to the reader's problems.</summary>
    public static RmqOptions Parse(PropertyReader properties, Substitutions substitutions, ConnectorDirection direction)
    {
        var isTls = properties.Flag("rmqssl");
        var isPersistent = properties.Flag("buspersistence");
        var queue = properties.Text("buspersistencequeue");
        if (isPersistent && queue.Length == 0 && direction == ConnectorDirection.Publish)
        {
            properties.Error(ProblemCode.MissingProperty, "Property 'buspersistence' of a publisher needs 'buspersistencequeue': the queue's name.");
        }

        MessageOptions.RefuseEncrypted(properties, "rmqpasswordencrypted");
        properties.Ignore("urlhostport", "numbufferedmsgs");
        var port = properties.Port("rmqport", isTls ? TlsPort : PlainPort);
        var (host, mapped) = substitutions.HostOf(properties.Required("rmqhost"), port);
        return new RmqOptions
        {
            Messages = MessageOptions.Parse(properties, "rmqtype", direction),
            Host = host,
            Port = mapped,
            VirtualHost = properties.Text("rmqvhost", "/"),
            User = properties.Required("rmquserid"),
            Password = properties.Required("rmqpassword"),
            Exchange = properties.Required("rmqexchange"),
            Topic = properties.Required("rmqtopic"),
            IsPersistent = isPersistent,
            Queue = isPersistent ? queue : "",
            IsTls = isTls,
            AuthorityFile = substitutions.PathOf(properties.Text("rmqsslcacert")),
        };
    }

    /// <summary>Builds the connector of a context.</summary>
    public static IConnector Create(ConnectorContext context)
    {
        var definition = context.Definition;
        var options = Parse(
            new PropertyReader(definition.Properties, context.Path, definition.Position, []), context.Substitutions, definition.Direction);
        return options.Messages.Connect(context, new RmqBroker(options));
    }
}
