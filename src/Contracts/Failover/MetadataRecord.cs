using Lockstep.Contracts.Json;

namespace Lockstep.Contracts.Failover;

/// <summary>
/// What the metadata topic says of one window, so that adapters and clients can decode its events without the model.
/// The record's key is <see cref="Window"/> in UTF-8.
/// </summary>
/// <param name="Window"><c>project/contquery/window</c>.</param>
/// <param name="Schema">Schema of the window's events: <c>id*:int64,name:string</c>.</param>
/// <param name="ModelDigest">Digest of the model, lower-case hex.</param>
/// <param name="Version">Version of the published project, or empty.</param>
public sealed record MetadataRecord(string Window, string Schema, string ModelDigest, string Version)
{
    /// <summary>The key of a window's record: <c>project/contquery/window</c>.</summary>
    public static string KeyOf(string project, string contQuery, string window) => $"{project}/{contQuery}/{window}";
}

/// <summary>Metadata records as JSON (docs/formats/topics.md). Thread safe.</summary>
public static class MetadataRecordCodec
{
    /// <summary>The record as UTF-8 JSON.</summary>
    public static byte[] Encode(MetadataRecord record) => JsonCodec.Encode(record, ContractsJsonContext.Default.MetadataRecord);

    /// <summary>Reads a record; unknown properties are ignored. That the schema parses is not checked.</summary>
    /// <exception cref="FormatException">The bytes are not a metadata record.</exception>
    public static MetadataRecord Decode(ReadOnlySpan<byte> bytes)
    {
        var record = JsonCodec.Decode(bytes, ContractsJsonContext.Default.MetadataRecord, "a metadata record");
        JsonCodec.Demand(!string.IsNullOrEmpty(record.Window) && !string.IsNullOrEmpty(record.Schema), "The record names no window or schema.");
        return record with { ModelDigest = record.ModelDigest ?? "", Version = record.Version ?? "" };
    }
}
