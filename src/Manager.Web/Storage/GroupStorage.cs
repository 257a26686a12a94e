using Microsoft.EntityFrameworkCore;

namespace Lockstep.Manager.Web.Storage;

/// <summary>Reads and writes groups, their members' processes, operations and failovers.</summary>
internal sealed class GroupStorage(IDbContextFactory<ManagerDbContext> storage)
{
    /// <summary>All groups.</summary>
    public async Task<List<GroupRow>> GroupsAsync(CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        return await db.Groups.AsNoTracking().ToListAsync(cancellation);
    }

    /// <summary>Adds a group.</summary>
    /// <returns>False: the name is taken.</returns>
    public async Task<bool> AddAsync(GroupRow row, CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        db.Groups.Add(row);
        return await db.SavedAsync(cancellation);
    }

    /// <summary>Changes what is wanted of a group.</summary>
    public async Task ChangeAsync(
        string group, string version, string specJson, string desired, long rowVersion, CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        await db.Groups.Where(g => g.Name == group).ExecuteUpdateAsync(
            set => set.SetProperty(g => g.Version, version).SetProperty(g => g.SpecJson, specJson)
                .SetProperty(g => g.Desired, desired).SetProperty(g => g.RowVersion, rowVersion),
            cancellation);
    }

    /// <summary>Keeps a group's ledger as last seen.</summary>
    public async Task KeepLedgerAsync(
        string group, long lost, long duplicated, long lastQ, string lastId, long rows, CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        await db.Groups.Where(g => g.Name == group).ExecuteUpdateAsync(
            set => set.SetProperty(g => g.Lost, lost).SetProperty(g => g.Duplicated, duplicated)
                .SetProperty(g => g.LastQ, lastQ).SetProperty(g => g.LastId, lastId).SetProperty(g => g.Rows, rows),
            cancellation);
    }

    /// <summary>Forgets a group, its members and its failovers; operations stay.</summary>
    public async Task RemoveAsync(string group, CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        await db.Groups.Where(g => g.Name == group).ExecuteDeleteAsync(cancellation);
    }

    /// <summary>Members' processes of all groups.</summary>
    public async Task<List<MemberRow>> MembersAsync(CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        return await db.Members.AsNoTracking().ToListAsync(cancellation);
    }

    /// <summary>Adds or replaces a member's process.</summary>
    public async Task KeepMemberAsync(MemberRow row, CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        if (await db.Members.FindAsync([row.Group, row.Member], cancellation) is { } kept)
        {
            db.Entry(kept).CurrentValues.SetValues(row);
        }
        else
        {
            db.Members.Add(row);
        }

        await db.SaveChangesAsync(cancellation);
    }

    /// <summary>Failovers of all groups.</summary>
    public async Task<List<FailoverRow>> FailoversAsync(CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        return await db.Failovers.AsNoTracking().ToListAsync(cancellation);
    }

    /// <summary>Adds or replaces a failover.</summary>
    public async Task KeepFailoverAsync(FailoverRow row, CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        if (await db.Failovers.FindAsync([row.Group, row.Number], cancellation) is { } kept)
        {
            db.Entry(kept).CurrentValues.SetValues(row);
        }
        else
        {
            db.Failovers.Add(row);
        }

        await db.SaveChangesAsync(cancellation);
    }

    /// <summary>The newest operations, newest first.</summary>
    public async Task<List<OperationRow>> OperationsAsync(int limit, CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        return await db.Operations.AsNoTracking().OrderByDescending(o => o.StartedAt).Take(limit).ToListAsync(cancellation);
    }

    /// <summary>Adds or replaces an operation.</summary>
    public async Task KeepOperationAsync(OperationRow row, CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        if (await db.Operations.FindAsync([row.Id], cancellation) is { } kept)
        {
            db.Entry(kept).CurrentValues.SetValues(row);
        }
        else
        {
            db.Operations.Add(row);
        }

        await db.SaveChangesAsync(cancellation);
    }
}
