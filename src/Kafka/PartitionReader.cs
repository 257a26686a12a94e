using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Lockstep.Kafka;

/// <summary>Where reading of a topic's partition 0 starts.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Offset">The offset, or <see cref="Earliest"/> or <see cref="Latest"/>.</param>
public readonly record struct PartitionStart(string Topic, long Offset)
{
    /// <summary>The first record still kept.</summary>
    public const long Earliest = -2;

    /// <summary>Only what is written from now on.</summary>
    public const long Latest = -1;
}

/// <summary>
/// Reads partition 0 of some topics with manual assignment: no consumer group, nothing committed, no silent reset. One
/// thread owns it. Records of one topic come in offset order; topics interleave as they arrive. A topic that does not exist
/// is waited for without a word, and read once it is there: ask <see cref="TopicAdmin.DescribeAsync"/> first.
/// </summary>
public sealed partial class PartitionReader : IDisposable
{
    /// <summary>Longest wait of the constructor, <see cref="Assign"/> and <see cref="Seek"/> for a first or end offset.</summary>
    public static readonly TimeSpan ResolveLimit = TimeSpan.FromSeconds(2);

    private readonly IConsumer<byte[]?, byte[]?> _consumer;
    private readonly Dictionary<string, State> _states = new(StringComparer.Ordinal);
    private readonly ILogger _logger;
    private bool _disposed;

    /// <summary>Creates the client and starts fetching.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="isolation">Whether records of open and aborted transactions are seen.</param>
    /// <param name="starts">The topics and where each starts; a topic occurs once.</param>
    /// <param name="logger">Takes the client's own log lines.</param>
    public PartitionReader(
        KafkaBusOptions options, ReadIsolation isolation, IReadOnlyCollection<PartitionStart> starts, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _logger = logger;
        try
        {
            _consumer = new ConsumerBuilder<byte[]?, byte[]?>(ClientConfigs.Consumer(options, isolation))
                .SetKeyDeserializer(NullableBytes.Instance)
                .SetValueDeserializer(NullableBytes.Instance)
                .SetLogHandler((_, line) => LogClient(_logger, line.Facility, line.Message))
                .SetErrorHandler((_, error) => LogHeard(_logger, error.Code, error.Reason))
                .Build();
        }
        catch (Exception refused) when (refused is InvalidOperationException or ArgumentException)
        {
            var fault = new KafkaFault(KafkaFaultKind.Fatal, "InvalidConfig", refused.Message);
            throw new KafkaFaultException(options.BootstrapServers, fault, refused);
        }

        Assign(starts);
    }

    /// <summary>Reads these topics from these offsets instead of what was read before.</summary>
    /// <param name="starts">The topics and where each starts.</param>
    public void Assign(IReadOnlyCollection<PartitionStart> starts)
    {
        ArgumentNullException.ThrowIfNull(starts);
        _states.Clear();
        var assigned = new List<TopicPartitionOffset>(starts.Count);
        foreach (var start in starts)
        {
            var offset = Resolve(start.Topic, start.Offset);
            _states.Add(start.Topic, new State { Asked = offset, Position = Math.Max(offset, -1) });
            assigned.Add(new TopicPartitionOffset(start.Topic, 0, new Offset(offset)));
        }

        _consumer.Assign(assigned);
    }

    /// <summary>
    /// The next record, or null: nothing came within the time-out, or the end of a partition was reached (which
    /// <see cref="IsAtEnd"/> and <see cref="PositionOf"/> then show). Call it again either way.
    /// </summary>
    /// <param name="timeout">Longest time to wait; zero returns at once.</param>
    /// <exception cref="OffsetGoneException">The offset asked for is not there any more, or never was.</exception>
    /// <exception cref="KafkaFaultException">Another error; <see cref="KafkaFaultKind.Retry"/> means: poll again.</exception>
    public KafkaRecord? Poll(TimeSpan timeout)
    {
        ConsumeResult<byte[]?, byte[]?>? result;
        try
        {
            result = _consumer.Consume(timeout);
        }
        catch (ConsumeException failed)
        {
            throw Judge(failed);
        }

        if (result is null || !_states.TryGetValue(result.Topic, out var state))
        {
            return null;
        }

        state.AtEnd = result.IsPartitionEOF;
        if (result.IsPartitionEOF)
        {
            state.Position = result.Offset.Value;
            return null;
        }

        state.Position = result.Offset.Value + 1;
        var message = result.Message;
        return new KafkaRecord(
            result.Topic, result.Offset.Value, message.Timestamp.UnixTimestampMs,
            message.Key, message.Value ?? [], message.Value is null, HeadersOf(message.Headers));
    }

    /// <summary>
    /// The offset up to which everything readable was returned: one after the last record, or, at the end of the partition,
    /// after the markers and aborted records behind it too, so that it can be compared with <c>ListOffsets</c> (latest):
    /// <c>PositionOf(t) >= latest</c> means that nothing below it is missing. -1 until known.
    /// </summary>
    /// <param name="topic">One of the assigned topics.</param>
    public long PositionOf(string topic) => StateOf(topic).Position;

    /// <summary>True: the last thing heard of the topic was its end (for committed reading: the last stable offset).</summary>
    /// <param name="topic">One of the assigned topics.</param>
    public bool IsAtEnd(string topic) => StateOf(topic).AtEnd;

    /// <summary>Goes on reading at another offset. Records fetched before are dropped.</summary>
    /// <param name="topic">One of the assigned topics.</param>
    /// <param name="offset">The offset, or <see cref="PartitionStart.Earliest"/> or <see cref="PartitionStart.Latest"/>.</param>
    /// <exception cref="KafkaFaultException">The client refuses; <see cref="KafkaFaultKind.Retry"/>: not fetching yet.</exception>
    public void Seek(string topic, long offset)
    {
        var state = StateOf(topic);
        offset = Resolve(topic, offset);
        try
        {
            _consumer.Seek(new TopicPartitionOffset(topic, 0, new Offset(offset)));
        }
        catch (KafkaException failed)
        {
            throw new KafkaFaultException(topic, KafkaFault.Of(failed.Error), failed);
        }

        state.Asked = offset;
        state.Position = Math.Max(offset, -1);
        state.AtEnd = false;
    }

    /// <summary>Stops returning records of the topic; the position stays. What is fetched already is fetched again later.</summary>
    /// <param name="topic">One of the assigned topics.</param>
    public void Pause(string topic) => _consumer.Pause([new TopicPartition(topic, 0)]);

    /// <summary>Undoes <see cref="Pause"/>.</summary>
    /// <param name="topic">One of the assigned topics.</param>
    public void Resume(string topic) => _consumer.Resume([new TopicPartition(topic, 0)]);

    /// <summary>Ends the client.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        // Not Close(): that would try to leave a group which was never joined. Ends on its own thread, as the producer does.
        var end = new Thread(_consumer.Dispose) { IsBackground = true, Name = "kafka reader end" };
        end.Start();
        end.Join(TransactionalProducer.DisposeLimit);
    }

    private static KafkaHeader[] HeadersOf(Headers? headers)
    {
        if (headers is null || headers.Count == 0)
        {
            return [];
        }

        var result = new KafkaHeader[headers.Count];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = new KafkaHeader(headers[i].Key, headers[i].GetValueBytes() ?? []);
        }

        return result;
    }

    /// <summary>
    /// Asks for the first or end offset at once: left to itself the client asks for it 0.5 to 1 s after the assignment. When
    /// no leader answers, the client is left to find out.
    /// </summary>
    private long Resolve(string topic, long offset)
    {
        if (offset >= 0)
        {
            return offset;
        }

        try
        {
            var ends = _consumer.QueryWatermarkOffsets(new TopicPartition(topic, 0), ResolveLimit);
            return offset == PartitionStart.Earliest ? ends.Low.Value : ends.High.Value;
        }
        catch (KafkaException away)
        {
            LogHeard(_logger, away.Error.Code, away.Error.Reason);
            return offset;
        }
    }

    private State StateOf(string topic) => _states.TryGetValue(topic, out var state)
        ? state
        : throw new ArgumentException($"Topic '{topic}' is not assigned to this reader.", nameof(topic));

    private KafkaFaultException Judge(ConsumeException failed)
    {
        var topic = failed.ConsumerRecord?.Topic ?? "";
        var code = failed.Error.Code;
        if (code is ErrorCode.Local_AutoOffsetReset or ErrorCode.OffsetOutOfRange)
        {
            var asked = _states.TryGetValue(topic, out var state) ? state.Next : -1;
            return new OffsetGoneException(topic, asked, failed.Error.Reason, failed);
        }

        return new KafkaFaultException(topic, KafkaFault.Of(failed.Error), failed);
    }

    [LoggerMessage(EventId = 4010, Level = LogLevel.Debug, Message = "Kafka client {Facility}: {Text}")]
    private static partial void LogClient(ILogger logger, string facility, string text);

    [LoggerMessage(EventId = 4011, Level = LogLevel.Information, Message = "Reader heard {Code}: {Text}")]
    private static partial void LogHeard(ILogger logger, ErrorCode code, string text);

    private sealed class State
    {
        public long Asked { get; set; }

        public long Position { get; set; }

        public bool AtEnd { get; set; }

        public long Next => Position >= 0 ? Position : Asked;
    }

    /// <summary>The client's own byte deserializer can't tell null from empty.</summary>
    private sealed class NullableBytes : IDeserializer<byte[]?>
    {
        public static readonly NullableBytes Instance = new();

        public byte[]? Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context) =>
            isNull ? null : data.ToArray();
    }
}
