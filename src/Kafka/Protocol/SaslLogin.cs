using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Lockstep.Kafka.Protocol;

/// <summary>SASL PLAIN (RFC 4616) and SCRAM (RFC 5802, 7677) over SaslHandshake v1 and SaslAuthenticate v0.</summary>
internal static class SaslLogin
{
    internal static async Task RunAsync(
        ProtocolConnection connection, KafkaSecurity security, CancellationToken cancellation)
    {
        var name = NameOf(security.Mechanism);
        var handshake = connection.Request(ApiKey.SaslHandshake, 1).String(name);
        var answer = await connection.CallAsync(handshake, cancellation).ConfigureAwait(false);
        if (new ProtocolReader(answer).Int16() is var code and not 0)
        {
            throw new ProtocolException($"The broker refuses SASL {name} (error {code}).", isUnsupported: true);
        }

        if (security.Mechanism == SaslMechanism.Plain)
        {
            var token = Encoding.UTF8.GetBytes($"\0{security.User}\0{security.Password}");
            await AuthenticateAsync(connection, token, cancellation).ConfigureAwait(false);
            return;
        }

        await ScramAsync(connection, security, cancellation).ConfigureAwait(false);
    }

    internal static string NameOf(SaslMechanism mechanism) => mechanism switch
    {
        SaslMechanism.Plain => "PLAIN",
        SaslMechanism.ScramSha256 => "SCRAM-SHA-256",
        SaslMechanism.ScramSha512 => "SCRAM-SHA-512",
        _ => throw new ProtocolException($"SASL {mechanism} is not spoken here.", isUnsupported: true),
    };

    private static async Task ScramAsync(
        ProtocolConnection connection, KafkaSecurity security, CancellationToken cancellation)
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(24));
        var scram = new ScramExchange(security.Mechanism, security.User, security.Password, nonce);
        var first = await AuthenticateAsync(
            connection, Encoding.UTF8.GetBytes(scram.ClientFirst), cancellation).ConfigureAwait(false);
        var final = scram.ClientFinal(Encoding.UTF8.GetString(first));
        var last = await AuthenticateAsync(
            connection, Encoding.UTF8.GetBytes(final), cancellation).ConfigureAwait(false);
        scram.Verify(Encoding.UTF8.GetString(last));
    }

    private static async Task<byte[]> AuthenticateAsync(
        ProtocolConnection connection, byte[] token, CancellationToken cancellation)
    {
        var request = connection.Request(ApiKey.SaslAuthenticate, 0).Bytes(token);
        var answer = await connection.CallAsync(request, cancellation).ConfigureAwait(false);
        return Parse(answer);
    }

    private static byte[] Parse(byte[] answer)
    {
        var reader = new ProtocolReader(answer);
        var code = reader.Int16();
        var message = reader.String();
        return code == 0
            ? reader.Bytes()
            : throw new ProtocolException(string.Create(
                CultureInfo.InvariantCulture, $"The broker refused the log-in (error {code}): {message}"), isUnsupported: true);
    }
}
