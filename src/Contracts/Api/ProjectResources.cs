using Lockstep.Contracts.Projects;

namespace Lockstep.Contracts.Api;

/// <summary>A project: a named line of published model versions.</summary>
public sealed record ProjectResource(
    Guid Id, string Name, string Description, string? LatestVersion, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>POST /api/v1/projects.</summary>
/// <param name="Name">Name, unique: letters, digits, dot, dash, underscore; 1 to 100.</param>
/// <param name="Description">Free text.</param>
public sealed record CreateProjectRequest(string Name, string Description = "");

/// <summary>POST /api/v1/projects/{project}/versions: publishes a model.</summary>
/// <param name="Model">The XML.</param>
/// <param name="Bump">major or minor; ignored when a version is given.</param>
/// <param name="Version">A number such as 2.1; null to bump.</param>
/// <param name="Notes">Free text.</param>
public sealed record PublishVersionRequest(string Model, string Bump = "minor", string? Version = null, string Notes = "");

/// <summary>A published version: immutable.</summary>
/// <param name="Project">Project name.</param>
/// <param name="Version">major.minor.</param>
/// <param name="Sha256">SHA-256 of the XML as published, lower-case hex.</param>
/// <param name="Notes">Free text.</param>
/// <param name="PublishedAt">When.</param>
/// <param name="PublishedBy">Who.</param>
/// <param name="SizeBytes">Length of the XML in bytes.</param>
public sealed record VersionResource(
    string Project, string Version, string Sha256, string Notes, DateTimeOffset PublishedAt, string PublishedBy, int SizeBytes);

/// <summary>A problem of a model as REST gives it.</summary>
public sealed record ProblemResource(string Severity, string Code, string Path, int Line, int Column, string Message)
{
    /// <summary>From a problem of the validator.</summary>
    public static ProblemResource From(Problem problem) => new(
        problem.Severity == ProblemSeverity.Error ? "error" : "warning",
        problem.Code, problem.Path, problem.Position.Line, problem.Position.Column, problem.Message);
}

/// <summary>A page of a list.</summary>
/// <param name="Items">At most the asked-for limit.</param>
/// <param name="Next">Opaque cursor of the next page; null at the end.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
