using System.Text.Json;
using System.Text.Json.Serialization;
using Lockstep.Contracts.Failover;

namespace Lockstep.Contracts.Json;

/// <summary>
/// JSON of what members write into journal, metadata topic, znodes and supervision sockets: camelCase names, enums as
/// camelCase text, unknown properties ignored, so that an older reader understands a newer writer.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters =
    [
        typeof(EpochConverter), typeof(HexConverter), typeof(CamelCaseEnumConverter<JournalRecordKind>),
        typeof(CamelCaseEnumConverter<MemberRole>), typeof(CamelCaseEnumConverter<SupervisionKind>),
    ])]
[JsonSerializable(typeof(JournalRecord))]
[JsonSerializable(typeof(ZnodeContent))]
[JsonSerializable(typeof(SupervisionMessage))]
[JsonSerializable(typeof(MetadataRecord))]
[JsonSerializable(typeof(SourcePosition))]
internal sealed partial class ContractsJsonContext : JsonSerializerContext;

/// <summary>An enum as camelCase text; numbers are refused, since they would tie the format to the order of members.</summary>
internal sealed class CamelCaseEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;

/// <summary>An epoch as its number.</summary>
internal sealed class EpochConverter : JsonConverter<Epoch>
{
    public override Epoch Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt64());

    public override void Write(Utf8JsonWriter writer, Epoch value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Value);
}

/// <summary>A 64-bit hash as 16 hexadecimal digits: JSON numbers lose bits beyond 2^53 in many readers.</summary>
internal sealed class HexConverter : JsonConverter<ulong>
{
    public override ulong Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ulong.TryParse(
            reader.GetString(), System.Globalization.NumberStyles.AllowHexSpecifier,
            System.Globalization.CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new JsonException("A hash must be hexadecimal.");

    public override void Write(Utf8JsonWriter writer, ulong value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString("x16", System.Globalization.CultureInfo.InvariantCulture));
}
