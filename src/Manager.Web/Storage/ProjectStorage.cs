using Microsoft.EntityFrameworkCore;

namespace Lockstep.Manager.Web.Storage;

/// <summary>What a list shows of a version: all but its XML.</summary>
internal sealed record VersionSummary(
    Guid ProjectId, int Major, int Minor, string Sha256, string Notes, DateTimeOffset PublishedAt, string PublishedBy, int SizeBytes);

/// <summary>Reads and writes projects and versions.</summary>
internal sealed class ProjectStorage(IDbContextFactory<ManagerDbContext> storage)
{
    /// <summary>All projects by name, with the numbers of their versions.</summary>
    public async Task<(List<ProjectRow> Projects, ILookup<Guid, (int Major, int Minor)> Versions)> ListAsync(
        CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        var projects = await db.Projects.AsNoTracking().OrderBy(p => p.Name).ToListAsync(cancellation);
        var versions = await db.Versions.AsNoTracking()
            .Select(v => new { v.ProjectId, v.Major, v.Minor }).ToListAsync(cancellation);
        return (projects, versions.ToLookup(v => v.ProjectId, v => (v.Major, v.Minor)));
    }

    /// <summary>The project of that name, or else that id; null for none.</summary>
    public async Task<ProjectRow?> FindAsync(string project, CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        return await db.Projects.AsNoTracking().FirstOrDefaultAsync(p => p.Name == project, cancellation)
            ?? (Guid.TryParse(project, out var id)
                ? await db.Projects.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id, cancellation)
                : null);
    }

    /// <summary>Adds a project.</summary>
    /// <returns>False: the name is taken.</returns>
    public async Task<bool> AddAsync(ProjectRow row, CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        db.Projects.Add(row);
        return await db.SavedAsync(cancellation);
    }

    /// <summary>The name of a group that runs the project; null for none.</summary>
    public async Task<string?> UserOfAsync(string project, CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        return await db.Groups.Where(g => g.Project == project).Select(g => g.Name).FirstOrDefaultAsync(cancellation);
    }

    /// <summary>Deletes a project and its versions.</summary>
    public async Task RemoveAsync(Guid project, CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        await db.Projects.Where(p => p.Id == project).ExecuteDeleteAsync(cancellation);
    }

    /// <summary>Versions of a project, newest first.</summary>
    public async Task<List<VersionSummary>> VersionsAsync(Guid project, CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        return await db.Versions.AsNoTracking().Where(v => v.ProjectId == project)
            .OrderByDescending(v => v.Major).ThenByDescending(v => v.Minor)
            .Select(v => new VersionSummary(
                v.ProjectId, v.Major, v.Minor, v.Sha256, v.Notes, v.PublishedAt, v.PublishedBy, v.Model.Length))
            .ToListAsync(cancellation);
    }

    /// <summary>A version with its XML; the newest when no number is given; null for none.</summary>
    public async Task<VersionRow?> VersionAsync(Guid project, (int Major, int Minor)? number, CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        var all = db.Versions.AsNoTracking().Where(v => v.ProjectId == project);
        if (number is var (major, minor))
        {
            all = all.Where(v => v.Major == major && v.Minor == minor);
        }

        return await all.OrderByDescending(v => v.Major).ThenByDescending(v => v.Minor).FirstOrDefaultAsync(cancellation);
    }

    /// <summary>Adds a version and marks its project as changed.</summary>
    /// <returns>False: the number is taken, or the project was changed meanwhile.</returns>
    public async Task<bool> AddVersionAsync(ProjectRow project, VersionRow version, CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        db.Projects.Attach(project);
        project.UpdatedAt = version.PublishedAt;
        project.RowVersion++;
        db.Versions.Add(version);
        return await db.SavedAsync(cancellation);
    }
}
