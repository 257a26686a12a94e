using System.Collections.Immutable;
using Lockstep.Contracts.Projects.Xml;

namespace Lockstep.Contracts.Projects;

/// <summary>The configuration of a url or websocket connector: what to ask for and how to make events of it.</summary>
/// <param name="Publishers">Its publishers in document order.</param>
public sealed record UrlConnectorConfig(ImmutableArray<UrlPublisherDefinition> Publishers)
{
    /// <summary>Reads a configuration. Bad text never throws.</summary>
    /// <param name="xml">The document: a <c>url-connector</c>, or any element that holds publishers or is one.</param>
    /// <param name="tokens">Values of <c>@NAME@</c>.</param>
    /// <param name="path">Path for problems.</param>
    /// <param name="problems">Takes what is wrong.</param>
    /// <returns>The configuration; null when there is an error.</returns>
    public static UrlConnectorConfig? Read(
        string xml, IReadOnlyDictionary<string, string> tokens, string path, ICollection<Problem> problems) =>
        UrlConfigXml.Read(xml, tokens, path, problems);

    /// <summary>Reads <c>NAME=value;NAME=value</c>.</summary>
    public static ImmutableDictionary<string, string> ReadProperties(string text)
    {
        var read = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at > 0)
            {
                read[part[..at].Trim()] = part[(at + 1)..].Trim();
            }
        }

        return read.ToImmutable();
    }
}

/// <summary>A publisher of a url or websocket connector.</summary>
public sealed record UrlPublisherDefinition
{
    /// <summary>Its name; may be empty.</summary>
    public required string Name { get; init; }

    /// <summary>What it asks for, one after the other; none for a websocket.</summary>
    public ImmutableArray<UrlRequestDefinition> Requests { get; init; } = [];

    /// <summary>What is computed of each answer, which is <c>#_content</c>.</summary>
    public FunctionContextDefinition Context { get; init; } = FunctionContextDefinition.Empty;

    /// <summary>Loops over each answer.</summary>
    public ImmutableArray<EventLoopDefinition> Loops { get; init; } = [];

    /// <summary>Gives the opcode of events; null for insert.</summary>
    public ExpressionText? Opcode { get; init; }

    /// <summary>False or 0 makes no event of the answer itself; null for always.</summary>
    public ExpressionText? Generate { get; init; }
}

/// <summary>A request of a url publisher.</summary>
/// <param name="Name">Its name; may be empty.</param>
/// <param name="Url">The address: text, or code in the functional language.</param>
/// <param name="Method">GET or another.</param>
/// <param name="Headers">Headers by name.</param>
/// <param name="Body">What is sent; null for nothing.</param>
public sealed record UrlRequestDefinition(
    string Name, ExpressionText Url, string Method, ImmutableSortedDictionary<string, string> Headers, string? Body);
