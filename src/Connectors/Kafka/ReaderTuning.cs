using Lockstep.Kafka;

namespace Lockstep.Connectors.Kafka;

/// <summary>Settings of the readers that a takeover waits for.</summary>
internal static class ReaderTuning
{
    private const string FetchWaitMs = "20";

    /// <summary>
    /// A broker answers an empty fetch only after its wait is over, and only then a reader learns that what lies before the
    /// end is an aborted transaction or a marker. Measured: 100 ms cost a takeover 50 ms on average, 10 ms cost 5,
    /// but kept the brokers of a small machine busy.
    /// </summary>
    public static KafkaBusOptions Quick(KafkaBusOptions bus) => bus with
    {
        ExtraConfig = new Dictionary<string, string>(bus.ExtraConfig, StringComparer.Ordinal) { ["fetch.wait.max.ms"] = FetchWaitMs },
    };
}
