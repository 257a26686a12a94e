using System.Security.Cryptography;
using System.Text;

namespace Lockstep.ZooKeeper;

/// <summary>One entry of a znode's access list (jute record <c>ACL</c>).</summary>
/// <param name="Permissions">What is allowed.</param>
/// <param name="Scheme">How <paramref name="Id"/> is to be read: <c>world</c>, <c>auth</c>, <c>digest</c>, <c>ip</c>, <c>x509</c>.</param>
/// <param name="Id">Who is allowed it.</param>
public sealed record Acl(AclPermissions Permissions, string Scheme, string Id)
{
    /// <summary>Everybody may do everything.</summary>
    public static readonly IReadOnlyList<Acl> Open = [new Acl(AclPermissions.All, "world", "anyone")];

    /// <summary>Everybody may read, nobody may change.</summary>
    public static readonly IReadOnlyList<Acl> ReadOnly = [new Acl(AclPermissions.Read, "world", "anyone")];

    /// <summary>Whoever creates the znode may do everything, by the identities it has added; nobody else may do anything.</summary>
    public static readonly IReadOnlyList<Acl> CreatorAll = [new Acl(AclPermissions.All, "auth", "")];

    /// <summary>A user with a password (scheme <c>digest</c>).</summary>
    /// <param name="permissions">What is allowed.</param>
    /// <param name="user">Name without a colon.</param>
    /// <param name="password">The password; only its SHA-1 digest reaches the server this way.</param>
    public static Acl Digest(AclPermissions permissions, string user, string password) =>
        new(permissions, "digest", DigestId(user, password));

    /// <summary>The id the server keeps for a user: <c>user:base64(sha1(user:password))</c>.</summary>
    /// <param name="user">Name without a colon.</param>
    /// <param name="password">The password.</param>
    internal static string DigestId(string user, string password)
    {
        byte[] text = Encoding.UTF8.GetBytes($"{user}:{password}");
#pragma warning disable CA5350 // The scheme is fixed by ZooKeeper's wire format: DigestAuthenticationProvider uses SHA-1.
        return $"{user}:{Convert.ToBase64String(SHA1.HashData(text))}";
#pragma warning restore CA5350
    }
}
