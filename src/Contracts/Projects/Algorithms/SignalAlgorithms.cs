using System.Collections.Immutable;
using static Lockstep.Contracts.Projects.Algorithms.AlgorithmParts;

namespace Lockstep.Contracts.Projects.Algorithms;

/// <summary>Transforms and measures of series.</summary>
internal static class SignalAlgorithms
{
    private static readonly AlgorithmParameter WindowType = Whole("windowType", 1, 16, "12",
        "Taper, symmetric: 1 Bartlett, 2 Bohman, 3 Chebyshev, 4 Gaussian, 5 Kaiser, 6 Parzen, 7 rectangular, 10 Tukey, 11 Bartlett-Hann, "
        + "12 Blackman-Harris, 13 Blackman, 14 Hamming, 15 Hann, 16 flat top.");

    private static readonly AlgorithmParameter WindowParam = Real("windowParam", double.MinValue, double.MaxValue, "-1",
        "Of Chebyshev the attenuation in dB (100), of Gaussian alpha (2.5), of Kaiser beta (0.5), of Tukey the tapered share (0.5); "
        + "below 0 the value in brackets.");

    private static readonly AlgorithmRole TimeId = new("timeId", AlgorithmRoleType.Whole, "Time or number of the sample.");

    public static ImmutableArray<AlgorithmDefinition> All { get; } =
    [
        new("STFT", AlgorithmUse.Calculate, AlgorithmOutput.Rows,
            "Short-time Fourier transform. A frame leaves when its samples are complete: a row a bin, or one row with "
            + "lists when powerListOut "
            + "or phaseListOut are mapped. Missing samples are left out of the series. Other fields are those of the newest sample.",
            [
                Whole("windowLength", 1, 1 << 20, "64", "Samples of a frame."),
                WindowType,
                WindowParam,
                Whole("fftLength", 0, 1 << 20, "0",
                    "Length to which a frame is filled up with zeros, at least windowLength; 0 for windowLength."),
                Whole("overlap", -1, 1 << 20, "0", "Samples that a frame shares with the one before; -1 for one less than windowLength."),
                Whole("binsInSchema", 0, 1 << 20, "0", "Bins that leave, from frequency 0; at most fftLength, 0 for all."),
            ],
            [In("input", "The signal."), TimeId],
            [
                Repeat("timeIdOut", "timeId"),
                new AlgorithmRole("binOut", AlgorithmRoleType.Whole, "Number of the bin, from 0.") { MayBeKey = true },
                Out("powerOut", "Squared absolute value."),
                Out("phaseOut", "Angle in radians."),
                new AlgorithmRole("keyOut", AlgorithmRoleType.Whole, "Running number of the row, from 0.") { MayBeKey = true },
                Out("powerListOut", "Powers of all bins.") with { IsList = true },
                Out("phaseListOut", "Angles of all bins.") with { IsList = true },
            ]),
        new("Cepstrum", AlgorithmUse.Calculate, AlgorithmOutput.SomeEvents,
            "Inverse Fourier transform of the logarithm of a frame's spectrum; of the complex cepstrum the angles are "
            + "unwrapped and freed of their "
            + "linear part. Missing samples are left out of the series. Frames as for STFT.",
            [
                Whole("windowLength", 1, 1 << 20, "128", "Samples of a frame."),
                WindowType with { Default = "7" },
                WindowParam,
                Whole("overlap", -1, 1 << 20, "0", "Samples that a frame shares with the one before; -1 for one less than windowLength."),
                Flag("complexCepstrum", "0", "1 for the complex cepstrum, 0 for the real one."),
            ],
            [In("input", "The signal."), TimeId],
            [Repeat("timeIdOut", "timeId"), Out("cepstrumListOut", "The cepstrum: windowLength values.") with { IsList = true }]),
        new("SST", AlgorithmUse.Calculate, AlgorithmOutput.SomeEvents,
            "Subspace tracking: the first eigenvectors of the covariance. Without windowLength mean and covariance "
            + "fade, m = f m + (1-f) x and "
            + "C = f C + (1-f) (x-m)(x-m)', and each event gives a result; with it they are those of the window. Angle "
            + "and residual are those of the newest "
            + "sample, less the mean, to the subspace before it; null for the first. An event with a missing value "
            + "changes nothing and gives none.",
            [
                WindowLength("0", "Events of a window; 0 for fading."),
                Whole("overlap", -1, AlgorithmTable.WindowLengthMax, "-1",
                    "Events that a window shares with the one before; -1 for one less than windowLength."),
                Whole("maxPrincipal", 1, 128, "1", "Eigenvectors at most."),
                Real("covForgetFactor", 0, 1, "0.99", "Share of the covariance that is kept at each event."),
                Real("meanForgetFactor", 0, 1, "0.99", "Share of the mean that is kept at each event."),
                Real("eigvalTolCumulative", 0, 1, "1",
                    "The rank is the number of eigenvectors whose eigenvalues together have this share of the sum."),
            ],
            [In("inputs", "The variables, at most 128.") with { IsList = true }],
            [
                Out("projAngleOut", "Angle of the sample to the subspace in radians."),
                Out("residualOut", "Share of the sample's length that lies outside of the subspace."),
                Out("numRankOut", "Rank of the subspace."),
                Out("principalVecOut",
                    "Elements of the first eigenvector, then of the second and so on; the largest element of each is "
                    + "above 0.") with { IsList = true },
                Out("PCAngleChangeOut", "Angle of the first eigenvector to the one before in radians."),
                Out("PCAbsoluteAngleOut", "Angle of the first eigenvector to the very first one in radians."),
            ]),
        new("LagMonitor", AlgorithmUse.Calculate, AlgorithmOutput.SomeEvents,
            "Cross-correlation of a series with a target at each lag, over the last windowLength events (at first of "
            + "those that there are). "
            + "At lag k the target is compared with the input k events before. An event with a missing value changes "
            + "nothing and gives none.",
            [
                Whole("maxLag", -100_000, 100_000, "10", "Largest lag."),
                Whole("minLag", -100_000, 100_000, "0", "Smallest lag."),
                Whole("windowLength", 2, AlgorithmTable.WindowLengthMax, "100", "Events of a window."),
                Whole("overlap", -1, AlgorithmTable.WindowLengthMax, "-1",
                    "Events that a window shares with the one before; -1: every event gives a result. Else only full "
                    + "windows do."),
            ],
            [In("input", "The series."), In("target", "The target."), TimeId],
            [
                Repeat("timeIdOut", "timeId"),
                Out("absCCFOut", "Correlation that is farthest from 0."),
                Out("absLagOut", "Its lag."),
                Out("maxCCFOut", "Largest correlation."),
                Out("maxLagOut", "Its lag."),
                Out("minCCFOut", "Smallest correlation."),
                Out("minLagOut", "Its lag."),
                Out("numComputedLagsOut", "Lags for which there are values to compare."),
            ]),
        new("MRR", AlgorithmUse.Calculate, AlgorithmOutput.OnePerEvent,
            "Moving range, and what range to expect: its mean. Null until there are enough values. A missing value "
            + "changes nothing; the last results leave again.",
            [
                Whole("rangeWindowLength", 1, AlgorithmTable.WindowLengthMax, "2", "Values of which the range is taken."),
                Whole("expRangeWindowLength", 1, AlgorithmTable.WindowLengthMax, "2",
                    "Ranges of which the mean is taken, the newest among them."),
            ],
            [In("input", "The series."), TimeId],
            [Repeat("timeIdOut", "timeId"), Out("rangeOut", "Largest less smallest value."), Out("erangeOut", "Mean of the ranges.")]),
    ];
}
