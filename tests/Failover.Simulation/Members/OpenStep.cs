using System.Collections.Immutable;
using Lockstep.Contracts.Failover;

namespace Lockstep.Failover.Simulation.Members;

/// <summary>The step that is being computed or repeated: its runs and outputs.</summary>
/// <param name="modelDigest">Version of the member.</param>
internal sealed class OpenStep(string modelDigest)
{
    private readonly List<InboundRun> _runs = [];

    public bool IsOpen { get; private set; }

    public long StreamTime { get; private set; }

    public int Records { get; private set; }

    public List<EngineOutput> Outputs { get; } = [];

    public void Begin(long streamTime)
    {
        Close();
        (IsOpen, StreamTime) = (true, streamTime);
    }

    public void Take(int topic, long offset, bool followsGap)
    {
        Records++;
        if (_runs is [.., var last] && last.TopicIndex == topic && !followsGap)
        {
            _runs[^1] = last with { LastOffset = offset };
        }
        else
        {
            _runs.Add(new InboundRun(topic, offset, offset));
        }
    }

    public void Close()
    {
        (IsOpen, Records) = (false, 0);
        _runs.Clear();
        Outputs.Clear();
    }

    public JournalCommit Seal(string member, Epoch epoch, long sequence, ImmutableArray<long> lastQ, ulong? digest)
    {
        var (q, runs) = (lastQ.ToArray(), _runs.ToImmutableArray());
        var outputs = new List<OutboundRecord>();
        foreach (var output in Outputs)
        {
            outputs.Add(new OutboundRecord(output.Topic, BitConverter.GetBytes(output.Value), new OutboundStamp
            {
                Group = "g",
                Member = member,
                Epoch = epoch,
                Sequence = sequence,
                StreamTime = StreamTime,
                Runs = runs,
                MessageId = output.Id,
                Q = ++q[output.Topic],
            }));
        }

        var record = new JournalRecord
        {
            Epoch = epoch,
            Sequence = sequence,
            Member = member,
            ModelDigest = modelDigest,
            StreamTime = StreamTime,
            Kind = runs.Length == 0 ? JournalRecordKind.Tick : JournalRecordKind.Step,
            Runs = runs,
            Outputs = [.. q.Select((last, i) => new OutboundPosition(i, last))],
            StateDigest = digest,
        };
        Close();
        return new JournalCommit(record, [.. outputs]);
    }
}
