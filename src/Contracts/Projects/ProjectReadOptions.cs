using System.Collections.Immutable;
using Lockstep.Contracts.Projects.Secrets;

namespace Lockstep.Contracts.Projects;

/// <summary>How to read a model.</summary>
public sealed record ProjectReadOptions
{
    /// <summary>Values of tokens <c>@NAME@</c> by name; they win over the project's own properties.</summary>
    public IReadOnlyDictionary<string, string> Tokens { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Values of tokens that neither <see cref="Tokens"/> nor the project's own properties give.</summary>
    public IReadOnlyDictionary<string, string> DefaultTokens { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>True: connectors and connector groups are not read, whatever is wrong with them.</summary>
    public bool WithoutConnectors { get; init; }

    /// <summary>The project's name when the model gives none.</summary>
    public string? DefaultName { get; init; }

    /// <summary>
    /// True: a token without value is an error, as when the project is about to run. False: a warning, as while it is
    /// edited or published, since values come with a deployment.
    /// </summary>
    public bool TokensRequired { get; init; }
}

/// <summary>What reading a model gave.</summary>
/// <param name="Project">The project; null when the text is not a model at all.</param>
/// <param name="Problems">Everything that reading found, in document order.</param>
/// <param name="UnresolvedTokens">Names of tokens in use that have no value, sorted.</param>
public sealed record ProjectReadResult(
    ProjectDefinition? Project, ImmutableArray<Problem> Problems, ImmutableArray<string> UnresolvedTokens)
{
    /// <summary>What is secret in it, tokens replaced.</summary>
    public SecretValues Secrets { get; init; } = SecretValues.None;

    /// <summary>True when there is an error among the problems.</summary>
    public bool HasErrors => Problems.Any(p => p.Severity == ProblemSeverity.Error);
}
