using Microsoft.EntityFrameworkCore;

namespace Lockstep.Manager.Web.Storage;

/// <summary>Reads and writes tokens' hashes and answers by Idempotency-Key.</summary>
internal sealed class AccessStorage(IDbContextFactory<ManagerDbContext> storage)
{
    /// <summary>All tokens.</summary>
    public async Task<List<TokenRow>> TokensAsync(CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        return await db.Tokens.AsNoTracking().ToListAsync(cancellation);
    }

    /// <summary>Adds a token, or replaces the one of that name.</summary>
    public async Task KeepTokenAsync(TokenRow row, CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        await db.Tokens.Where(t => t.Name == row.Name || t.Hash == row.Hash).ExecuteDeleteAsync(cancellation);
        db.Tokens.Add(row);
        await db.SaveChangesAsync(cancellation);
    }

    /// <summary>Takes a key for a request that begins now, and forgets keys older than the limit.</summary>
    /// <returns>Null: taken. Otherwise what is kept under that key already.</returns>
    public async Task<IdempotencyRow?> TakeKeyAsync(IdempotencyRow row, TimeSpan kept, CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        var oldest = row.CreatedAt - kept;
        await db.Idempotency.Where(i => i.CreatedAt < oldest).ExecuteDeleteAsync(cancellation);
        db.Idempotency.Add(row);
        if (await db.SavedAsync(cancellation))
        {
            return null;
        }

        await using var again = await storage.CreateDbContextAsync(cancellation);
        return await again.Idempotency.AsNoTracking().FirstOrDefaultAsync(i => i.Key == row.Key, cancellation);
    }

    /// <summary>Keeps the answer of a request under its key.</summary>
    public async Task KeepAnswerAsync(IdempotencyRow row, CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        db.Idempotency.Update(row);
        await db.SaveChangesAsync(cancellation);
    }

    /// <summary>Frees a key whose request gave no answer worth keeping.</summary>
    public async Task FreeKeyAsync(string key, CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        await db.Idempotency.Where(i => i.Key == key).ExecuteDeleteAsync(cancellation);
    }

    /// <summary>Forgets unanswered keys: their requests ended with the process that served them.</summary>
    public async Task FreeUnansweredAsync(CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        await db.Idempotency.Where(i => i.Status == 0).ExecuteDeleteAsync(cancellation);
    }
}
