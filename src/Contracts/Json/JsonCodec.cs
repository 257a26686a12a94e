using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Lockstep.Contracts.Json;

/// <summary>Encodes and decodes one record as JSON with errors as format exceptions that name what was expected.</summary>
internal static class JsonCodec
{
    /// <summary>Bytes that one encoded record may have.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    public static byte[] Encode<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type);

    /// <exception cref="FormatException">The bytes are not such a record.</exception>
    public static T Decode<T>(ReadOnlySpan<byte> bytes, JsonTypeInfo<T> type, string what)
        where T : class
    {
        if (bytes.Length > MaxBytes)
        {
            throw new FormatException($"{bytes.Length} bytes are too many for {what}; {MaxBytes} are allowed.");
        }

        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw new FormatException($"The JSON null is not {what}.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or OverflowException)
        {
            // Converters report a value of the wrong kind or range by these two; to the caller it is all one.
            throw new FormatException($"{bytes.Length} bytes are not {what}: {e.Message}", e);
        }
    }

    /// <exception cref="FormatException">The condition does not hold.</exception>
    public static void Demand(bool condition, string message)
    {
        if (!condition)
        {
            throw new FormatException(message);
        }
    }
}
