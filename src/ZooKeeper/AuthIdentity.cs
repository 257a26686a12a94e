using System.Text;

namespace Lockstep.ZooKeeper;

/// <summary>An identity a client shows to the ensemble.</summary>
/// <param name="Scheme">For example <c>digest</c>.</param>
/// <param name="Credentials">What the scheme asks for; for digest the UTF-8 bytes of <c>user:password</c>.</param>
public sealed record AuthIdentity(string Scheme, ReadOnlyMemory<byte> Credentials)
{
    /// <summary>A user with a password.</summary>
    /// <param name="user">Name without a colon.</param>
    /// <param name="password">The password; it crosses the wire as it is, so use TLS.</param>
    public static AuthIdentity Digest(string user, string password) =>
        new("digest", Encoding.UTF8.GetBytes($"{user}:{password}"));

    /// <summary>Only the scheme: credentials do not belong into logs.</summary>
    public override string ToString() => $"{nameof(AuthIdentity)} {{ {Scheme} }}";
}
