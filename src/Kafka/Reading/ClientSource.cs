using Confluent.Kafka;
using Lockstep.Kafka.Writing;
using Microsoft.Extensions.Logging;

namespace Lockstep.Kafka.Reading;

/// <summary>
/// Reads through librdkafka, record by record: for brokers whose security or compression the own protocol client can't speak.
/// </summary>
internal sealed partial class ClientSource : IRecordSource
{
    private readonly IConsumer<byte[]?, byte[]?> _consumer;
    private readonly Dictionary<string, State> _states = new(StringComparer.Ordinal);
    private readonly ILogger _logger;
    private bool _disposed;

    /// <summary>Creates the client and starts fetching.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="isolation">Whether records of open and aborted transactions are seen.</param>
    /// <param name="starts">The topics and where each starts; a topic occurs once.</param>
    /// <param name="logger">Takes the client's own log lines.</param>
    public ClientSource(
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

    public bool Read(TimeSpan timeout, RecordPage page)
    {
        page.Clear();
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
            return false;
        }

        state.AtEnd = result.IsPartitionEOF;
        state.Position = result.IsPartitionEOF ? result.Offset.Value : result.Offset.Value + 1;
        if (result.IsPartitionEOF)
        {
            return false;
        }

        var record = result.Message;
        page.Fill(result.Topic, result.Offset.Value, record.Timestamp.UnixTimestampMs, record.Key, record.Value, record.Headers);
        return true;
    }

    public long PositionOf(string topic) => StateOf(topic).Position;

    public bool IsAtEnd(string topic) => StateOf(topic).AtEnd;

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

    public void Pause(string topic) => _consumer.Pause([new TopicPartition(topic, 0)]);

    public void Resume(string topic) => _consumer.Resume([new TopicPartition(topic, 0)]);

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
        end.Join(ClientSink.DisposeLimit);
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
            var ends = _consumer.QueryWatermarkOffsets(new TopicPartition(topic, 0), PartitionReader.ResolveLimit);
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
