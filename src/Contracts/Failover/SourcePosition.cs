using System.Globalization;
using System.Text;
using Lockstep.Contracts.Json;

namespace Lockstep.Contracts.Failover;

/// <summary>
/// How far a publisher adapter has read its file. Every inbound record carries the position after its last line in the
/// header <see cref="HeaderName"/>; the newest one stands in the metatopic under the failover group's name.
/// </summary>
/// <param name="Fingerprint">Tells the file from one that replaced it; no blanks.</param>
/// <param name="Offset">Bytes of the file up to and with the last line's end.</param>
/// <param name="Line">Number of the last line, from 1; 0 before the first.</param>
public sealed record SourcePosition(string Fingerprint, long Offset, long Line)
{
    /// <summary>Name of the record header.</summary>
    public const string HeaderName = "lockstep-source";
}

/// <summary>
/// Source positions: <c>1 fingerprint offset line</c> in UTF-8 as a record header, JSON as the value in the metatopic
/// (docs/formats/topics.md). Thread safe.
/// </summary>
public static class SourcePositionCodec
{
    /// <summary>The position as a header's value.</summary>
    /// <exception cref="ArgumentException">The fingerprint is empty or holds a blank.</exception>
    public static byte[] EncodeHeader(SourcePosition position)
    {
        if (position.Fingerprint.Length == 0 || position.Fingerprint.Contains(' ', StringComparison.Ordinal))
        {
            throw new ArgumentException("A fingerprint has no blanks.", nameof(position));
        }

        return Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"1 {position.Fingerprint} {position.Offset} {position.Line}"));
    }

    /// <summary>Reads a header's value.</summary>
    /// <exception cref="FormatException">The bytes are not a position.</exception>
    public static SourcePosition DecodeHeader(ReadOnlySpan<byte> bytes)
    {
        const int most = 512;
        var parts = Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, most)]).Split(' ');
        JsonCodec.Demand(parts.Length == 4 && parts[0] == "1" && parts[1].Length > 0 && bytes.Length <= most,
            "The header is not a source position of version 1.");
        JsonCodec.Demand(long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            & long.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out var line),
            "Offset or line of a source position is not a number.");
        return new SourcePosition(parts[1], offset, line);
    }

    /// <summary>The position as the value of a record in the metatopic.</summary>
    public static byte[] EncodeValue(SourcePosition position) => JsonCodec.Encode(position, ContractsJsonContext.Default.SourcePosition);

    /// <summary>Reads the value of a record in the metatopic; unknown properties are ignored.</summary>
    /// <exception cref="FormatException">The bytes are not a position.</exception>
    public static SourcePosition DecodeValue(ReadOnlySpan<byte> bytes)
    {
        var position = JsonCodec.Decode(bytes, ContractsJsonContext.Default.SourcePosition, "a source position");
        JsonCodec.Demand(!string.IsNullOrEmpty(position.Fingerprint) && position.Offset >= 0 && position.Line >= 0,
            "The source position is impossible.");
        return position;
    }
}
