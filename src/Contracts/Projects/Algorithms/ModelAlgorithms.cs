using System.Collections.Immutable;
using static Lockstep.Contracts.Projects.Algorithms.AlgorithmParts;

namespace Lockstep.Contracts.Projects.Algorithms;

/// <summary>Models that train windows learn and score windows apply.</summary>
internal static class ModelAlgorithms
{
    /// <summary>The most dimensions of an embedding.</summary>
    public const int EmbeddingMax = 10;

    private static readonly AlgorithmParameter Init = Whole("nInit", 1, 10_000_000, "50", "Events before the first model.");

    private static readonly AlgorithmParameter Velocity = Whole("velocity", 1, 1_000_000, "1", "Events that count as one step of time.");

    private static readonly AlgorithmParameter Commit = Whole("commitInterval", 1, 10_000_000, "25", "Steps of time from model to model.");

    private static readonly AlgorithmRole Inputs =
        In("inputs", "The variables, in the train window and in the score window in one order.") with { IsList = true };

    private static readonly AlgorithmRole Target =
        In("target", "What is to be predicted. Among the inputs it counts for nothing; the score window does not need it.");

    private static readonly AlgorithmRole ModelId = Out("modelIdOut", "Number of the model, from 0.");

    private static readonly ImmutableArray<AlgorithmRole> Cluster =
        [Out("labelOut", "Number of the cluster, from 0."), Out("minDistanceOut", "Euclidean distance to the nearest centre."), ModelId];

    private static readonly ImmutableArray<AlgorithmParameter> Linear =
    [
        Init,
        Commit,
        Real("dampingFactor", 0, 1, "1", "Share of what was learned that is kept from model to model."),
        Flag("centerFlag", "0", "Has no effect: the variables are always taken around their means."),
        Flag("scaleFlag", "0", "Has no effect: the scale of a variable never counts."),
    ];

    private static readonly ImmutableArray<AlgorithmParameter> Classifier =
    [
        .. Linear,
        Real("c", 1e-9, 1e9, "1", "The larger, the less weights are held back."),
        Real("positiveClass", double.MinValue, double.MaxValue, "1", "Value of the target that is the positive class."),
        Real("augmentedValue", double.MinValue, double.MaxValue, "1", "Has no effect: the intercept has the value 1."),
        .. new[] { "maxSparseIndex", "numC", "ratioC", "choose", "randSeed", "outerIterMax" }.Select(
            n => Text(n, "", "Belongs to another way to the weights; has no effect.")),
    ];

    public static ImmutableArray<AlgorithmDefinition> All { get; } =
    [
        new("KMEANS", AlgorithmUse.Model, AlgorithmOutput.SomeEvents,
            "Centres that follow the stream. The first nInit events are clustered as a whole (k-means++, then until nothing changes) "
            + "and the centres numbered in the order in which they own these events. From then on an "
            + "event moves its nearest centre by its share of the weight; after each step of time all weights are damped.",
            [
                Whole("nClusters", 1, 10_000, "2", "Centres."),
                Whole("initSeed", 0, int.MaxValue, "1", "Seed of the choice of the first centres."),
                Real("dampingFactor", 0, 1, "0.8", "Share of its weight that a centre keeps at each step of time."),
                Real("fadeOutFactor", 0, 1, "0.05", "A centre with less than this share of the largest weight is given up: the heaviest is split."),
                Real("disturbFactor", 0, 1, "0.01", "By this share of its elements the two halves of a split centre are moved apart."),
                Init,
                Velocity,
                Commit,
            ],
            [Inputs],
            Cluster),
        new("DBSCAN", AlgorithmUse.Model, AlgorithmOutput.SomeEvents,
            "Clusters of any shape from small dense ones that follow the stream (DenStream, Cao et al. 2006). "
            + "The score is the cluster of the nearest dense one.",
            [
                Real("epsilon", 1e-300, double.MaxValue, "1", "Largest radius of a small cluster."),
                Real("mu", 1, double.MaxValue, "2", "Weight of a core."),
                Real("beta", 1e-300, 1, "0.6", "Share of mu from which a small cluster is dense; beta times mu must be above 1."),
                Real("lambda", 1e-300, double.MaxValue, "0.05", "Fading: an event weighs 2 to the power of -lambda after each step of time."),
                Flag("recluster", "1", "1: dense ones near each other are one cluster."),
                Real("reclusterFactor", 0, double.MaxValue, "2", "How near, in epsilon."),
                Init,
                Velocity,
                Commit,
            ],
            [Inputs],
            Cluster),
        new("LinearRegression", AlgorithmUse.Model, AlgorithmOutput.SomeEvents,
            "Least squares over all events, older ones damped. The prediction is the value.",
            Linear,
            [Inputs, Target],
            [Out("yPredictOut", "The predicted value."), ModelId]),
        new("LogisticRegression", AlgorithmUse.Model, AlgorithmOutput.SomeEvents,
            "Weights by one gradient step an event (AdaGrad), over variables less their means and divided by their deviations. "
            + "The prediction is the probability of the positive class.",
            Classifier,
            [Inputs, Target],
            [Out("yPredictOut", "Probability of the positive class."), ModelId]),
        new("SVM", AlgorithmUse.Model, AlgorithmOutput.SomeEvents,
            "A linear support vector machine, by one step an event. The prediction is the class.",
            Classifier,
            [Inputs, Target],
            [Out("yPredictOut", "1 for the positive class, else -1."), ModelId]),
        new("TSNE", AlgorithmUse.Model, AlgorithmOutput.SomeEvents,
            "Places in few dimensions, near where the variables are near (van der Maaten and Hinton 2008), of a sample of all events: the "
            + "landmarks. A model begins where the one before ended. The score is the mean of the places of the five nearest landmarks, "
            + "by one over their squared distances.",
            [
                Whole("nDims", 1, EmbeddingMax, "2", "Dimensions of a place."),
                Whole("initSeed", 0, int.MaxValue, "1", "Seed of the sample and of the first places."),
                Whole("nLandmarks", 2, 5000, "100", "Events in the sample."),
                Real("perplexity", 1, 1000, "30", "How many neighbours count; at most a third of the landmarks."),
                Real("learnRate", 1e-9, 1e6, "100", "Length of the steps by which places are found."),
                Whole("maxIters", 1, 10_000, "500", "Steps for a model; landmarks squared times steps is at most 10,000,000,000."),
                Init,
                Commit,
            ],
            [Inputs],
            [
                Out("embeddingOut", "The place, all dimensions.") with { IsList = true },
                .. Enumerable.Range(1, EmbeddingMax).Select(i => Out(FormattableString.Invariant($"embeddingOut{i}"),
                    FormattableString.Invariant($"The place in dimension {i}."))),
                ModelId,
            ]),
    ];
}
