using System.Buffers;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using Lockstep.Kafka;

namespace Lockstep.Faults.Tests.Harness;

/// <summary>
/// The three topics as a group without a fault leaves them, made by one engine without any server: two epochs, two inbound
/// records a step, a digest in each. A test plants one violation in them and asks the <see cref="Verdict"/>.
/// </summary>
internal sealed class MadeHistory : IWindowOutput
{
    public const string Group = "made";
    private const int Steps = 20;
    private const int RecordsPerStep = 2;
    private const int EpochOfSteps = 10;
    private const long FirstTime = 1_600_000_000_000_000;

    private readonly ProjectEngine _engine;
    private readonly WindowId _source;
    private readonly WindowId _out;
    private JournalRecord _step = null!;
    private long _offset;
    private long _q;
    private long _counter;

    public MadeHistory()
    {
        Project = RowModel.Read(RowModel.PathOf("sums.xml"), Group);
        _engine = ProjectEngine.Build(Project).Engine!;
        _source = _engine.Find("cq", "source");
        _out = _engine.Find("cq", "out");
        var sequence = 0L;
        for (var i = 0; i < Steps; i++)
        {
            var epoch = new Epoch(1 + (i / EpochOfSteps));
            if (i % EpochOfSteps == 0)
            {
                Seal(RecordOf(epoch, ++sequence, JournalRecordKind.EpochStart, []));
            }

            var first = (long)i * RecordsPerStep;
            Step(RecordOf(epoch, ++sequence, JournalRecordKind.Step, [new InboundRun(0, first, first + RecordsPerStep - 1)]));
        }
    }

    public ProjectDefinition Project { get; }

    public List<KafkaRecord> Inbound { get; } = [];

    public List<KafkaRecord> Journal { get; } = [];

    public List<KafkaRecord> Outbound { get; } = [];

    public Verdict Judge() => Verdict.Judge([Project], Group, Inbound, Journal, Outbound);

    /// <summary>Changes a journal record in its place.</summary>
    public void Rewrite(int index, Func<JournalRecord, JournalRecord> change) =>
        Journal[index] = Journal[index] with { Value = JournalRecordCodec.Encode(change(JournalRecordCodec.Decode(Journal[index].Value))) };

    /// <summary>Changes the stamp of an outbound record in its place.</summary>
    public void Restamp(int index, Func<OutboundStamp, OutboundStamp> change)
    {
        var stamp = OutboundStampCodec.Decode(Outbound[index].Header(OutboundStamp.HeaderName)!);
        Outbound[index] = Outbound[index] with { Headers = [HeaderOf(change(stamp))] };
    }

    /// <summary>Gives every outbound record the q of its place, as a writer does that knows of no fault.</summary>
    public void CountAnew()
    {
        for (var i = 0; i < Outbound.Count; i++)
        {
            var q = i + 1;
            Restamp(i, stamp => stamp with { Q = q });
        }

        Rewrite(Journal.Count - 1, r => r with { Outputs = [new OutboundPosition(0, Outbound.Count)] });
    }

    /// <summary>Changes a value of the last event of an outbound record, which stays an event of the window.</summary>
    public void ChangeSum(int index)
    {
        var schema = _engine.SchemaOf(_out);
        var read = new EventBlock(schema);
        EventBlockCodec.Decode(Outbound[index].Value, schema, read);
        var changed = new EventBlock(schema);
        for (var row = 0; row < read.Count; row++)
        {
            object?[] values = [.. Enumerable.Range(0, read.Columns.Length).Select(c => read.Columns[c].GetObject(row))];
            if (row == read.Count - 1)
            {
                values[^1] = (double)values[^1]! + 1;
            }

            changed.AppendObjects(read.Opcodes[row], read.Flags[row], values);
        }

        Outbound[index] = Outbound[index] with { Value = Encode(changed) };
    }

    void IWindowOutput.OnBlock(WindowId window, EventBlock block)
    {
        if (window == _out)
        {
            var stamp = new OutboundStamp
            {
                Group = Group,
                Member = _step.Member,
                Epoch = _step.Epoch,
                Sequence = _step.Sequence,
                StreamTime = _step.StreamTime,
                Runs = _step.Runs,
                MessageId = new MessageId(0, _offset),
                Q = ++_q,
            };
            Outbound.Add(new KafkaRecord("O", Outbound.Count, 0, null, Encode(block), false, [HeaderOf(stamp)]));
        }
    }

    void IWindowOutput.OnBadEvent(WindowId window, string message) => throw new InvalidDataException(message);

    private void Step(JournalRecord step)
    {
        _step = step;
        _engine.Begin(new StepTime(step.StreamTime, step.Epoch.Value, step.Sequence));
        for (_offset = step.Runs[0].FirstOffset; _offset <= step.Runs[0].LastOffset; _offset++)
        {
            var block = new EventBlock(_engine.SchemaOf(_source));
            block.AppendObjects(Opcode.Insert, EventFlags.None, null, ++_counter);
            Inbound.Add(new KafkaRecord("I", _offset, 0, null, Encode(block), false, []));
            _engine.Publish(_source, block, this);
        }

        _engine.Tick(this);
        Seal(step with { StateDigest = _engine.Digest() });
    }

    private void Seal(JournalRecord record) => Journal.Add(new KafkaRecord(
        "J", Journal.Count, 0, null, JournalRecordCodec.Encode(record with { Outputs = [new OutboundPosition(0, _q)] }), false, []));

    private JournalRecord RecordOf(Epoch epoch, long sequence, JournalRecordKind kind, InboundRun[] runs) => new()
    {
        Epoch = epoch,
        Sequence = sequence,
        Member = $"engine-{epoch}",
        ModelDigest = ProjectDigest.Compute(Project),
        StreamTime = FirstTime + (sequence * TimeSpan.TicksPerSecond / 10),
        Kind = kind,
        Runs = [.. runs],
    };

    private static KafkaHeader HeaderOf(OutboundStamp stamp) => new(OutboundStamp.HeaderName, OutboundStampCodec.Encode(stamp));

    private static byte[] Encode(EventBlock block)
    {
        var bytes = new ArrayBufferWriter<byte>();
        EventBlockCodec.Encode(block, bytes);
        return bytes.WrittenSpan.ToArray();
    }
}
