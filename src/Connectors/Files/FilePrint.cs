using System.Globalization;
using System.Security.Cryptography;

namespace Lockstep.Connectors.Files;

/// <summary>
/// Tells whether a file is still the one that was read: a hash of its first bytes. What was read before never changes in a
/// file that only grows; inode numbers, which do not cross machines, play no part.
/// </summary>
/// <param name="Bytes">How many first bytes are hashed.</param>
/// <param name="Hash">Their SHA-256, the first 16 bytes of it, hex.</param>
internal sealed record FilePrint(int Bytes, string Hash)
{
    /// <summary>More bytes than these tell no more.</summary>
    public const int MaxBytes = 4096;

    /// <summary>The print of a file of which nothing has been read; every file has it.</summary>
    public static readonly FilePrint Empty = new(0, "");

    /// <summary>Reads what <see cref="ToString"/> gives; empty for something else.</summary>
    public static FilePrint Parse(string text)
    {
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        return dash > 0 && int.TryParse(text.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            ? new FilePrint(bytes, text[(dash + 1)..])
            : Empty;
    }

    /// <summary><c>4096-0123456789abcdef0123456789abcdef</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Bytes}-{Hash}");

    /// <summary>The print of what has been read of a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="offset">How many bytes have been read.</param>
    public static FilePrint Of(string path, long offset)
    {
        var bytes = (int)Math.Min(offset, MaxBytes);
        return bytes == 0 ? Empty : new FilePrint(bytes, HashOf(path, bytes) ?? "");
    }

    /// <summary>True: the file at the path begins with what the print was made of.</summary>
    /// <param name="path">Its path.</param>
    public bool Fits(string path) => Bytes == 0 || HashOf(path, Bytes) == Hash;

    private static string? HashOf(string path, int bytes)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var buffer = new byte[bytes];
        var read = 0;
        while (read < bytes)
        {
            var more = RandomAccess.Read(handle, buffer.AsSpan(read), read);
            if (more == 0)
            {
                return null;
            }

            read += more;
        }

        return Convert.ToHexStringLower(SHA256.HashData(buffer).AsSpan(0, 16));
    }
}
