using System.Text;
using Lockstep.Connectors.Files;
using Lockstep.Contracts.Events;

namespace Lockstep.Connectors.Messages;

/// <summary>Makes events of messages. Not thread-safe.</summary>
/// <param name="schema">Schema of the events.</param>
/// <param name="options">What messages hold.</param>
/// <param name="autogenKey">True when the engine makes the key.</param>
internal sealed class MessageReader(Schema schema, MessageOptions options, bool autogenKey)
{
    private readonly CsvEventReader _csv = new(schema, options.Csv, autogenKey);
    private readonly NamedEventReader _named = new(schema, options.Csv, autogenKey);
    private readonly OpaqueFields? _opaque = OpaqueFields.Find(schema, options.TextField);

    /// <summary>Appends the events of a message.</summary>
    /// <param name="topic">Where it came from.</param>
    /// <param name="payload">Its bytes, UTF-8.</param>
    /// <param name="block">A block of the schema.</param>
    /// <returns>What is wrong with it; null for nothing.</returns>
    public string? Read(string topic, ReadOnlySpan<byte> payload, EventBlock block) => options.Format switch
    {
        MessageFormat.Csv => CsvText.Read(_csv, payload, block),
        MessageFormat.Json => ReadJson(payload, block),
        _ => ReadOpaque(topic, payload, block),
    };

    private string? ReadJson(ReadOnlySpan<byte> payload, EventBlock block)
    {
        using var source = new JsonEventSource(payload.ToArray(), "message", _named);
        try
        {
            while (source.Next())
            {
                if (source.Append(block) is { } problem)
                {
                    return problem;
                }
            }

            return null;
        }
        catch (InvalidDataException broken)
        {
            return broken.Message;
        }
    }

    private string? ReadOpaque(string topic, ReadOnlySpan<byte> payload, EventBlock block)
    {
        var fields = schema.Fields;
        _named.Set(fields[_opaque!.Text].Name, Encoding.UTF8.GetString(payload));
        if (_opaque.Topic >= 0)
        {
            _named.Set(fields[_opaque.Topic].Name, topic);
        }

        return _named.Append(block);
    }
}
