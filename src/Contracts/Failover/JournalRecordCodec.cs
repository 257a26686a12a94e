using Lockstep.Contracts.Json;

namespace Lockstep.Contracts.Failover;

/// <summary>Journal records as JSON, readable with Kafka's own tools (docs/formats/topics.md). Thread safe.</summary>
public static class JournalRecordCodec
{
    /// <summary>The record as UTF-8 JSON.</summary>
    public static byte[] Encode(JournalRecord record) => JsonCodec.Encode(record, ContractsJsonContext.Default.JournalRecord);

    /// <summary>Reads a record; unknown properties are ignored.</summary>
    /// <exception cref="FormatException">The bytes are not a journal record.</exception>
    public static JournalRecord Decode(ReadOnlySpan<byte> bytes)
    {
        const string what = "a journal record";
        var record = JsonCodec.Decode(bytes, ContractsJsonContext.Default.JournalRecord, what);
        JsonCodec.Demand(record.Member is not null && record.ModelDigest is not null, $"Member or model digest is null in {what}.");
        JsonCodec.Demand(record.Sequence > 0, $"Sequence {record.Sequence} is not positive in {what}.");
        JsonCodec.Demand(record.Topics is not { } named || !(named.Inbound.IsDefault || named.Outbound.IsDefault),
            $"The topics of sequence {record.Sequence} are named in part.");
        record = record with
        {
            Runs = record.Runs.IsDefault ? [] : record.Runs,
            Outputs = record.Outputs.IsDefault ? [] : record.Outputs,
        };
        foreach (var run in record.Runs)
        {
            JsonCodec.Demand(run.TopicIndex >= 0 && run.FirstOffset >= 0 && run.LastOffset >= run.FirstOffset - 1,
                $"Run {run} of sequence {record.Sequence} is impossible.");
        }

        foreach (var output in record.Outputs)
        {
            JsonCodec.Demand(output.TopicIndex >= 0 && output.LastQ >= 0, $"Output {output} of sequence {record.Sequence} is impossible.");
        }

        return record;
    }
}
