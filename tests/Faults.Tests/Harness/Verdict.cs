using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using Lockstep.Kafka;

namespace Lockstep.Faults.Tests.Harness;

/// <summary>
/// F1 to F5 from the topics alone, read committed: the journal's sequence is dense and its epochs and stream time never go
/// back; q is dense; the outbound topic holds exactly the events of <see cref="OfflineRun"/>, in order, with their message ids.
/// </summary>
internal sealed class Verdict
{
    private const int KeptViolations = 20;
    private readonly List<string> _violations = [];

    public long Lost { get; private set; }

    public long Duplicated { get; private set; }

    public long Reordered { get; private set; }

    public long DigestMismatches { get; set; }

    /// <summary>Events that the group wrote.</summary>
    public long Events { get; private set; }

    /// <summary>Records on the outbound topic that are not the group's.</summary>
    public int Foreign { get; private set; }

    /// <summary>Inbound records that don't decode.</summary>
    public int Poisoned { get; private set; }

    /// <summary>Epochs that committed anything.</summary>
    public SortedSet<long> Epochs { get; } = [];

    /// <summary>Whatever else does not hold.</summary>
    public IReadOnlyList<string> Violations => _violations;

    /// <summary>State digests of the offline run, by journal sequence.</summary>
    public IReadOnlyDictionary<long, ulong> Digests { get; private set; } = new Dictionary<long, ulong>();

    public bool IsClean => Lost == 0 && Duplicated == 0 && Reordered == 0 && DigestMismatches == 0 && _violations.Count == 0;

    /// <summary>Judges what was read; everything on the inbound topic must have been applied.</summary>
    /// <param name="versions">The model, and those of further versions, whose results are the same.</param>
    /// <param name="group">Name of the group.</param>
    /// <param name="inbound">The inbound topic.</param>
    /// <param name="journal">The journal.</param>
    /// <param name="outbound">The outbound topic.</param>
    public static Verdict Judge(
        IReadOnlyList<ProjectDefinition> versions, string group, IReadOnlyList<KafkaRecord> inbound, IReadOnlyList<KafkaRecord> journal,
        IReadOnlyList<KafkaRecord> outbound)
    {
        var verdict = new Verdict();
        List<JournalRecord> records = [.. journal.Select(r => JournalRecordCodec.Decode(r.Value))];
        verdict.JudgeJournal(records);
        var offline = OfflineRun.Of(versions, records, inbound);
        verdict.Digests = offline.Digests;
        verdict.DigestMismatches += offline.DigestMismatches;
        verdict.Poisoned = offline.Poisoned;
        verdict.Lost += offline.SkippedInputs + inbound.Count - offline.AppliedInputs;
        verdict.Duplicated += offline.RepeatedInputs;
        var promised = records.Count == 0 || records[^1].Outputs.IsEmpty ? 0 : records[^1].Outputs[0].LastQ;
        verdict.JudgeOutbound(versions[0], group, outbound, promised, offline, records);
        return verdict;
    }

    public void Violate(string what)
    {
        if (_violations.Count < KeptViolations)
        {
            _violations.Add(what);
        }
    }

    public override string ToString() =>
        $"lost {Lost}, duplicated {Duplicated}, reordered {Reordered}, digest mismatches {DigestMismatches}, events {Events}, "
        + $"epochs {string.Join(' ', Epochs)}{string.Concat(_violations.Select(v => Environment.NewLine + v))}";

    private void JudgeJournal(List<JournalRecord> records)
    {
        JournalRecord? before = null;
        foreach (var record in records)
        {
            Epochs.Add(record.Epoch.Value);
            Check(record.Sequence == (before?.Sequence ?? 0) + 1, $"F2: journal sequence {record.Sequence} after {before?.Sequence}");
            Check(record.StreamTime >= (before?.StreamTime ?? 0), $"stream time goes back at {record.Sequence}");
            Check(
                record.Epoch == before?.Epoch
                    || (record.Kind == JournalRecordKind.EpochStart && record.Epoch.Value > (before?.Epoch.Value ?? 0)),
                $"F1: epoch {record.Epoch} follows {before?.Epoch} at {record.Sequence}");
            before = record;
        }
    }

    private void JudgeOutbound(
        ProjectDefinition project, string group, IReadOnlyList<KafkaRecord> outbound, long promised, OfflineRun offline,
        List<JournalRecord> records)
    {
        var schema = SchemaOf(project);
        var ordinals = new Dictionary<string, int>();
        foreach (var expected in offline.Events)
        {
            Check(ordinals.TryAdd(expected.Text, ordinals.Count), $"The load makes '{expected.Text}' twice");
        }

        var epochs = records.ToDictionary(r => r.Sequence, r => r.Epoch);
        var seen = new bool[offline.Events.Count];
        var (q, last) = (0L, -1);
        foreach (var record in outbound)
        {
            if (record.Header(OutboundStamp.HeaderName) is not { } header || OutboundStampCodec.Decode(header) is not { } stamp
                || stamp.Group != group)
            {
                Foreign++;
                continue;
            }

            if (stamp.Q > promised)
            {
                break; // Written since the journal was looked at.
            }

            Check(stamp.Q == q + 1, $"F2: q {stamp.Q} after {q} (offset {record.Offset})");
            q = stamp.Q;
            var source = Take(record, schema, ordinals, seen, offline, ref last);
            Check(
                source.Sequence == stamp.Sequence && source.Source == stamp.MessageId.Offset
                    && epochs.GetValueOrDefault(stamp.Sequence) == stamp.Epoch,
                $"q {q} is stamped {stamp.Epoch}/{stamp.Sequence} from {stamp.MessageId}, its last event is {source}");
        }

        Check(q == promised, $"F2: the journal promises {promised} records, the topic has {q}");
        Lost += seen.Count(s => !s);
    }

    private ExpectedEvent Take(
        KafkaRecord record, Schema schema, Dictionary<string, int> ordinals, bool[] seen, OfflineRun offline, ref int last)
    {
        var block = new EventBlock(schema);
        EventBlockCodec.Decode(record.Value, schema, block);
        ExpectedEvent source = default;
        for (var row = 0; row < block.Count; row++)
        {
            Events++;
            var text = OfflineRun.TextOf(block, row);
            if (!ordinals.TryGetValue(text, out var ordinal))
            {
                Violate($"The offline run has no '{text}' (offset {record.Offset})");
                continue;
            }

            Duplicated += seen[ordinal] ? 1 : 0;
            Reordered += ordinal < last && !seen[ordinal] ? 1 : 0;
            seen[ordinal] = true;
            last = Math.Max(last, ordinal);
            source = offline.Events[ordinal];
        }

        return source;
    }

    private static Schema SchemaOf(ProjectDefinition project)
    {
        var engine = ProjectEngine.Build(project).Engine!;
        return engine.SchemaOf(engine.Find("cq", "out"));
    }

    private void Check(bool holds, string violation)
    {
        if (!holds)
        {
            Violate(violation);
        }
    }
}
