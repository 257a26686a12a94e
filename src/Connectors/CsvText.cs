using Lockstep.Contracts.Events;

namespace Lockstep.Connectors;

/// <summary>Reads the lines of a text that is there as a whole: a record or message.</summary>
internal static class CsvText
{
    /// <summary>Appends the events of all lines; a line end within quotes belongs to its value.</summary>
    /// <param name="reader">Reads a line.</param>
    /// <param name="text">The lines.</param>
    /// <param name="block">Takes the events; those before a wrong line are in it.</param>
    /// <returns>What is wrong with a line that ends the reading; null for nothing.</returns>
    public static string? Read(CsvEventReader reader, ReadOnlySpan<byte> text, EventBlock block)
    {
        while (!text.IsEmpty)
        {
            var end = EndOfLine(text, 0);
            var result = reader.Read(text[..end], block);
            while (result.IsQuoteOpen && end < text.Length)
            {
                // Only a further quote can close the one that is open.
                var quote = text[end..].IndexOf((byte)'"');
                end = quote < 0 ? text.Length : EndOfLine(text, end + quote);
                result = reader.Read(text[..end], block);
            }

            if (result.Kind == CsvLineKind.Error)
            {
                return $"Field {result.Column}: {result.Message}";
            }

            text = end < text.Length ? text[(end + 1)..] : [];
        }

        return null;
    }

    private static int EndOfLine(ReadOnlySpan<byte> text, int from)
    {
        var at = text[from..].IndexOf((byte)'\n');
        return at < 0 ? text.Length : from + at;
    }
}
