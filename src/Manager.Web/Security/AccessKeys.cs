using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Lockstep.Manager.Web.Options;
using Lockstep.Manager.Web.Storage;

namespace Lockstep.Manager.Web.Security;

/// <summary>Tokens of people and machines, as hashes, and the key of this manager's workers.</summary>
internal sealed class AccessKeys(ManagerOptions options, AccessStorage storage, TimeProvider time)
{
    /// <summary>Name of the first token: the actor of its acts.</summary>
    public const string AdminName = "admin";

    private ImmutableArray<(string Name, byte[] Hash)> _tokens = [];
    private byte[] _workerHash = [];

    /// <summary>The key that workers show; they get it in their environment.</summary>
    public string WorkerKey { get; private set; } = "";

    /// <summary>Reads or makes the keys. Once, before requests are served.</summary>
    /// <returns>The admin token, for the link on standard output; it is kept nowhere else in the process.</returns>
    public async Task<string> LoadAsync(CancellationToken cancellation)
    {
        WorkerKey = SecretFile.ReadOrMake(Path.Combine(options.DataFolder, "worker-key"));
        _workerHash = Hash(WorkerKey);
        var path = Path.Combine(options.DataFolder, "admin-token");
        var admin = options.AdminToken is { } given ? SecretFile.Write(path, given) : SecretFile.ReadOrMake(path);
        await storage.KeepTokenAsync(
            new TokenRow
            {
                Id = Guid.CreateVersion7(time.GetUtcNow()),
                Name = AdminName,
                Hash = Convert.ToHexStringLower(Hash(admin)),
                CreatedAt = time.GetUtcNow(),
            },
            cancellation);
        _tokens = [.. (await storage.TokensAsync(cancellation)).Select(t => (t.Name, Convert.FromHexString(t.Hash)))];
        return admin;
    }

    /// <summary>Whose token it is; null for nobody's. Takes the same time for any wrong one.</summary>
    public string? NameOf(string token)
    {
        var hash = Hash(token);
        string? found = null;
        foreach (var (name, kept) in _tokens)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, kept))
            {
                found = name;
            }
        }

        return found;
    }

    /// <summary>True for the key of this manager's workers.</summary>
    public bool IsWorkerKey(string key) => CryptographicOperations.FixedTimeEquals(Hash(key), _workerHash);

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
