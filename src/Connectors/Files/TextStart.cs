namespace Lockstep.Connectors.Files;

/// <summary>Finds where the text of a file begins.</summary>
internal static class TextStart
{
    /// <summary>Moves a file to the first byte that is neither a UTF-8 byte order mark nor white space.</summary>
    public static void Seek(FileStream file)
    {
        Span<byte> mark = stackalloc byte[3];
        if (file.ReadAtLeast(mark, mark.Length, throwOnEndOfStream: false) < mark.Length || !mark.SequenceEqual("\uFEFF"u8))
        {
            file.Position = 0;
        }

        int read;
        while ((read = file.ReadByte()) is ' ' or '\t' or '\r' or '\n')
        {
        }

        if (read >= 0)
        {
            file.Position--;
        }
    }
}
