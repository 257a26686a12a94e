using System.Text;
using Lockstep.ZooKeeper;

namespace Lockstep.LocalCluster.ZooKeeper;

/// <summary>Who may do what, as in the real server: schemes <c>world</c>, <c>auth</c> and <c>digest</c>.</summary>
internal static class AccessCheck
{
    /// <summary>The identity that digest credentials prove.</summary>
    /// <exception cref="RefusedException">Another scheme, or no user name.</exception>
    public static Acl Identify(string scheme, ReadOnlyMemory<byte> credentials)
    {
        string text = Encoding.UTF8.GetString(credentials.Span);
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return scheme == "digest" && colon > 0
            ? new Acl(AclPermissions.All, scheme, Acl.DigestId(text[..colon], text[(colon + 1)..]))
            : throw new RefusedException(ErrorCode.AuthFailed);
    }

    /// <summary>Throws when none of the identities is allowed it.</summary>
    public static void Demand(Znode node, AclPermissions permission, IReadOnlyCollection<Acl> identities)
    {
        bool allowed = node.Acl.Any(entry => (entry.Permissions & permission) != 0
            && (entry is { Scheme: "world", Id: "anyone" }
                || identities.Any(i => i.Scheme == entry.Scheme && i.Id == entry.Id)));
        if (!allowed)
        {
            throw new RefusedException(ErrorCode.NoAuth);
        }
    }

    /// <summary>The list as it is kept: <c>auth</c> stands for the creator's own identities.</summary>
    public static IReadOnlyList<Acl> Resolve(IReadOnlyList<Acl> asked, IReadOnlyCollection<Acl> identities)
    {
        List<Acl> kept = [];
        foreach (Acl entry in asked)
        {
            switch (entry)
            {
                case { Scheme: "world", Id: "anyone" }:
                case { Scheme: "digest" } when entry.Id.Contains(':', StringComparison.Ordinal):
                    kept.Add(entry);
                    break;
                case { Scheme: "auth" } when identities.Count > 0:
                    kept.AddRange(identities.Select(i => i with { Permissions = entry.Permissions }));
                    break;
                default:
                    throw new RefusedException(ErrorCode.InvalidAcl);
            }
        }

        return kept.Count > 0 ? [.. kept.Distinct()] : throw new RefusedException(ErrorCode.InvalidAcl);
    }
}
