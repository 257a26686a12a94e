using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;
using Lockstep.Engine.Execution;
using Lockstep.Failover;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Kafka;

/// <summary>
/// One step while it is computed: takes what the windows put out, encodes it for the outbound topics at once, and becomes a
/// commit when it is sealed. A following member uses it too, without keeping anything but what the taps want.
/// </summary>
internal sealed partial class StepBuilder(
    GroupTopics topics, ImmutableArray<WindowTap> taps, EngineMemberLimits limits, DeadLetterTally tally, Func<WindowId, string> nameOf,
    ILogger logger) : IWindowOutput
{
    /// <summary>One is filled, one is on its way, one is in doubt.</summary>
    private const int BuffersKept = 3;

    /// <summary>Lines of scripts that are logged.</summary>
    private const int ScriptLinesMax = 10_000;

    private readonly Dictionary<int, CsvEventWriter> _writers = [];
    private readonly Stack<StepBuffer> _free = new();
    private StepBuffer _buffer = new();
    private readonly List<(WindowTap Tap, EventBlock Block)> _kept = [];
    private readonly List<InboundRun> _runs = [];
    private readonly List<DeadLetter> _letters = [];
    private MessageId _id;
    private InboundRecords? _several;
    private int _scriptLines;

    /// <summary>Time, epoch and sequence of the step.</summary>
    public StepTime Time { get; private set; }

    /// <summary>True between <see cref="Begin"/> and sealing.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>True: the outputs are wanted; false: a following member throws them away.</summary>
    public bool KeepsOutputs { get; private set; }

    /// <summary>Inbound records taken.</summary>
    public int Records { get; private set; }

    /// <summary>Inbound events taken.</summary>
    public long EventsIn { get; private set; }

    /// <summary>Outbound events made.</summary>
    public long EventsOut { get; private set; }

    /// <summary>Outbound bytes made.</summary>
    public long Bytes => _buffer.Bytes;

    /// <summary>True: it holds as much as one step may.</summary>
    public bool IsFull => Records >= limits.StepRecords || EventsIn >= limits.StepEvents || Bytes >= limits.StepBytes;

    /// <summary>
    /// True: where blocks end can't be seen in what is written, so that inbound records may go through the windows together.
    /// </summary>
    public bool JoinsRecords => !KeepsOutputs || EndsWithEachEvent;

    /// <summary>True: every outbound record is one event.</summary>
    public bool EndsWithEachEvent { get; } = topics.Outbound.All(t => t.Format == RecordFormat.Csv && t.OneEventARecord);

    /// <summary>Starts a step; the caller begins it in the engine.</summary>
    /// <param name="time">Time, epoch and sequence.</param>
    /// <param name="keepOutputs">True: the outputs are wanted.</param>
    /// <param name="last">The last inbound record applied: what time alone puts out is said to come from it.</param>
    public void Begin(StepTime time, bool keepOutputs, MessageId last)
    {
        Time = time;
        IsOpen = true;
        KeepsOutputs = keepOutputs;
        Records = 0;
        (EventsIn, EventsOut) = (0, 0);
        _buffer.Clear();
        _kept.Clear();
        _runs.Clear();
        _letters.Clear();
        _id = last;
        _several = null;
    }

    /// <summary>Notes an inbound record; what the windows put out from now on came from it.</summary>
    public void Take(in InboundRecord record)
    {
        Records++;
        EventsIn += record.Block?.Count ?? 0;
        _id = new MessageId(record.TopicIndex, record.Offset);
        NoteRun(record.TopicIndex, record.Offset, record.Offset, record.FollowsGap);

        if (record.Fault is { } fault)
        {
            LogPoison(logger, topics.Inbound[record.TopicIndex].Name, record.Offset, fault);
            tally.Add(record.TopicIndex, record.Offset, fault);
            if (KeepsOutputs)
            {
                _letters.Add(LetterOf(record, fault));
            }
        }
    }

    /// <summary>
    /// Takes several inbound records at once, whose events each give one output event in their order, through the windows.
    /// </summary>
    public void Publish(in InboundRecords records, ProjectEngine engine, InboundFeed inbound)
    {
        inbound.Take(records);
        Records += records.Count;
        EventsIn += records.Block.Count;
        _id = new MessageId(records.TopicIndex, records.LastOffset);
        _several = records;
        NoteRun(records.TopicIndex, records.FirstOffset, records.LastOffset, followsGap: false);
        engine.Publish(inbound.WindowOf(records.TopicIndex), records.Block, this);
        // What the windows put out from now on did not come from them.
        _several = null;
    }

    public void OnBlock(WindowId window, EventBlock block)
    {
        // Few of either, and asked for every block of every window: a loop is faster than a look-up.
        foreach (var target in topics.Outbound)
        {
            if (target.Window != window)
            {
                continue;
            }

            EventsOut += block.Count;
            if (KeepsOutputs)
            {
                Encode(target, block);
            }
        }

        foreach (var tap in taps)
        {
            if (tap.Window != window)
            {
                continue;
            }

            // Kept until the step is known to be committed: a tap never sees what another member will do differently.
            var copy = new EventBlock(block.Schema, block.Count);
            for (var row = 0; row < block.Count; row++)
            {
                copy.AppendFrom(block, row);
            }

            _kept.Add((tap, copy));
        }
    }

    public void OnBadEvent(WindowId window, string message)
    {
        if (logger.IsEnabled(LogLevel.Warning))
        {
            var name = nameOf(window);
            LogBadEvent(logger, name, message);
        }

        foreach (var tap in taps.Where(t => t.Window == window))
        {
            tap.Output.OnBadEvent(window, message);
        }
    }

    /// <inheritdoc/>
    public void OnLog(WindowId window, string level, string message)
    {
        // A script that prints for each event must not fill a disk.
        if (_scriptLines < ScriptLinesMax && logger.IsEnabled(LogLevel.Information))
        {
            _scriptLines++;
            var name = nameOf(window);
            LogScript(logger, name, level, message);
        }
    }

    /// <summary>Ends the step and makes its commit.</summary>
    /// <param name="member">Who commits.</param>
    /// <param name="modelDigest">Digest of its model.</param>
    /// <param name="version">Version of the project.</param>
    /// <param name="lastQ">Last q of each outbound topic before it.</param>
    /// <param name="stateDigest">Hash of the state after it, or null.</param>
    public JournalCommit Seal(string member, string modelDigest, string version, ImmutableArray<long> lastQ, ulong? stateDigest)
    {
        var q = lastQ.ToArray();
        ImmutableArray<InboundRun> runs = [.. _runs];
        var outputs = _buffer.Seal(
            new OutboundStamp
            {
                Group = topics.Group,
                Member = member,
                Epoch = new Epoch(Time.Epoch),
                Sequence = Time.Sequence,
                StreamTime = Time.StreamTime,
                Runs = runs,
                MessageId = default,
                Q = 0,
                Version = version,
            },
            q);
        var record = new JournalRecord
        {
            Epoch = new Epoch(Time.Epoch),
            Sequence = Time.Sequence,
            Member = member,
            ModelDigest = modelDigest,
            StreamTime = Time.StreamTime,
            Kind = _runs.Count > 0 ? JournalRecordKind.Step : JournalRecordKind.Tick,
            Runs = runs,
            Outputs = [.. q.Select((last, i) => new OutboundPosition(i, last))],
            StateDigest = stateDigest,
        };
        IsOpen = false;
        return new JournalCommit(record, outputs) { DeadLetters = [.. _letters] };
    }

    /// <summary>Hands over the memory of the step sealed last, which its commit refers to; the next step gets other memory.</summary>
    public StepBuffer TakeBuffer()
    {
        var sealedInto = _buffer;
        _buffer = _free.TryPop(out var free) ? free : new StepBuffer();
        return sealedInto;
    }

    /// <summary>Takes back memory that nothing refers to any more.</summary>
    public void GiveBack(StepBuffer buffer)
    {
        if (buffer.IsKept && _free.Count < BuffersKept)
        {
            buffer.Clear();
            _free.Push(buffer);
        }
    }

    /// <summary>Ends a step that is not this member's to commit.</summary>
    public void Close() => IsOpen = false;

    /// <summary>Takes out what the step would have written: topic index, value, inbound record that caused it; in order.</summary>
    public ImmutableArray<(int Topic, ReadOnlyMemory<byte> Value, MessageId Id)> TakeOutputs() => _buffer.Copy();

    /// <summary>Takes out what the taps are to be given once the step is committed.</summary>
    public ImmutableArray<(WindowTap Tap, EventBlock Block)> TakeKept()
    {
        ImmutableArray<(WindowTap, EventBlock)> kept = [.. _kept];
        _kept.Clear();
        return kept;
    }

    private void NoteRun(int topic, long first, long last, bool followsGap)
    {
        if (_runs.Count > 0 && _runs[^1].TopicIndex == topic && !followsGap)
        {
            _runs[^1] = _runs[^1] with { LastOffset = last };
        }
        else
        {
            _runs.Add(new InboundRun(topic, first, last));
        }
    }

    private void Encode(OutboundTopic target, EventBlock block)
    {
        if (target.Format == RecordFormat.Csv)
        {
            EncodeText(target, block);
            return;
        }

        if (block.Count <= limits.EventsPerRecord)
        {
            EncodeBlock(target.Index, block);
            return;
        }

        var part = new EventBlock(block.Schema, limits.EventsPerRecord);
        for (var row = 0; row < block.Count; row++)
        {
            part.AppendFrom(block, row);
            // An update block and its delete stay together.
            if (part.Count >= limits.EventsPerRecord && block.Opcodes[row] != Opcode.UpdateBlock)
            {
                EncodeBlock(target.Index, part);
                part.Clear();
            }
        }

        if (part.Count > 0)
        {
            EncodeBlock(target.Index, part);
        }
    }

    private void EncodeText(OutboundTopic target, EventBlock block)
    {
        if (!_writers.TryGetValue(target.Index, out var writer))
        {
            writer = new CsvEventWriter(block.Schema, target.Csv);
            _writers.Add(target.Index, writer);
        }

        if (_several is { } several)
        {
            EncodeSeveral(target.Index, several, writer, block);
            return;
        }

        for (var row = 0; row < block.Count; row++)
        {
            writer.Write(block, row, _buffer);
            if (target.OneEventARecord || row == block.Count - 1)
            {
                _buffer.End(target.Index, _id);
            }
        }
    }

    /// <summary>Each row with the id of the inbound record that it came from.</summary>
    private void EncodeSeveral(int topic, in InboundRecords records, CsvEventWriter writer, EventBlock block)
    {
        if (block.Count != records.Block.Count)
        {
            throw new InvalidOperationException($"{records.Block.Count} events gave {block.Count}, though each gives one.");
        }

        var row = 0;
        for (var i = 0; i < records.Count; i++)
        {
            var id = new MessageId(records.TopicIndex, records.OffsetOf(i));
            for (var end = records.RowEndOf(i); row < end; row++)
            {
                writer.Write(block, row, _buffer);
                _buffer.End(topic, id);
            }
        }
    }

    private static DeadLetter LetterOf(InboundRecord record, string fault) =>
        new(record.TopicIndex, record.Offset, record.Raw!.Value, fault)
        {
            Key = record.Raw.Key is { } key ? new ReadOnlyMemory<byte>(key) : null,
            Headers = [.. record.Raw.Headers.Select(h => (h.Key, new ReadOnlyMemory<byte>(h.Value)))],
        };

    private void EncodeBlock(int topic, EventBlock block)
    {
        EventBlockCodec.Encode(block, _buffer);
        _buffer.End(topic, _id);
    }

    [LoggerMessage(EventId = 5150, Level = LogLevel.Error,
        Message = "Record {Offset} of inbound topic {Topic} can't be decoded and goes to the dead letter topic: {Fault}")]
    private static partial void LogPoison(ILogger logger, string topic, long offset, string fault);

    [LoggerMessage(EventId = 5151, Level = LogLevel.Warning, Message = "Bad event dropped in {Window}: {Text}")]
    private static partial void LogBadEvent(ILogger logger, string window, string text);

    [LoggerMessage(EventId = 5159, Level = LogLevel.Information, Message = "{Window}: script {Level}: {Line}")]
    private static partial void LogScript(ILogger logger, string window, string level, string line);
}
