namespace Lockstep.Connectors.Kafka.Shadows;

/// <summary>A row that the shadow would have written otherwise.</summary>
/// <param name="Q">q of the live record; 0 when there is none.</param>
/// <param name="Live">What lies on the topic; empty: no such row.</param>
/// <param name="Shadow">What the shadow would have written; empty: no such row.</param>
public sealed record RowDifference(long Q, string Live, string Shadow);

/// <summary>What a shadow would have written to one outbound topic, beside what lies there. All counts are rows.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Equal">The same in both.</param>
/// <param name="Different">Another text for the same inbound record.</param>
/// <param name="Missing">On the topic, not of the shadow.</param>
/// <param name="Added">Of the shadow, not on the topic.</param>
/// <param name="Uncompared">Steps for which the topic's records were not at hand.</param>
/// <param name="First">The first row that is not equal; null: all are.</param>
public sealed record TopicComparison(
    string Topic, long Equal, long Different, long Missing, long Added, long Uncompared, RowDifference? First);
