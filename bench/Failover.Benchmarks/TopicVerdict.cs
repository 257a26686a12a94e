using Lockstep.Contracts.Failover;
using Lockstep.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.Failover.Benchmarks;

/// <summary>Judges journal and outbound topic, read as committed from their beginning, against F1 and F2.</summary>
internal static class TopicVerdict
{
    private const int MaxViolations = 20;

    public static List<string> Judge(KafkaBusOptions bus, string journal, string outbound)
    {
        var violations = new List<string>();
        var records = ReadAll(bus, journal).ConvertAll(record => JournalRecordCodec.Decode(record.Value));
        JudgeJournal(records, violations);
        JudgeOutbound(ReadAll(bus, outbound), records, violations);
        return violations;
    }

    private static void JudgeJournal(List<JournalRecord> records, List<string> violations)
    {
        JournalRecord? before = null;
        var offsets = new Dictionary<int, long>();
        foreach (var record in records)
        {
            Check(before is null || record.Sequence == before.Sequence + 1, $"F2: sequence {record.Sequence} after {before?.Sequence}");
            Check(before is null || record.StreamTime >= before.StreamTime, $"stream time goes back at {record.Sequence}");
            Check(
                before is null || record.Epoch == before.Epoch
                    || (record.Kind == JournalRecordKind.EpochStart && record.Epoch.Value > before.Epoch.Value),
                $"F1: epoch {record.Epoch} follows {before?.Epoch} at {record.Sequence}");
            foreach (var run in record.Runs)
            {
                Check(
                    !offsets.TryGetValue(run.TopicIndex, out var last) || run.FirstOffset > last,
                    $"F2: inbound {run.FirstOffset} applied twice at {record.Sequence}");
                offsets[run.TopicIndex] = run.LastOffset;
            }

            before = record;
        }

        void Check(bool holds, string violation)
        {
            if (!holds && violations.Count < MaxViolations)
            {
                violations.Add(violation);
            }
        }
    }

    private static void JudgeOutbound(List<KafkaRecord> outbound, List<JournalRecord> records, List<string> violations)
    {
        var q = 0L;
        OutboundStamp? before = null;
        foreach (var record in outbound)
        {
            var stamp = OutboundStampCodec.Decode(
                record.Header(OutboundStamp.HeaderName) ?? throw new InvalidDataException($"Record {record.Offset} has no stamp."));
            if (stamp.Q != ++q && violations.Count < MaxViolations)
            {
                violations.Add($"F2: q {stamp.Q} where {q} belongs (offset {record.Offset})");
                q = stamp.Q;
            }

            if (before is not null && violations.Count < MaxViolations
                && (stamp.Epoch.Value < before.Epoch.Value || stamp.MessageId.Offset < before.MessageId.Offset))
            {
                violations.Add($"F1: {stamp.Epoch}/{stamp.MessageId} follows {before.Epoch}/{before.MessageId} (offset {record.Offset})");
            }

            before = stamp;
        }

        var promised = records.Count == 0 || records[^1].Outputs.IsEmpty ? 0 : records[^1].Outputs[0].LastQ;
        if (promised != q)
        {
            violations.Add($"F2: the journal promises {promised} outbound records, the topic has {q}");
        }
    }

    private static List<KafkaRecord> ReadAll(KafkaBusOptions bus, string topic)
    {
        var records = new List<KafkaRecord>();
        using var reader = new PartitionReader(
            bus, ReadIsolation.Committed, [new PartitionStart(topic, PartitionStart.Earliest)], NullLogger.Instance);
        while (!reader.IsAtEnd(topic))
        {
            if (reader.Poll(TimeSpan.FromSeconds(1)) is { } record)
            {
                records.Add(record);
            }
        }

        return records;
    }
}
