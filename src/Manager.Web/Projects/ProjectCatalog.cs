using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Projects.Secrets;
using Lockstep.Manager.Web.Api;
using Lockstep.Manager.Web.Storage;

namespace Lockstep.Manager.Web.Projects;

/// <summary>Projects and their published versions. Versions are immutable; a project that a group uses can't be deleted.</summary>
internal sealed partial class ProjectCatalog(ProjectStorage storage, ModelTrial trial, TimeProvider time, ILogger<ProjectCatalog> logger)
{
    /// <summary>Longest model in bytes.</summary>
    public const int MaxModelBytes = 16 * 1024 * 1024;

    /// <summary>All projects in order of name.</summary>
    public async Task<IReadOnlyList<ProjectResource>> ListAsync(CancellationToken cancellation)
    {
        var (projects, versions) = await storage.ListAsync(cancellation);
        return [.. projects.Select(p => ToResource(p, Latest(versions[p.Id])))];
    }

    /// <summary>The project of that name or id, or null.</summary>
    public async Task<ProjectResource?> FindAsync(string project, CancellationToken cancellation) =>
        await storage.FindAsync(project, cancellation) is { } row
            ? ToResource(row, await LatestAsync(row.Id, cancellation))
            : null;

    /// <summary>Grows with each change of the project; null when there is none of that name or id.</summary>
    public async Task<long?> RowVersionAsync(string project, CancellationToken cancellation) =>
        (await storage.FindAsync(project, cancellation))?.RowVersion;

    /// <summary>Creates an empty project.</summary>
    public async Task<Outcome<ProjectResource>> CreateAsync(CreateProjectRequest request, CancellationToken cancellation)
    {
        if (!NamePattern().IsMatch(request.Name))
        {
            return Refusal.Of(RefusalKind.Invalid, "projectName",
                "A project's name has 1 to 100 letters, digits, dots, dashes or underscores.");
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
        return await storage.AddAsync(row, cancellation)
            ? ToResource(row, null)
            : Refusal.Of(RefusalKind.Conflict, "projectExists", $"There is a project '{request.Name}' already.");
    }

    /// <summary>Deletes a project with all its versions; refused while a group uses it.</summary>
    /// <returns>The deleted project.</returns>
    public async Task<Outcome<ProjectResource>> DeleteAsync(string project, CancellationToken cancellation)
    {
        if (await storage.FindAsync(project, cancellation) is not { } row)
        {
            return Unknown(project);
        }

        if (await storage.UserOfAsync(row.Name, cancellation) is { } user)
        {
            return Refusal.Of(RefusalKind.Conflict, "projectInUse", $"Group '{user}' runs project '{row.Name}'; delete it first.");
        }

        await storage.RemoveAsync(row.Id, cancellation);
        return ToResource(row, null);
    }

    /// <summary>Published versions, newest first.</summary>
    public async Task<Outcome<IReadOnlyList<VersionResource>>> VersionsAsync(string project, CancellationToken cancellation)
    {
        if (await storage.FindAsync(project, cancellation) is not { } row)
        {
            return Unknown(project);
        }

        var versions = await storage.VersionsAsync(row.Id, cancellation);
        return new(
            [.. versions.Select(v => new VersionResource(
                row.Name, new ProjectVersion(v.Major, v.Minor).ToString(), v.Sha256, v.Notes, v.PublishedAt,
                v.PublishedBy, v.SizeBytes))],
            null);
    }

    /// <summary>A version and its XML, byte for byte as published; the newest when <paramref name="version"/> is null.</summary>
    public async Task<Outcome<PublishedModel>> ModelAsync(string project, string? version, CancellationToken cancellation)
    {
        if (await storage.FindAsync(project, cancellation) is not { } row)
        {
            return Unknown(project);
        }

        (int, int)? number = null;
        if (version is not null)
        {
            var asked = ProjectVersion.Parse(version) ?? new ProjectVersion(-1, -1);
            number = (asked.Major, asked.Minor);
        }

        return await storage.VersionAsync(row.Id, number, cancellation) is { } found
            ? new PublishedModel(VersionOf(row, found), found.Model)
            : Refusal.Of(RefusalKind.NotFound, "noSuchVersion", await MissingAsync(row, version, cancellation));
    }

    /// <summary>A version to look at: its XML has a mask in place of each secret.</summary>
    public async Task<Outcome<PublishedModel>> ShownModelAsync(string project, string? version, CancellationToken cancellation)
    {
        var model = await ModelAsync(project, version, cancellation);
        if (model.Value is not { } found)
        {
            return model;
        }

        try
        {
            return found with { Xml = Encoding.UTF8.GetBytes(ModelSecrets.Hide(Encoding.UTF8.GetString(found.Xml))) };
        }
        catch (FormatException)
        {
            return Refusal.Of(RefusalKind.Conflict, "secretsUnknown",
                "What is secret in this model is not known, so it is not shown; take it with secrets=true.");
        }
    }

    /// <summary>A version to be changed, byte for byte as published; logged with who asked.</summary>
    public async Task<Outcome<PublishedModel>> SecretModelAsync(
        string project, string version, string actor, CancellationToken cancellation)
    {
        var model = await ModelAsync(project, version, cancellation);
        if (model.Value is { } found)
        {
            LogTaken(logger, actor, found.Version.Project, found.Version.Version);
        }

        return model;
    }

    /// <summary>Everything wrong with a model; publishes nothing. An invalid model is an answer, not an error.</summary>
    public Task<IReadOnlyList<ProblemResource>> ValidateAsync(string model, CancellationToken cancellation) =>
        trial.ProblemsOfAsync(model, cancellation);

    /// <summary>Publishes a model as a new version: refused with all problems when it has an error; then nothing is stored.</summary>
    /// <param name="project">Name or id.</param>
    /// <param name="request">The model and its number.</param>
    /// <param name="actor">Who publishes.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<Outcome<VersionResource>> PublishAsync(
        string project, PublishVersionRequest request, string actor, CancellationToken cancellation)
    {
        if (await storage.FindAsync(project, cancellation) is not { } row)
        {
            return Unknown(project);
        }

        var bytes = Encoding.UTF8.GetBytes(request.Model);
        if (bytes.Length > MaxModelBytes)
        {
            return Refusal.Of(RefusalKind.Invalid, "modelTooLarge", "A model has at most 16 MiB.");
        }

        var problems = await trial.ProblemsOfAsync(request.Model, cancellation);
        if (problems.Any(p => p.Severity == "error"))
        {
            return new Refusal(RefusalKind.Invalid, "modelInvalid", "The model has errors; nothing was published.", problems);
        }

        if (NumberOf(request, await LatestAsync(row.Id, cancellation)) is not { } number)
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
        return await storage.AddVersionAsync(row, version, cancellation)
            ? VersionOf(row, version)
            : Refusal.Of(RefusalKind.Conflict, "versionExists", $"Version {number} has been published meanwhile; try again.");
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
        Refusal.Of(RefusalKind.NotFound, "noSuchProject", $"There is no project '{project}'; create it and publish a model first.");

    private async Task<string> MissingAsync(ProjectRow row, string? version, CancellationToken cancellation) =>
        await LatestAsync(row.Id, cancellation) is { } latest
            ? $"Project '{row.Name}' has no version {version}; the latest is {latest}."
            : $"Project '{row.Name}' has no version yet; publish a model first.";

    private async Task<ProjectVersion?> LatestAsync(Guid project, CancellationToken cancellation) =>
        Latest((await storage.VersionsAsync(project, cancellation)).Select(v => (v.Major, v.Minor)));

    private static ProjectVersion? Latest(IEnumerable<(int Major, int Minor)> versions)
    {
        ProjectVersion? latest = null;
        foreach (var (major, minor) in versions)
        {
            if (latest is not { } last || (major, minor).CompareTo((last.Major, last.Minor)) > 0)
            {
                latest = new ProjectVersion(major, minor);
            }
        }

        return latest;
    }

    private static ProjectResource ToResource(ProjectRow row, ProjectVersion? latest) =>
        new(row.Id, row.Name, row.Description, latest?.ToString(), row.CreatedAt, row.UpdatedAt);

    private static VersionResource VersionOf(ProjectRow project, VersionRow row) => new(
        project.Name, new ProjectVersion(row.Major, row.Minor).ToString(), row.Sha256, row.Notes,
        row.PublishedAt, row.PublishedBy, row.Model.Length);

    [LoggerMessage(EventId = 6913, Level = LogLevel.Information, Message = "{Actor} took the model of {Project} {Version} with its secrets")]
    private static partial void LogTaken(ILogger logger, string actor, string project, string version);

    [GeneratedRegex("^[A-Za-z0-9._-]{1,100}$")]
    private static partial Regex NamePattern();
}

/// <summary>A version with its XML.</summary>
/// <param name="Version">What is known of it.</param>
/// <param name="Xml">Byte for byte as published.</param>
internal sealed record PublishedModel(VersionResource Version, byte[] Xml);
