using System.Security.Cryptography;
using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Api;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Lockstep.Manager.Web.Projects;

/// <summary>/api/v1/projects.</summary>
internal static class ProjectsApi
{
    /// <summary>Maps it.</summary>
    public static void MapProjects(this IEndpointRouteBuilder api)
    {
        var projects = api.MapGroup("/projects").WithTags("projects");
        projects.MapGet("", ListAsync).WithSummary("Projects by name");
        projects.MapPost("", CreateAsync).WithSummary("Create an empty project")
            .ProducesProblem(409).ProducesProblem(422);
        projects.MapGet("/{project}", GetAsync).WithSummary("A project by name or id").ProducesProblem(404);
        projects.MapDelete("/{project}", DeleteAsync).WithSummary("Delete a project that no group uses")
            .ProducesProblem(404).ProducesProblem(409).ProducesProblem(412).ProducesProblem(428);
        projects.MapPost("/validation", ValidateAsync).WithSummary("All problems of a model; stores nothing");
        projects.MapGet("/{project}/versions", VersionsAsync).WithSummary("Published versions, newest first").ProducesProblem(404);
        projects.MapPost("/{project}/versions", PublishAsync).WithSummary("Publish a model as a new, immutable version")
            .ProducesProblem(404).ProducesProblem(409).ProducesProblem(422);
        projects.MapGet("/{project}/versions/{version}", VersionAsync).WithSummary("A published version").ProducesProblem(404);
        projects.MapGet("/{project}/versions/{version}/model", ModelAsync).WithSummary("The model's XML, its secrets hidden; as published with secrets=true")
            .Produces<string>(200, "application/xml").ProducesProblem(404);
    }

    private static async Task<Results<Ok<Page<ProjectResource>>, ProblemHttpResult>> ListAsync(
        HttpContext context, ProjectCatalog catalog, int? limit, string? cursor, CancellationToken cancellation)
    {
        var page = Paging.Cut(context, await catalog.ListAsync(cancellation), limit, cursor);
        return page.Value is { } items ? TypedResults.Ok(items) : page.Refusal!.ToProblem();
    }

    private static async Task<Results<Created<ProjectResource>, ProblemHttpResult>> CreateAsync(
        HttpContext context, ProjectCatalog catalog, CreateProjectRequest request, CancellationToken cancellation)
    {
        var created = await catalog.CreateAsync(request, cancellation);
        if (created.Value is not { } project)
        {
            return created.Refusal!.ToProblem();
        }

        context.Response.SetETag(1);
        return TypedResults.Created($"/api/v1/projects/{project.Name}", project);
    }

    private static async Task<Results<Ok<ProjectResource>, StatusCodeHttpResult, ProblemHttpResult>> GetAsync(
        HttpContext context, ProjectCatalog catalog, string project, CancellationToken cancellation)
    {
        if (await catalog.FindAsync(project, cancellation) is not { } found
            || await catalog.RowVersionAsync(project, cancellation) is not { } version)
        {
            return Refusal.Of(RefusalKind.NotFound, "noSuchProject", $"There is no project '{project}'.").ToProblem();
        }

        context.Response.SetETag(version);
        return Preconditions.IsKnown(context.Request, Preconditions.TagOf(version))
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Ok(found);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        HttpContext context, ProjectCatalog catalog, string project, CancellationToken cancellation)
    {
        if (await catalog.RowVersionAsync(project, cancellation) is { } version
            && Preconditions.Check(context.Request, version) is { } refused)
        {
            return refused.ToProblem();
        }

        var deleted = await catalog.DeleteAsync(project, cancellation);
        return deleted.Refusal is { } refusal ? refusal.ToProblem() : TypedResults.NoContent();
    }

    private static async Task<Ok<IReadOnlyList<ProblemResource>>> ValidateAsync(
        ProjectCatalog catalog, PublishVersionRequest request, CancellationToken cancellation) =>
        TypedResults.Ok(await catalog.ValidateAsync(request.Model, cancellation));

    private static async Task<Results<Ok<Page<VersionResource>>, ProblemHttpResult>> VersionsAsync(
        HttpContext context, ProjectCatalog catalog, string project, int? limit, string? cursor, CancellationToken cancellation)
    {
        var versions = await catalog.VersionsAsync(project, cancellation);
        if (versions.Value is not { } all)
        {
            return versions.Refusal!.ToProblem();
        }

        var page = Paging.Cut(context, all, limit, cursor);
        return page.Value is { } items ? TypedResults.Ok(items) : page.Refusal!.ToProblem();
    }

    private static async Task<Results<Created<VersionResource>, ProblemHttpResult>> PublishAsync(
        HttpContext context, ProjectCatalog catalog, string project, PublishVersionRequest request,
        CancellationToken cancellation)
    {
        var published = await catalog.PublishAsync(project, request, context.Actor(), cancellation);
        return published.Value is { } version
            ? TypedResults.Created($"/api/v1/projects/{version.Project}/versions/{version.Version}", version)
            : published.Refusal!.ToProblem();
    }

    private static async Task<Results<Ok<VersionResource>, ProblemHttpResult>> VersionAsync(
        ProjectCatalog catalog, string project, string version, CancellationToken cancellation)
    {
        var model = await catalog.ModelAsync(project, version, cancellation);
        return model.Value is { } found ? TypedResults.Ok(found.Version) : model.Refusal!.ToProblem();
    }

    // Who reads sees no secrets; who changes a model asks for them, and that is logged.
    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> ModelAsync(
        HttpContext context, ProjectCatalog catalog, string project, string version, bool? secrets, CancellationToken cancellation)
    {
        var model = secrets == true
            ? await catalog.SecretModelAsync(project, version, context.Actor(), cancellation)
            : await catalog.ShownModelAsync(project, version, cancellation);
        if (model.Value is not { } found)
        {
            return model.Refusal!.ToProblem();
        }

        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(found.Xml))}\"");
        return TypedResults.File(
            found.Xml, "application/xml", $"{found.Version.Project}-{found.Version.Version}.xml",
            lastModified: found.Version.PublishedAt, entityTag: tag);
    }
}
