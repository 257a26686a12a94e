using Lockstep.Connectors.Messages;
using Lockstep.Contracts.Events;

namespace Lockstep.Connectors.Kafka;

/// <summary>How events lie in a topic's records.</summary>
internal enum RecordFormat
{
    /// <summary>One event block a record.</summary>
    Binary,

    /// <summary>Lines of text a record.</summary>
    Csv,

    /// <summary>An array of objects, or an object.</summary>
    Json,

    /// <summary>The value of one string field, whatever it is.</summary>
    OpaqueString,
}

/// <summary>What property kafkatype says.</summary>
/// <param name="Format">How events lie in records.</param>
/// <param name="TextField">Name of the field that a record is the value of; empty for the one that is found by its type.</param>
internal readonly record struct KafkaType(RecordFormat Format, string TextField = "")
{
    /// <summary>True for the forms in which the outbound topics of a failover group are written.</summary>
    public bool IsForGroups => Format is RecordFormat.Binary or RecordFormat.Csv;

    /// <summary>Reads the property; what is no name of a form is one of a field.</summary>
    public static KafkaType Of(string text) => text.ToUpperInvariant() switch
    {
        "BINARY" or "" => new KafkaType(RecordFormat.Binary),
        "CSV" => new KafkaType(RecordFormat.Csv),
        "JSON" => new KafkaType(RecordFormat.Json),
        "OPAQUESTRING" => new KafkaType(RecordFormat.OpaqueString),
        _ => new KafkaType(RecordFormat.OpaqueString, text),
    };

    /// <summary>Forms that are not of Kafka alone, as options of messages.</summary>
    public MessageOptions Messages(CsvFormat csv, bool blockPerMessage = false) => new()
    {
        Format = Format switch
        {
            RecordFormat.Json => MessageFormat.Json,
            RecordFormat.OpaqueString => MessageFormat.OpaqueString,
            _ => MessageFormat.Csv,
        },
        TextField = TextField,
        Csv = csv,
        BlockPerMessage = blockPerMessage,
    };
}
