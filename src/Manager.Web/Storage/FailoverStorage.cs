using Microsoft.EntityFrameworkCore;

namespace Lockstep.Manager.Web.Storage;

/// <summary>Reads and writes reports of failovers, and drills.</summary>
internal sealed class FailoverStorage(IDbContextFactory<ManagerDbContext> storage)
{
    /// <summary>Reports kept of a group; the oldest go.</summary>
    public const int ReportsKept = 200;

    /// <summary>Drills that were due kept of a group; the oldest go.</summary>
    public const int DrillRunsKept = 500;

    /// <summary>The report of a failover as JSON; null for none.</summary>
    public async Task<string?> ReportAsync(string group, int number, CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        return await db.Reports.AsNoTracking().Where(r => r.Group == group && r.Number == number)
            .Select(r => r.Json).FirstOrDefaultAsync(cancellation);
    }

    /// <summary>Adds or replaces a report, and drops the group's oldest beyond <see cref="ReportsKept"/>.</summary>
    /// <returns>False: the group is gone.</returns>
    public async Task<bool> KeepReportAsync(ReportRow row, CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        if (!await db.Groups.AnyAsync(g => g.Name == row.Group, cancellation))
        {
            return false;
        }

        await db.Reports.Where(r => r.Group == row.Group && (r.Number == row.Number || r.Number <= row.Number - ReportsKept))
            .ExecuteDeleteAsync(cancellation);
        db.Reports.Add(row);
        return await db.SavedAsync(cancellation);
    }

    /// <summary>All groups' drills as asked for.</summary>
    public async Task<List<DrillRow>> DrillsAsync(CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        return await db.Drills.AsNoTracking().ToListAsync(cancellation);
    }

    /// <summary>All groups' drills that were due, oldest first.</summary>
    public async Task<List<DrillRunRow>> DrillRunsAsync(CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        return await db.DrillRuns.AsNoTracking().OrderBy(d => d.Number).ToListAsync(cancellation);
    }

    /// <summary>Adds or replaces a group's drills.</summary>
    /// <returns>False: the group is gone.</returns>
    public async Task<bool> KeepDrillAsync(DrillRow row, CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        if (!await db.Groups.AnyAsync(g => g.Name == row.Group, cancellation))
        {
            return false;
        }

        await db.Drills.Where(d => d.Group == row.Group).ExecuteDeleteAsync(cancellation);
        db.Drills.Add(row);
        return await db.SavedAsync(cancellation);
    }

    /// <summary>Adds or replaces a drill that was due, and drops the group's oldest beyond <see cref="DrillRunsKept"/>.</summary>
    /// <returns>False: the group is gone.</returns>
    public async Task<bool> KeepDrillRunAsync(DrillRunRow row, CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        if (!await db.Groups.AnyAsync(g => g.Name == row.Group, cancellation))
        {
            return false;
        }

        await db.DrillRuns.Where(d => d.Group == row.Group && (d.Number == row.Number || d.Number <= row.Number - DrillRunsKept))
            .ExecuteDeleteAsync(cancellation);
        db.DrillRuns.Add(row);
        return await db.SavedAsync(cancellation);
    }
}
