using System.Text.Json;
using Lockstep.Connectors.Files;

namespace Lockstep.Connectors.Adapters;

/// <summary>
/// How far a publisher adapter group has got in its file: committed to the metatopic, under the group's name as key, in the
/// same transaction as the records read up to there. In JSON it is a SourcePosition (docs/formats/topics.md) and more.
/// </summary>
/// <param name="Fingerprint">Tells whether the file is still the same; a <see cref="FilePrint"/> as text.</param>
/// <param name="Offset">Byte offset after the last line committed.</param>
/// <param name="Line">Its number.</param>
/// <param name="Topic">The topic the events go to.</param>
/// <param name="File">Path of the file as the writing member saw it; information only.</param>
/// <param name="Epoch">Grows by one each time a member becomes active.</param>
/// <param name="Member">Who wrote it.</param>
internal sealed record FilePosition(
    string Fingerprint, long Offset, long Line, string Topic, string File, long Epoch, string Member)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>As the value of a record.</summary>
    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>From the value of a record; null for something else.</summary>
    public static FilePosition? Decode(byte[] value)
    {
        try
        {
            return JsonSerializer.Deserialize<FilePosition>(value, Json) is { Fingerprint: not null } position ? position : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
