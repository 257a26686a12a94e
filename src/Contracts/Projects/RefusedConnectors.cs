using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects;

/// <summary>Connector classes that models of other engines name and this one does not run, and why.</summary>
public static class RefusedConnectors
{
    /// <summary>Half a sentence by class: why, and what to do.</summary>
    public static ImmutableSortedDictionary<string, string> Reasons { get; } = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
    [
        KeyValuePair.Create("audio", "it records from a device of the machine; write what it gives to a file and publish that by class fs"),
        KeyValuePair.Create("bfile", "how its files become fields is not public; publish by class fs, lua or python"),
        KeyValuePair.Create("eventhubs", "it needs Azure Event Hubs; that also speaks Kafka, so publish from class kafka"),
        KeyValuePair.Create("kinesis", "it needs Amazon Kinesis; publish from class kafka, mqtt, rmq or url"),
        KeyValuePair.Create("uvc", "it records from a camera of the machine; publish frames by class python"),
        KeyValuePair.Create("videocap", "it takes videos apart into frames; publish frames by class python"),
    ]);

    /// <summary>What is wrong with a connector of a class that does not run.</summary>
    /// <param name="name">The class.</param>
    /// <param name="supported">The classes that run.</param>
    public static string Explain(string name, IEnumerable<string> supported) =>
        Reasons.TryGetValue(name, out var reason)
            ? $"Connector class '{name}' is not run by this version: {reason}. A connector with active=\"false\" may stay."
            : $"Connector class '{name}' is not run by this version; supported are {string.Join(", ", supported)}.";
}
