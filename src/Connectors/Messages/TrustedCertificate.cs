using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Lockstep.Connectors.Messages;

/// <summary>Judges a server's certificate by one authority instead of the system's.</summary>
internal static class TrustedCertificate
{
    /// <summary>True when a certificate was issued by the authority for the host that was asked for.</summary>
    /// <param name="presented">The server's.</param>
    /// <param name="errors">What the system finds.</param>
    /// <param name="authority">The authority's.</param>
    public static bool Accepts(X509Certificate? presented, SslPolicyErrors errors, X509Certificate2 authority)
    {
        if (errors is not (SslPolicyErrors.None or SslPolicyErrors.RemoteCertificateChainErrors) || presented is null)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        using var own = new X509Certificate2(presented);
        return chain.Build(own);
    }
}
