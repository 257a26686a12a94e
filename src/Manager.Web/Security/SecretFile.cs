using System.Buffers.Text;
using System.Security.Cryptography;

namespace Lockstep.Manager.Web.Security;

/// <summary>A secret in a file that only its owner can read (mode 600).</summary>
internal static class SecretFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads the secret, or makes one of 32 random bytes (base64url) when there is no file.</summary>
    public static string ReadOrMake(string path) =>
        File.Exists(path) ? File.ReadAllText(path).Trim() : Write(path, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)));

    /// <summary>Writes the secret; the file has its mode before it has its content.</summary>
    /// <returns>The secret.</returns>
    public static string Write(string path, string secret)
    {
        var next = path + ".new";
        File.Delete(next);
        using (var file = new FileStream(next, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = OwnerOnly,
        }))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(secret + "\n"));
        }

        File.Move(next, path, overwrite: true);
        return secret;
    }
}
