using Lockstep.Contracts.Failover;
using Lockstep.Failover.Simulation.Bus;
using Lockstep.Failover.Simulation.Members;

namespace Lockstep.Failover.Simulation.Checks;

/// <summary>
/// F1 to F5 as seen from outside, without a word of the product's own assertions: an oracle applies every journal record in the
/// order in which transactions are decided, and says what must stand on the outbound topics and in every member's state.
/// </summary>
internal sealed class GroupChecks
{
    private readonly SimulatedBrokers _brokers;
    private readonly SimulatedEngine _oracle = new(modelDigest: "");
    private readonly List<ulong> _digests;
    private readonly List<JournalRecord?> _records = [null];
    private readonly List<long>[] _expected = [.. Enumerable.Range(0, SimulatedEngine.Outbound).Select(_ => new List<long>())];
    private readonly List<OutboundRecord>[] _seen = [.. Enumerable.Range(0, SimulatedEngine.Outbound).Select(_ => new List<OutboundRecord>())];
    private readonly long[] _read = new long[SimulatedEngine.Outbound];
    private readonly int[] _compared = new int[SimulatedEngine.Outbound];
    private readonly long[] _next = new long[MemberFeeds.InboundTopics];
    private readonly List<EngineOutput> _outputs = [];
    private long _readJournal;
    private string _mayWrite = "";

    public GroupChecks(SimulatedBrokers brokers)
    {
        _brokers = brokers;
        _digests = [_oracle.Digest];
        brokers.Decided += Decided;
        var journal = brokers[MemberJournal.Topic];
        journal.Advanced += () =>
        {
            for (; _readJournal < journal.LastStable; _readJournal++)
            {
                VisibleSequence = (journal.Read(_readJournal) as JournalRecord)?.Sequence ?? VisibleSequence;
            }
        };
        for (var i = 0; i < SimulatedEngine.Outbound; i++)
        {
            var topic = i;
            brokers[MemberJournal.OutboundTopic(i)].Advanced += () => Read(topic);
        }
    }

    /// <summary>Sequence of the newest journal record that is decided.</summary>
    public long Sequence => _records.Count - 1;

    /// <summary>Sequence of the newest journal record that readers see.</summary>
    public long VisibleSequence { get; private set; }

    public long Epoch { get; private set; }

    /// <summary>The next offset of an inbound topic that the group has not applied.</summary>
    public long NextOf(int topic) => _next[topic];

    /// <summary>True: readers of the outbound topics have seen everything that the journal says.</summary>
    public bool IsAllVisible => _expected.Select((e, i) => _seen[i].Count == e.Count).All(s => s);

    /// <summary>True: readers of an outbound topic see more than the journal says.</summary>
    public bool IsTorn(int topic) => _seen[topic].Count > _expected[topic].Count;

    /// <summary>True: the same, on any of them.</summary>
    public bool IsTornAnywhere => _seen.Select((_, i) => IsTorn(i)).Any(t => t);

    /// <summary>How many inbound records have got their output, as readers see it.</summary>
    public long Answered => _seen[0].Count;

    public string Progress => $"sequence {Sequence}, epoch {Epoch}, outputs "
        + string.Join(", ", _expected.Select((e, i) => $"{_seen[i].Count} of {e.Count}"));

    /// <summary>F3: whoever stands at a sequence has the state that everybody has there.</summary>
    public void AfterTurn(SimulatedMember member)
    {
        if (member.Ended is not null || member.State.IsAhead || member.IsMidway || member.Feeds.Journal is null || member.Step.IsOpen)
        {
            return;
        }

        var sequence = (int)member.State.Cursor.Sequence;
        Require("F3", sequence <= Sequence, () => $"{member.Host.Name} stands at sequence {sequence}, the journal ends at {Sequence}");
        Require("F3", DigestAt(sequence, member) == member.Engine.Digest, () => $"{member.Host.Name}'s state at sequence {sequence} is not the group's");
    }

    /// <summary>F5: whoever stands for election has applied the journal to its end as of joining.</summary>
    public static void Stands(SimulatedMember member) => Require(
        "F5", member.State.Cursor.Sequence >= member.EndAtRecovery,
        () => $"{member.Host.Name} stands for election at sequence {member.State.Cursor.Sequence}, the journal had {member.EndAtRecovery}");

    /// <summary>F4: whoever becomes active has everything that the journal says up to its own epoch start.</summary>
    public void BecameActive(SimulatedMember member)
    {
        var cursor = member.State.Cursor;
        Require("F4", cursor.Sequence <= Sequence, () => $"{member.Host.Name} is active at sequence {cursor.Sequence}, the journal ends at {Sequence}");
        var own = _records[(int)cursor.Sequence];
        Require("F4", own is { Kind: JournalRecordKind.EpochStart } && own.Member == member.Host.Name && own.Epoch == cursor.Epoch,
            () => $"{member.Host.Name} is active, but sequence {cursor.Sequence} is not its epoch start");
        Require("F4", DigestAt((int)cursor.Sequence, member) == member.Engine.Digest,
            () => $"{member.Host.Name} is active with a state that is not the journal's at {cursor.Sequence}");
    }

    /// <summary>What the digest of a member's version must be at a sequence.</summary>
    private ulong DigestAt(int sequence, SimulatedMember member) => _digests[sequence] ^ (ulong)SimulatedEngine.MaskOf(member.ModelDigest);

    private void Decided(bool commit, IReadOnlyList<(string Topic, IReadOnlyList<object> Values)> parts)
    {
        if (!commit)
        {
            return;
        }

        foreach (var value in parts.SelectMany(p => p.Values))
        {
            if (value is OutboundRecord output)
            {
                // Of the epoch that writes, or of the first step of the next one, which goes with its epoch start.
                var stamp = output.StepStamp;
                Require("F1", stamp.Epoch.Value == Epoch || (stamp.Epoch.Value == Epoch + 1 && stamp.Sequence == Sequence + 1),
                    () => $"an output of epoch {stamp.Epoch} is committed in epoch {Epoch}");
            }
        }

        foreach (var value in parts.SelectMany(p => p.Values))
        {
            if (value is JournalRecord record)
            {
                Follow(record);
            }
        }
    }

    private void Follow(JournalRecord record)
    {
        Require("F2", record.Sequence == Sequence + 1, () => $"sequence {record.Sequence} follows {Sequence} in the journal");
        var isStart = record.Kind == JournalRecordKind.EpochStart;
        Require("F1", record.Epoch.Value == (isStart ? Epoch + 1 : Epoch), () => $"{record.Kind} of epoch {record.Epoch} is committed in epoch {Epoch}");
        Require("F1", _mayWrite.Length == 0 || record.ModelDigest == _mayWrite || (isStart && record.TakenBack),
            () => $"{record.Kind} of version {record.ModelDigest} is committed where {_mayWrite} writes");
        _mayWrite = record.HandoverDigest ?? record.ModelDigest;
        Epoch = record.Epoch.Value;
        if (record.Kind is JournalRecordKind.Step or JournalRecordKind.Tick
            || record.Runs.Any(r => r.LastOffset >= r.FirstOffset))
        {
            Apply(record);
        }

        Require("F3", record.StateDigest is not { } said || (said ^ (ulong)SimulatedEngine.MaskOf(record.ModelDigest)) == _oracle.Digest,
            () => $"the journal's digest at {record.Sequence} is not that of its own runs");
        _records.Add(record);
        _digests.Add(_oracle.Digest);
        foreach (var (topic, lastQ) in record.Outputs)
        {
            Require("F2", lastQ == _expected[topic].Count,
                () => $"sequence {record.Sequence} says q {lastQ} of topic {topic}, it must be {_expected[topic].Count}");
            Compare(topic);
        }
    }

    private void Apply(JournalRecord record)
    {
        _outputs.Clear();
        _oracle.Begin(record.StreamTime);
        foreach (var run in record.Runs)
        {
            var log = _brokers[MemberFeeds.InboundTopic(run.TopicIndex)];
            var at = _next[run.TopicIndex];
            Require("F2", run.FirstOffset >= at, () => $"{run} of sequence {record.Sequence} is applied again, {at} is next");
            for (; at <= run.LastOffset; at++)
            {
                if (log.Read(at) is not { } value)
                {
                    continue;
                }

                Require("F4", at >= run.FirstOffset, () => $"inbound record {at} of topic {run.TopicIndex} is left out before {run}");
                _oracle.Apply(run.TopicIndex, at, (long)value, _outputs);
            }

            _next[run.TopicIndex] = run.LastOffset + 1;
        }

        _oracle.Tick(_outputs);
        foreach (var output in _outputs)
        {
            _expected[output.Topic].Add(output.Value ^ SimulatedEngine.MaskOf(record.ModelDigest));
        }
    }

    /// <summary>F2, as a reader with read_committed sees it.</summary>
    private void Read(int topic)
    {
        var log = _brokers[MemberJournal.OutboundTopic(topic)];
        for (; _read[topic] < log.LastStable; _read[topic]++)
        {
            if (log.Read(_read[topic]) is OutboundRecord output)
            {
                Require("F2", output.Stamp.Q == _seen[topic].Count + 1, () => $"q {output.Stamp.Q} follows {_seen[topic].Count} on topic {topic}");
                _seen[topic].Add(output);
            }
        }

        Compare(topic);
    }

    private void Compare(int topic)
    {
        for (; _compared[topic] < Math.Min(_seen[topic].Count, _expected[topic].Count); _compared[topic]++)
        {
            var at = _compared[topic];
            var value = BitConverter.ToInt64(_seen[topic][at].Value.Span);
            Require("F2", value == _expected[topic][at], () => $"q {at + 1} of topic {topic} is {value}, it must be {_expected[topic][at]}");
        }
    }

    private static void Require(string rule, bool holds, Func<string> otherwise)
    {
        if (!holds)
        {
            throw new SimulationFailure(rule, otherwise());
        }
    }
}
