using Lockstep.Contracts.Projects.Secrets;
using Lockstep.Contracts.Projects.Xml;

namespace Lockstep.Contracts.Projects;

/// <summary>
/// Reads models (docs/formats/project-xml.md). A document type definition is refused, nothing outside is fetched, and length,
/// depth and number of elements are limited, so that text from anywhere may be read. Pure and thread safe.
/// </summary>
public static class ProjectXmlReader
{
    /// <summary>Reads a model's text.</summary>
    /// <param name="xml">The document; a byte order mark in front is skipped.</param>
    /// <param name="options">Tokens and default name; null for none.</param>
    /// <returns>The project as far as it can be made, and every problem found. Bad text never throws.</returns>
    public static ProjectReadResult Read(string xml, ProjectReadOptions? options = null)
    {
        var root = ModelDocument.Load(xml, out var problem);
        return Read(root, problem, options ?? new ProjectReadOptions());
    }

    /// <summary>Reads a model from a stream, which stays open; its encoding is taken from the mark or declaration.</summary>
    /// <param name="stream">The document's bytes.</param>
    /// <param name="options">Tokens and default name; null for none.</param>
    /// <returns>The project as far as it can be made, and every problem found. Bad text never throws.</returns>
    /// <exception cref="IOException">The stream itself failed.</exception>
    public static ProjectReadResult Read(Stream stream, ProjectReadOptions? options = null)
    {
        var root = ModelDocument.Load(stream, out var problem);
        return Read(root, problem, options ?? new ProjectReadOptions());
    }

    private static ProjectReadResult Read(ModelElement? root, Problem? problem, ProjectReadOptions options)
    {
        if (root is null)
        {
            return new ProjectReadResult(null, problem is null ? [] : [problem], []);
        }

        var scope = new ReadScope(options);
        var project = new ProjectElementXml(scope).ReadRoot(root);
        var secrets = SecretFinder.In(root);
        scope.Problems.AddRange(ModelSecrets.ProblemsOf(root, secrets));
        return new ProjectReadResult(
            project,
            [.. scope.Problems.OrderBy(p => p.Position.Line).ThenBy(p => p.Position.Column)],
            [.. scope.Tokens.Unresolved])
        {
            Secrets = new SecretValues(
                from place in secrets from part in place.Parts select scope.Tokens.Replace(place.Text[part], _ => { })),
        };
    }
}
