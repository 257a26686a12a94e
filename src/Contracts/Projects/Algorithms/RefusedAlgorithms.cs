using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects.Algorithms;

/// <summary>Algorithms of calculate windows that models of other engines name and this one does not run, and why.</summary>
public static class RefusedAlgorithms
{
    private const string Images = "it works on images, whose formats and filters are not public; compute on them in a python window";
    private const string Audio = "it works on audio by a model that is not public; compute on it in a python window, or score an ONNX model";

    /// <summary>Half a sentence by name: why, and what to do.</summary>
    public static ImmutableSortedDictionary<string, string> Reasons { get; } = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
    [
        KeyValuePair.Create("AudioFeatureComputation", Audio),
        KeyValuePair.Create("ConnectedComponentLabeling", Images),
        KeyValuePair.Create("HighDimensionalDSP", Images),
        KeyValuePair.Create("ImageProcessing", Images),
        KeyValuePair.Create("Transcription", Audio),
        KeyValuePair.Create("Tutorial", "it is a placeholder for code of one's own; write that in a python or lua window"),
        KeyValuePair.Create("TwoDimensionalConvolution", Images),
    ]);

    /// <summary>What is wrong with a calculate window of an algorithm that does not run.</summary>
    /// <param name="window">The window's name.</param>
    /// <param name="algorithm">The algorithm.</param>
    public static string Explain(string window, string algorithm) =>
        $"Algorithm '{algorithm}' of window '{window}' is not run by this version"
        + (Reasons.TryGetValue(algorithm, out var reason) ? $": {reason}. " : "; ")
        + $"supported are {AlgorithmTable.NamesFor(AlgorithmUse.Calculate)}.";
}
