using Lockstep.Contracts.Json;

namespace Lockstep.Contracts.Failover;

/// <summary>Supervision messages as one line of JSON each. Thread safe.</summary>
public static class SupervisionMessageCodec
{
    /// <summary>The message as UTF-8 JSON without line feed; the writer adds it.</summary>
    public static byte[] Encode(SupervisionMessage message) => JsonCodec.Encode(message, ContractsJsonContext.Default.SupervisionMessage);

    /// <summary>Reads a line; unknown properties are ignored.</summary>
    /// <exception cref="FormatException">The line is not a supervision message.</exception>
    public static SupervisionMessage Decode(ReadOnlySpan<byte> line)
    {
        var message = JsonCodec.Decode(line, ContractsJsonContext.Default.SupervisionMessage, "a supervision message");
        JsonCodec.Demand(!string.IsNullOrEmpty(message.Member) && !string.IsNullOrEmpty(message.Incarnation), "The message names no member.");
        return message with { Group = message.Group ?? "", SessionPassword = message.SessionPassword ?? "" };
    }
}
