using Lockstep.Connectors.Messages;
using Lockstep.Contracts.Projects;

namespace Lockstep.Connectors.Redis;

/// <summary>Where in Redis events come from or go to.</summary>
internal enum RedisForm
{
    /// <summary>Entries of a stream.</summary>
    Stream,

    /// <summary>Messages of a channel.</summary>
    Channel,

    /// <summary>Hashes whose keys begin with a prefix.</summary>
    Hash,
}

/// <summary>Properties of class redis.</summary>
internal sealed record RedisOptions
{
    /// <summary>The server.</summary>
    public required RedisAddress Address { get; init; }

    /// <summary>Where events are.</summary>
    public RedisForm Form { get; init; }

    /// <summary>Name of the stream or channel, or the prefix.</summary>
    public required string Name { get; init; }

    /// <summary>What messages hold; of hashes, how their values are read.</summary>
    public required MessageOptions Messages { get; init; }

    /// <summary>Field of a stream's entry that holds the message.</summary>
    public string Field { get; init; } = "data";

    /// <summary>The consumer group; empty for none.</summary>
    public string Group { get; init; } = "";

    /// <summary>Entries that a stream is to keep, about; 0 for all.</summary>
    public int MaxLength { get; init; }

    /// <summary>Server and name, for messages.</summary>
    public string Place => $"{Address.Place}, {Form.ToString().ToLowerInvariant()} '{Name}'";

    /// <summary>Checks a connector of a model.</summary>
    public static void Check(ConnectorCheck check)
    {
        var properties = check.Read();
        var options = Parse(properties, check.Substitutions, check.Connector.Direction);
        options.Messages.Check(check, properties);
        check.IsEndless &= options.Form != RedisForm.Hash;
        properties.WarnOfUnknown();
    }

    /// <summary>Reads the properties; what is wrong goes to the reader's problems.</summary>
    public static RedisOptions Parse(PropertyReader properties, Substitutions substitutions, ConnectorDirection direction)
    {
        var form = properties.OneOf("redisform", "stream", "stream", "channel", "hash") switch
        {
            "hash" => RedisForm.Hash,
            "channel" => RedisForm.Channel,
            _ => RedisForm.Stream,
        };
        if (form == RedisForm.Hash && direction == ConnectorDirection.Subscribe)
        {
            properties.Error(ProblemCode.InvalidProperty,
                "Property 'redisform' of a subscriber can't be hash: rows are written by a statedb-writer window with type=\"redis\".");
        }

        MessageOptions.RefuseEncrypted(properties, "redispasswordencrypted");
        var (host, port) = substitutions.HostOf(
            properties.Required("redishost"), properties.Port("redisport", StateDbDefinition.RedisPort));
        return new RedisOptions
        {
            Address = new RedisAddress(host, port, properties.Text("redisuserid"), properties.Text("redispassword"))
            {
                IsTls = properties.Flag("redisssl"),
            },
            Form = form,
            Name = properties.Required("redisname"),
            Messages = MessageOptions.Parse(properties, "redismsgtype", direction, isRequired: form != RedisForm.Hash),
            Field = properties.Text("redisfield", "data"),
            Group = properties.Text("redisgroup"),
            MaxLength = properties.Number("redismaxlength", 0),
        };
    }

    /// <summary>Builds the connector of a context.</summary>
    public static IConnector Create(ConnectorContext context)
    {
        var definition = context.Definition;
        var options = Parse(
            new PropertyReader(definition.Properties, context.Path, definition.Position, []), context.Substitutions, definition.Direction);
        return options.Form == RedisForm.Hash ? new RedisRowPublisher(context, options)
            : options.Messages.Connect(context, new RedisBroker(options, context));
    }
}
