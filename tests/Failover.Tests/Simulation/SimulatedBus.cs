using Lockstep.Contracts.Failover;

namespace Lockstep.Failover.Tests.Simulation;

/// <summary>A guard of the protocol that is taken out, to see that the simulation notices.</summary>
public enum MissingGuard
{
    None,

    /// <summary>Brokers that do not fence.</summary>
    Fence,

    /// <summary>Ends that were asked before the fence.</summary>
    AskAfterFence,

    /// <summary>What the outbound topic holds already is sent again (rule 4.5).</summary>
    SendOnlyMissing,
}

/// <summary>
/// Journal and outbound topic of one group, with fencing. A commit may end done, refused, or without a clear end: then it
/// took effect, or did not, or waits at the coordinator until the next fence settles it, or left a visible prefix of its
/// outputs without its journal record (KAFKA-17754). Checks F1 and F2 on everything that becomes visible.
/// </summary>
internal sealed class SimulatedBus(Random random, MissingGuard missing)
{
    private int _holder;
    private JournalCommit? _prepared;
    private int _inbound;

    public List<JournalRecord> Journal { get; } = [];

    /// <summary>The committed outputs: one for each inbound record, its value the sum of all values so far.</summary>
    public List<OutboundRecord> Outbound { get; } = [];

    public int Inbound => _inbound;

    public MissingGuard Missing => missing;

    public bool Faults { get; set; } = true;

    /// <summary>Writes an inbound record; record n has the value n.</summary>
    public void WriteInbound() => _inbound++;

    /// <summary>The value that output q must have.</summary>
    public static long Expected(long q) => q * (q + 1) / 2;

    /// <summary>Takes the transactional id: settles what was prepared; everybody else is fenced.</summary>
    public int Take()
    {
        if (_prepared is { } commit && random.Next(2) == 0)
        {
            Append(commit, commit.Outputs.Length, withJournal: true);
        }

        _prepared = null;
        return ++_holder;
    }

    public CommitOutcome Commit(int holder, JournalCommit commit)
    {
        if (holder != _holder && missing != MissingGuard.Fence)
        {
            return CommitOutcome.Fenced;
        }

        switch (Faults ? random.Next(12) : 11)
        {
            case 0:
                Append(commit, commit.Outputs.Length, withJournal: true);
                return CommitOutcome.Unclear;
            case 1:
                return CommitOutcome.Unclear;
            case 2:
                _prepared = commit;
                return CommitOutcome.Unclear;
            case 3 when commit.Outputs.Length > 0:
                Append(commit, random.Next(1, commit.Outputs.Length + 1), withJournal: false);
                return CommitOutcome.Unclear;
            default:
                Append(commit, commit.Outputs.Length, withJournal: true);
                return CommitOutcome.Done;
        }
    }

    private void Append(JournalCommit commit, int outputs, bool withJournal)
    {
        foreach (var output in commit.Outputs.Take(outputs))
        {
            var q = output.Stamp.Q;
            Assert.True(q == Outbound.Count + 1, $"F2: q {q} follows {Outbound.Count}");
            var value = BitConverter.ToInt64(output.Value.Span);
            Assert.True(value == Expected(q), $"F2: output {q} is {value}, not {Expected(q)}");
            Outbound.Add(output);
        }

        if (withJournal)
        {
            var record = commit.Record;
            var last = Journal.Count == 0 ? null : Journal[^1];
            Assert.True(record.Sequence == (last?.Sequence ?? 0) + 1, $"F4: sequence {record.Sequence} follows {last?.Sequence}");
            FailoverInvariant.F1OneWriter(last?.Epoch ?? default, record);
            Assert.True(record.Outputs[0].LastQ == Outbound.Count, $"F2: journal says {record.Outputs[0]}, topic has {Outbound.Count}");
            Journal.Add(record);
        }
    }
}
