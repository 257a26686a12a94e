using System.Text;
using System.Text.RegularExpressions;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>
/// The text of a document as people save it: with white space before the XML declaration, which XML does not allow, and in
/// the code pages of Windows. Places in the text stay what they are.
/// </summary>
internal static partial class DocumentText
{
    private const int MostBytesACharacter = 4;

    static DocumentText() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>All bytes of a stream; null for more than a number of characters can have.</summary>
    public static byte[]? Read(Stream stream, int mostCharacters)
    {
        using var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (var read = stream.Read(buffer); read > 0; read = stream.Read(buffer))
        {
            all.Write(buffer, 0, read);
            if (all.Length > (long)mostCharacters * MostBytesACharacter)
            {
                return null;
            }
        }

        return all.ToArray();
    }

    /// <summary>The text of a document whose declaration stands behind white space; null for any other.</summary>
    public static string? DecodeWithLateDeclaration(ReadOnlySpan<byte> bytes)
    {
        var text = bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
        var start = text.IndexOfAnyExcept(" \t\r\n"u8);
        if (start <= 0 || !text[start..].StartsWith("<?xml"u8))
        {
            return null;
        }

        var head = Encoding.Latin1.GetString(text[start..Math.Min(text.Length, start + 256)]);
        var name = Declared().Match(head) is { Success: true } match ? match.Groups[1].Value : "utf-8";
        try
        {
            return Encoding.GetEncoding(name).GetString(text);
        }
        catch (ArgumentException)
        {
            // Not an encoding: the reader says so with its place.
            return null;
        }
    }

    /// <summary>The text with blanks in place of a declaration that stands behind white space.</summary>
    public static string WithoutLateDeclaration(string text)
    {
        var start = text.AsSpan().IndexOfAnyExcept(" \t\r\n");
        var end = start > 0 && text.AsSpan(start).StartsWith("<?xml ") ? text.IndexOf("?>", start, StringComparison.Ordinal) : -1;
        if (end < 0)
        {
            return text;
        }

        end += 2;
        var blanks = string.Concat(text[start..end].Select(c => c is '\r' or '\n' ? c : ' '));
        return string.Concat(text.AsSpan(0, start), blanks, text.AsSpan(end));
    }

    [GeneratedRegex("encoding\\s*=\\s*[\"']([A-Za-z0-9._-]+)[\"']")]
    private static partial Regex Declared();
}
