using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects.Algorithms;

/// <summary>All algorithms that this version runs.</summary>
public static class AlgorithmTable
{
    /// <summary>Most events that a window of events may hold: 80 MB of numbers.</summary>
    public const int WindowLengthMax = 10_000_000;

    /// <summary>The algorithms, by use and theme.</summary>
    public static ImmutableArray<AlgorithmDefinition> All { get; } =
        [.. StatisticAlgorithms.All, .. SignalAlgorithms.All, .. ChangeAlgorithms.All, .. TextAlgorithms.All, .. ModelAlgorithms.All];

    /// <summary>The algorithm of that name for a use; null when there is none.</summary>
    public static AlgorithmDefinition? Find(string name, AlgorithmUse use) => All.FirstOrDefault(a => a.Name == name && a.Use == use);

    /// <summary>The names for a use, with commas between, for messages.</summary>
    public static string NamesFor(AlgorithmUse use) => string.Join(", ", All.Where(a => a.Use == use).Select(a => a.Name));
}
