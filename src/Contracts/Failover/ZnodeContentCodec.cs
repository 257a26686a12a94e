using Lockstep.Contracts.Json;

namespace Lockstep.Contracts.Failover;

/// <summary>Data of a member's znode as JSON (docs/formats/znodes.md). Thread safe.</summary>
public static class ZnodeContentCodec
{
    /// <summary>The content as UTF-8 JSON.</summary>
    public static byte[] Encode(ZnodeContent content) => JsonCodec.Encode(content, ContractsJsonContext.Default.ZnodeContent);

    /// <summary>Reads a content; unknown properties are ignored.</summary>
    /// <exception cref="FormatException">The bytes are not a member's content.</exception>
    public static ZnodeContent Decode(ReadOnlySpan<byte> bytes)
    {
        var content = JsonCodec.Decode(bytes, ContractsJsonContext.Default.ZnodeContent, "a member's znode");
        JsonCodec.Demand(!string.IsNullOrEmpty(content.Member) && content.Incarnation is not null, "The znode names no member.");
        return content with { ModelDigest = content.ModelDigest ?? "", Address = content.Address ?? "" };
    }
}
