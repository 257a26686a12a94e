using System.Collections.Immutable;
using static Lockstep.Contracts.Projects.Algorithms.AlgorithmParts;

namespace Lockstep.Contracts.Projects.Algorithms;

/// <summary>Finds changes of distributions.</summary>
internal static class ChangeAlgorithms
{
    public static ImmutableArray<AlgorithmDefinition> All { get; } =
    [
        new("ChangeDetection", AlgorithmUse.Calculate, AlgorithmOutput.SomeEvents,
            "Compares a faded histogram of the newest values with one of the first values since the last change "
            + "(Sebastião and Gama 2010): "
            + "the change value is the difference of the two Kullback-Leibler divergences. After a change both begin "
            + "anew. A missing value changes nothing.",
            [
                Whole("maxBins", 2, 10_000, "100",
                    "Bins of equal width between the smallest and the largest value of the reference; what lies "
                    + "outside is in the outer ones."),
                Whole("nBins", 2, 10_000, "", "Another name for maxBins."),
                Real("slidingAlpha", 1e-6, 1, "0.997", "What a value's weight is multiplied by at each later value."),
                Real("slidingHalfLifeSteps", 0, double.MaxValue, "0",
                    "Values after which a weight is half; above 0 it stands in place of slidingAlpha."),
                Whole("refWindowSize", 2, AlgorithmTable.WindowLengthMax, "1000", "Values of the reference."),
                Whole("maxEvalSteps", 1, AlgorithmTable.WindowLengthMax, "100", "Values between two evaluations at most."),
                Flag("adaptiveEval", "0", "1: the nearer the change value is to the threshold, the sooner the next evaluation comes."),
                Flag("showEval", "1", "1: events with an evaluation leave, change or not."),
                Flag("showAll", "0", "1: all events leave."),
                Word("measure", "KLDivergenceDiff", "What is compared.", "KLDivergenceDiff"),
                Real("changeThreshold", 0, double.MaxValue, "0.1", "A change value above it is a change."),
            ],
            [In("input", "The variable.")],
            [
                Out("evaluatedOut", "1 when the event brought an evaluation, else 0."),
                Out("changeValueOut", "The change value; null without evaluation."),
                Out("changeDetectedOut", "1 for a change, else 0."),
            ]),
    ];
}
