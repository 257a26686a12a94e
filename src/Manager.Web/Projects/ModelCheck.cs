using Lockstep.Contracts.Api;
using Lockstep.Contracts.Projects;

namespace Lockstep.Manager.Web.Projects;

/// <summary>Finds everything wrong with a model; placeholders get their values with a deployment, so missing ones are no error here.</summary>
internal static class ModelCheck
{
    /// <summary>All problems of the model, in document order; empty for a sound one.</summary>
    /// <param name="model">The XML; a DTD is refused and nothing outside of it is read.</param>
    public static IReadOnlyList<ProblemResource> ProblemsOf(string model)
    {
        var read = ProjectXmlReader.Read(model);
        var found = read.Project is { } project ? ProjectValidator.Validate(project) : [];
        return
        [
            .. read.Problems.Concat(found).Distinct()
                .OrderBy(p => p.Position.Line).ThenBy(p => p.Position.Column)
                .Select(p => ProblemResource.From(p with { Message = read.Secrets.HideIn(p.Message) })),
        ];
    }
}
