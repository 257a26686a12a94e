using System.Collections.Immutable;
using static Lockstep.Contracts.Projects.Algorithms.AlgorithmParts;

namespace Lockstep.Contracts.Projects.Algorithms;

/// <summary>Statistics of one or two variables, and how well predictions fit.</summary>
internal static class StatisticAlgorithms
{
    private static readonly AlgorithmParameter SlidingLength =
        WindowLength("0", "Events that the window slides over; 0 for all. A missing value takes a place and is not counted.");

    public static ImmutableArray<AlgorithmDefinition> All { get; } =
    [
        new("Summary", AlgorithmUse.Calculate, AlgorithmOutput.OnePerEvent,
            "Statistics of one variable over the last events. Without a value all but the counts are null; of one "
            + "value those that need two are.",
            [
                SlidingLength,
                Real("alpha", 0, 1, "0.05", "Belongs to confidence limits, which are not computed; has no effect."),
                Real("sampleEntropyTolerance", double.MinValue, double.MaxValue, "0.1",
                    "Belongs to sample entropy, which is not computed; has no effect."),
                Flag("sampleEntropyNormalize", "0", "Belongs to sample entropy, which is not computed; has no effect."),
                Whole("sampleEntropyTemplateLength", 0, int.MaxValue, "2",
                    "Belongs to sample entropy, which is not computed; has no effect."),
            ],
            [In("input", "The variable.")],
            [
                Out("nOut", "Values that are not missing."),
                Out("nmissOut", "Missing values."),
                Out("minOut", "Smallest."),
                Out("maxOut", "Largest."),
                Out("sumOut", "Sum."),
                Out("meanOut", "Mean."),
                Out("stdOut", "Sample standard deviation."),
                Out("varOut", "Sample variance."),
                Out("cssOut", "Corrected sum of squares."),
                Out("ussOut", "Sum of squares."),
                Out("stderrOut", "Standard error of the mean."),
                Out("cvOut", "Coefficient of variation in percent."),
            ]),
        new("Correlation", AlgorithmUse.Calculate, AlgorithmOutput.OnePerEvent,
            "Pearson's correlation of two variables over the last events. A pair with a missing value is not counted. Null for fewer "
            + "than two pairs, and when one of the variables does not change.",
            [SlidingLength],
            [In("x", "One variable."), In("y", "The other.")],
            [Out("corOut", "The correlation.")]),
        new("SegmentedCorrelation", AlgorithmUse.Calculate, AlgorithmOutput.SomeEvents,
            "Correlation of a series with itself, segment against the one before. An event leaves when a part ends for which there is "
            + "one to compare with; of parts of unequal length the first samples are compared. A missing sample takes a "
            + "place and is not counted.",
            [
                Whole("sampleSize", 0, AlgorithmTable.WindowLengthMax, "0",
                    "Samples of a segment; with an indicator, of the parts into which segments are cut, 0 for whole "
                    + "segments."),
                Whole("minSize", 0, AlgorithmTable.WindowLengthMax, "0", "Parts of fewer samples are not compared."),
                Whole("maxSize", 1, AlgorithmTable.WindowLengthMax, "10000", "Samples of a part from here on are left out."),
            ],
            [In("x", "The series."), new AlgorithmRole("indicator", AlgorithmRoleType.Number,
                "1 where a segment begins; without it every sampleSize samples are one.")],
            [Out("corOut", "The correlation.")]),
        new("FitStat", AlgorithmUse.Calculate, AlgorithmOutput.OnePerEvent,
            "How well predictions fit. Regression: one input and a number as response. Classification: an input a class with its "
            + "probability; the class of a response is the input whose name is the response or ends with _ and it, else the "
            + "inputs are taken in the order in which responses first appear. Events with a missing value are counted as missing only.",
            [SlidingLength, Whole("labelLen", 1, 4096, "128", "Longest text of a response in characters; the rest is cut off.")],
            [
                In("inputs", "Prediction, or the probabilities of the classes.") with { IsList = true },
                In("response", "What was observed.", AlgorithmRoleType.Label),
            ],
            [
                Out("nOut", "Events counted."),
                Out("nmissOut", "Events with a missing value."),
                Out("aseOut", "Average square error."),
                Out("divOut", "Divisor of the average square error: events, for classes times the number of classes."),
                Out("raseOut", "Root of the average square error."),
                Out("mceOut", "Share of events whose most probable class is not the observed one; null for regression."),
                Out("mcllOut", "Multiclass log loss; probabilities below 1e-15 count as that. Null for regression."),
                Out("maeOut", "Mean absolute error."),
                Out("rmaeOut", "Root of the mean absolute error."),
                Out("msleOut",
                    "Mean square of the difference of the logarithms of 1 + value; null for classes, and while a value "
                    + "of -1 or less is in the window."),
                Out("rmsleOut", "Root of msleOut."),
            ]),
        new("ROC", AlgorithmUse.Calculate, AlgorithmOutput.Rows,
            "What a classifier does at each cut-off, over all events so far: a row a cut-off for each event. A "
            + "probability of at least the cut-off "
            + "is a prediction of the event. Events with a missing value are left out.",
            [
                Real("cutStep", 0.0001, 1, "0.01", "Distance of the cut-offs; they begin at 0 and stay below 1."),
                Text("event", "", "The response that is the event."),
            ],
            [In("input", "Predicted probability of the event."), In("response", "What was observed.", AlgorithmRoleType.Label)],
            [
                new AlgorithmRole("binIdOut", AlgorithmRoleType.Whole, "Number of the cut-off, from 0.") { MayBeKey = true },
                Out("cutOffOut", "The cut-off."),
                Out("tpOut", "True positives."),
                Out("fpOut", "False positives."),
                Out("fnOut", "False negatives."),
                Out("tnOut", "True negatives."),
                Out("sensitivityOut", "Share of the events predicted."),
                Out("specificityOut", "Share of the others predicted as such."),
                Out("ksOut", "1 at the cut-off with the largest ks2Out, the lowest of several; else 0."),
                Out("ks2Out", "Sensitivity less false positive rate."),
                Out("fHalfOut", "F score with beta 0.5."),
                Out("fprOut", "False positive rate."),
                Out("accOut", "Accuracy."),
                Out("fdrOut", "False discovery rate."),
                Out("f1Out", "F score with beta 1."),
                Out("cOut", "Area under the curve; pairs in one bin count half."),
                Out("giniOut", "Gini coefficient (Somers' D)."),
                Out("gammaOut", "Goodman and Kruskal's gamma."),
                Out("tauOut", "Kendall's tau-a."),
                Out("miscEventOut", "Misclassification rate, 1 less accuracy."),
            ]),
        new("DistributionFitting", AlgorithmUse.Calculate, AlgorithmOutput.SomeEvents,
            "Maximum likelihood fit of a distribution to each window of events. Missing values are left out of the "
            + "series. The location of Weibull and "
            + "Gamma is 0 when all values are above 0, else a little below the smallest: by the range divided by the number of values.",
            [
                WindowLength("100", "Values of a window, at least 2."),
                Whole("overlap", -1, AlgorithmTable.WindowLengthMax, "-1",
                    "Values that a window shares with the one before; -1 for one less than windowLength."),
                Whole("maxIter", 1, 10_000, "50", "Steps of the search at most."),
                Word("distribution", "Weibull", "The distribution.", "Weibull", "Gamma", "Normal"),
            ],
            [In("x", "The variable.")],
            [
                Out("betaOut", "Shape; null for Normal."),
                Out("alphaOut", "Scale: for Normal the standard deviation."),
                Out("muOut", "Location: for Normal the mean."),
                Out("convergeOut", "1 when the search came to an end, else 0."),
            ]),
        new("Histogram", AlgorithmUse.Calculate, AlgorithmOutput.SomeEvents,
            "A histogram whose bins follow the values (Ben-Haim and Tom-Tov 2010), older values fading. A missing value changes nothing.",
            [
                Whole("nBins", 2, 10_000, "100", "Bins at most."),
                Real("alpha", 1e-6, 1, "1", "What a value's weight is multiplied by at each later value."),
                Real("halfLifeSteps", 0, double.MaxValue, "0",
                    "Values after which a weight is half; above 0 it stands in place of alpha."),
                new AlgorithmParameter("quantileList", AlgorithmParameterType.Reals, "", "Quantiles to compute.") { Least = 0, Most = 1 },
                Whole("reportInterval", 1, int.MaxValue, "1", "An event leaves for every so many that come in."),
            ],
            [In("input", "The variable.")],
            [
                Out("binCentersOut", "Centres of the bins, ascending.") with { IsList = true },
                Out("binHeightsOut", "Weights of the bins.") with { IsList = true },
                Out("quantilesOut", "Quantiles in the order of quantileList.") with { IsList = true },
            ]),
    ];
}
