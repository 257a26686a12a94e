using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;
using Lockstep.Engine.Execution;
using Lockstep.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.Connectors.Tests.Kafka;

/// <summary>Reads an outbound topic as a subscriber does and judges every record (F2): q, order and sums.</summary>
internal sealed class OutboundJudge : IDisposable
{
    private const int SumOver = 20;
    private readonly PartitionReader _reader;
    private readonly TestModel _model;
    private readonly EventBlock _block;
    private long _lastQ;
    private long _lastTimestamp;

    public OutboundJudge(KafkaBusOptions bus, string topic, ProjectEngine engine, TestModel model)
    {
        _model = model;
        _reader = new PartitionReader(bus, ReadIsolation.Committed, [new PartitionStart(topic, PartitionStart.Earliest)], NullLogger.Instance);
        _block = new EventBlock(engine.SchemaOf(engine.Find("cq", "out")));
    }

    /// <summary>Events judged.</summary>
    public long Events { get; private set; }

    /// <summary>Epochs met.</summary>
    public SortedSet<long> Epochs { get; } = [];

    /// <summary>Longest time between two records, by the broker's time stamps.</summary>
    public TimeSpan Silence { get; private set; }

    /// <summary>Reads until nothing comes for a moment.</summary>
    public void Read()
    {
        while (_reader.Poll(TimeSpan.FromMilliseconds(200)) is { } record)
        {
            Judge(record);
        }
    }

    public void Dispose() => _reader.Dispose();

    private void Judge(KafkaRecord record)
    {
        var stamp = OutboundStampCodec.Decode(record.Header(OutboundStamp.HeaderName));
        Assert.Equal(_lastQ + 1, stamp.Q);
        _lastQ = stamp.Q;
        Epochs.Add(stamp.Epoch.Value);
        if (_lastTimestamp > 0)
        {
            var silence = TimeSpan.FromMilliseconds(record.TimestampMs - _lastTimestamp);
            Silence = silence > Silence ? silence : Silence;
        }

        _lastTimestamp = record.TimestampMs;
        OutboundRow.Read(record.Value, _model, _block);
        for (var row = 0; row < _block.Count; row++)
        {
            var n = ++Events;
            Assert.Equal(n, _block.ColumnOf<long>(1)[row]);
            var first = Math.Max(1, n - SumOver + 1);
            Assert.Equal((n + first) * (n - first + 1) / 2.0, _block.ColumnOf<double>(2)[row]);
        }
    }
}
