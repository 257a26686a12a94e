using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Lockstep.Kafka.Protocol;

/// <summary>
/// The client's side of SCRAM without channel binding (RFC 5802, section 3):
/// <code>n,,n=user,r=nonce  ->  r=..,s=salt,i=count  ->  c=biws,r=..,p=proof  ->  v=signature</code>
/// </summary>
internal sealed class ScramExchange
{
    /// <summary>The most rounds that are computed for a server, so that a wrong one can't keep this thread busy.</summary>
    private const int MaxIterations = 1_000_000;

    private readonly HashAlgorithmName _hash;
    private readonly int _hashBytes;
    private readonly string _password;
    private readonly string _nonce;
    private readonly string _clientFirstBare;
    private byte[] _serverSignature = [];

    internal ScramExchange(SaslMechanism mechanism, string user, string password, string nonce)
    {
        var wide = mechanism == SaslMechanism.ScramSha512;
        _hash = wide ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256;
        _hashBytes = wide ? 64 : 32;
        _password = password;
        _nonce = nonce;
        var name = user.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal);
        _clientFirstBare = $"n={name},r={nonce}";
    }

    internal string ClientFirst => "n,," + _clientFirstBare;

    /// <summary>The proof for the server's challenge.</summary>
    internal string ClientFinal(string serverFirst)
    {
        var nonce = Part(serverFirst, "r=");
        var salt = Convert.FromBase64String(Part(serverFirst, "s="));
        var rounds = int.Parse(Part(serverFirst, "i="), CultureInfo.InvariantCulture);
        if (!nonce.StartsWith(_nonce, StringComparison.Ordinal) || rounds is < 1 or > MaxIterations)
        {
            throw new ProtocolException("The broker's SCRAM challenge does not fit the request.");
        }

        var salted = Rfc2898DeriveBytes.Pbkdf2(_password, salt, rounds, _hash, _hashBytes);
        var clientKey = Hmac(salted, "Client Key");
        var withoutProof = $"c=biws,r={nonce}";
        var authMessage = $"{_clientFirstBare},{serverFirst},{withoutProof}";
        var signature = Hmac(CryptographicOperations.HashData(_hash, clientKey), authMessage);
        for (var i = 0; i < clientKey.Length; i++)
        {
            clientKey[i] ^= signature[i];
        }

        _serverSignature = Hmac(Hmac(salted, "Server Key"), authMessage);
        return $"{withoutProof},p={Convert.ToBase64String(clientKey)}";
    }

    /// <summary>Checks that the server knows the password too.</summary>
    internal void Verify(string serverFinal)
    {
        var signature = Convert.FromBase64String(Part(serverFinal, "v="));
        if (!CryptographicOperations.FixedTimeEquals(signature, _serverSignature))
        {
            throw new ProtocolException("The broker does not know the password: it is not the one it claims to be.");
        }
    }

    private byte[] Hmac(byte[] key, string text) =>
        CryptographicOperations.HmacData(_hash, key, Encoding.UTF8.GetBytes(text));

    private static string Part(string message, string name) =>
        message.Split(',').FirstOrDefault(p => p.StartsWith(name, StringComparison.Ordinal))?[name.Length..]
        ?? throw new ProtocolException($"The broker's SCRAM answer lacks '{name}': {message}");
}
