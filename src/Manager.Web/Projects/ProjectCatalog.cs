using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Api;
using Lockstep.Manager.Web.Storage;
using Microsoft.EntityFrameworkCore;

namespace Lockstep.Manager.Web.Projects;

/// <summary>Projects and their published versions. Versions are immutable; a project that a group uses can't be deleted.</summary>
internal sealed partial class ProjectCatalog(
    IDbContextFactory<ManagerDbContext> storage, TimeProvider time)
{
    /// <summary>Longest model in bytes.</summary>
    public const int MaxModelBytes = 16 * 1024 * 1024;

    /// <summary>All projects in order of name.</summary>
    public async Task<IReadOnlyList<ProjectResource>> ListAsync(CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        var rows = await db.Projects.AsNoTracking().OrderBy(p => p.Name).ToListAsync(cancellation);
        var numbers = await db.Versions.AsNoTracking()
            .Select(v => new { v.ProjectId, v.Major, v.Minor }).ToListAsync(cancellation);
        var latest = numbers.GroupBy(v => v.ProjectId).ToDictionary(
            g => g.Key, g => g.Select(v => new ProjectVersion(v.Major, v.Minor)).OrderBy(v => (v.Major, v.Minor)).Last());
        return [.. rows.Select(p => ToResource(p, latest.TryGetValue(p.Id, out var v) ? v : null))];
    }

    /// <summary>The project of that name or id, or null.</summary>
    public async Task<ProjectResource?> FindAsync(string project, CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        return await RowAsync(db, project, cancellation) is { } row
            ? ToResource(row, await LatestAsync(db, row.Id, cancellation))
            : null;
    }

    /// <summary>Creates an empty project.</summary>
    public async Task<Outcome<ProjectResource>> CreateAsync(CreateProjectRequest request, CancellationToken cancellation)
    {
        if (!NamePattern().IsMatch(request.Name))
        {
            return Refusal.Of(RefusalKind.Invalid, "projectName",
                "A project's name has 1 to 100 letters, digits, dots, dashes or underscores.");
        }

        await using var db = await storage.CreateDbContextAsync(cancellation);
        if (await db.Projects.AnyAsync(p => p.Name == request.Name, cancellation))
        {
            return Refusal.Of(RefusalKind.Conflict, "projectExists", $"There is a project '{request.Name}' already.");
        }

        var now = time.GetUtcNow();
        var row = new ProjectRow
        {
            Id = Guid.CreateVersion7(now),
            Name = request.Name,
            Description = request.Description,
            CreatedAt = now,
            UpdatedAt = now,
            RowVersion = 1,
        };
        db.Projects.Add(row);
        await db.SaveChangesAsync(cancellation);
        return ToResource(row, null);
    }

    /// <summary>Deletes a project with all its versions; refused while a group uses it.</summary>
    /// <returns>The deleted project.</returns>
    public async Task<Outcome<ProjectResource>> DeleteAsync(string project, CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        if (await RowAsync(db, project, cancellation) is not { } row)
        {
            return Unknown(project);
        }

        if (await db.Groups.Where(g => g.Project == row.Name).Select(g => g.Name).FirstOrDefaultAsync(cancellation) is { } user)
        {
            return Refusal.Of(RefusalKind.Conflict, "projectInUse", $"Group '{user}' runs project '{row.Name}'; delete it first.");
        }

        db.Projects.Remove(row);
        await db.SaveChangesAsync(cancellation);
        return ToResource(row, null);
    }

    /// <summary>Published versions, newest first.</summary>
    public async Task<Outcome<IReadOnlyList<VersionResource>>> VersionsAsync(string project, CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        if (await RowAsync(db, project, cancellation) is not { } row)
        {
            return Unknown(project);
        }

        var versions = await db.Versions.AsNoTracking().Where(v => v.ProjectId == row.Id)
            .OrderByDescending(v => v.Major).ThenByDescending(v => v.Minor)
            .Select(v => new { v.Major, v.Minor, v.Sha256, v.Notes, v.PublishedAt, v.PublishedBy, Size = v.Model.Length })
            .ToListAsync(cancellation);
        return new(
            [.. versions.Select(v => new VersionResource(
                row.Name, new ProjectVersion(v.Major, v.Minor).ToString(), v.Sha256, v.Notes, v.PublishedAt, v.PublishedBy, v.Size))],
            null);
    }

    /// <summary>A version and its XML, byte for byte as published; the newest when <paramref name="version"/> is null.</summary>
    public async Task<Outcome<PublishedModel>> ModelAsync(string project, string? version, CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        if (await RowAsync(db, project, cancellation) is not { } row)
        {
            return Unknown(project);
        }

        var all = db.Versions.AsNoTracking().Where(v => v.ProjectId == row.Id);
        if (version is not null)
        {
            var number = ProjectVersion.Parse(version) ?? new ProjectVersion(-1, -1);
            all = all.Where(v => v.Major == number.Major && v.Minor == number.Minor);
        }

        var found = await all.OrderByDescending(v => v.Major).ThenByDescending(v => v.Minor).FirstOrDefaultAsync(cancellation);
        return found is not null
            ? new PublishedModel(VersionOf(row, found), found.Model)
            : Refusal.Of(RefusalKind.NotFound, "noSuchVersion", $"Project '{row.Name}' has no version {version ?? "yet"}.");
    }

    /// <summary>Everything wrong with a model; publishes nothing. An invalid model is an answer, not an error.</summary>
    public static IReadOnlyList<ProblemResource> Validate(string model) => ModelCheck.ProblemsOf(model);

    /// <summary>Publishes a model as a new version: refused with all problems when it has an error; then nothing is stored.</summary>
    /// <param name="project">Name or id.</param>
    /// <param name="request">The model and its number.</param>
    /// <param name="actor">Who publishes.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<Outcome<VersionResource>> PublishAsync(
        string project, PublishVersionRequest request, string actor, CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        if (await RowAsync(db, project, cancellation) is not { } row)
        {
            return Unknown(project);
        }

        var bytes = Encoding.UTF8.GetBytes(request.Model);
        if (bytes.Length > MaxModelBytes)
        {
            return Refusal.Of(RefusalKind.Invalid, "modelTooLarge", "A model has at most 16 MiB.");
        }

        var problems = ModelCheck.ProblemsOf(request.Model);
        if (problems.Any(p => p.Severity == "error"))
        {
            return new Refusal(RefusalKind.Invalid, "modelInvalid", "The model has errors; nothing was published.", problems);
        }

        var latest = await LatestAsync(db, row.Id, cancellation);
        if (NumberOf(request, latest) is not { } number)
        {
            return Refusal.Of(RefusalKind.Invalid, "versionNumber",
                "Give bump major or minor, or a version such as 2.1 that is higher than the latest.");
        }

        var version = new VersionRow
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()),
            ProjectId = row.Id,
            Major = number.Major,
            Minor = number.Minor,
            Model = bytes,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)),
            Notes = request.Notes,
            PublishedAt = time.GetUtcNow(),
            PublishedBy = actor,
        };
        db.Versions.Add(version);
        row.UpdatedAt = version.PublishedAt;
        row.RowVersion++;
        try
        {
            await db.SaveChangesAsync(cancellation);
        }
        catch (DbUpdateException)
        {
            // The unique index or the project's row version: another publisher was first.
            return Refusal.Of(RefusalKind.Conflict, "versionExists", $"Version {number} has been published meanwhile; try again.");
        }

        return VersionOf(row, version);
    }

    private static ProjectVersion? NumberOf(PublishVersionRequest request, ProjectVersion? latest)
    {
        if (request.Version is { } asked)
        {
            return ProjectVersion.Parse(asked) is { } number
                && (latest is not { } last || (number.Major, number.Minor).CompareTo((last.Major, last.Minor)) > 0)
                    ? number
                    : null;
        }

        return (request.Bump, latest) switch
        {
            ("major" or "minor", null) => ProjectVersion.First,
            ("major", { } last) => last.Next(isMajor: true),
            ("minor", { } last) => last.Next(isMajor: false),
            _ => null,
        };
    }

    private static Refusal Unknown(string project) =>
        Refusal.Of(RefusalKind.NotFound, "noSuchProject", $"There is no project '{project}'.");

    private static async Task<ProjectRow?> RowAsync(ManagerDbContext db, string project, CancellationToken cancellation) =>
        await db.Projects.FirstOrDefaultAsync(p => p.Name == project, cancellation)
        ?? (Guid.TryParse(project, out var id) ? await db.Projects.FindAsync([id], cancellation) : null);

    private static async Task<ProjectVersion?> LatestAsync(ManagerDbContext db, Guid project, CancellationToken cancellation) =>
        await db.Versions.AsNoTracking().Where(v => v.ProjectId == project)
            .OrderByDescending(v => v.Major).ThenByDescending(v => v.Minor)
            .Select(v => new { v.Major, v.Minor }).FirstOrDefaultAsync(cancellation) is { } last
                ? new ProjectVersion(last.Major, last.Minor)
                : null;

    private static ProjectResource ToResource(ProjectRow row, ProjectVersion? latest) =>
        new(row.Id, row.Name, row.Description, latest?.ToString(), row.CreatedAt, row.UpdatedAt);

    private static VersionResource VersionOf(ProjectRow project, VersionRow row) => new(
        project.Name, new ProjectVersion(row.Major, row.Minor).ToString(), row.Sha256, row.Notes,
        row.PublishedAt, row.PublishedBy, row.Model.Length);

    [GeneratedRegex("^[A-Za-z0-9._-]{1,100}$")]
    private static partial Regex NamePattern();
}

/// <summary>A version with its XML.</summary>
/// <param name="Version">What is known of it.</param>
/// <param name="Xml">Byte for byte as published.</param>
internal sealed record PublishedModel(VersionResource Version, byte[] Xml);
