using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects;

/// <summary>Which connector classes and adapters there are, and their properties.</summary>
/// <param name="Connectors">Properties by connector class.</param>
/// <param name="Adapters">Properties by adapter.</param>
public sealed record ConnectorRules(
    ImmutableSortedDictionary<string, ImmutableArray<ConnectorProperty>> Connectors,
    ImmutableSortedDictionary<string, ImmutableArray<ConnectorProperty>> Adapters)
{
    /// <summary>The rules of this version.</summary>
    public static ConnectorRules Default { get; } = new(ConnectorPropertyTable.Connectors, ConnectorPropertyTable.Adapters);
}
