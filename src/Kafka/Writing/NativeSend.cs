using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;

namespace Lockstep.Kafka.Writing;

/// <summary>
/// Puts records into librdkafka's send queue by its own call (rdkafka.h, <c>rd_kafka_produceva</c>): the managed client makes
/// several objects for each record, which costs more than all else that happens to it. Used by the thread that owns the
/// producer, on the managed client's handle; librdkafka copies the bytes.
/// </summary>
internal sealed class NativeSend : IDisposable
{
    private const int TopicType = 2;
    private const int PartitionType = 3;
    private const int ValueType = 4;
    private const int FlagsType = 7;
    private const int HeaderType = 9;
    private const int CopyFlag = 2;
    private const int ValueAt = 3;
    private const int HeaderAt = 4;

    private readonly nint _client;
    private readonly Dictionary<string, nint> _topics = new(StringComparer.Ordinal);
    private readonly Argument[] _arguments = GC.AllocateArray<Argument>(HeaderAt + 1, pinned: true);
    private byte[] _bytes = GC.AllocateArray<byte>(4096, pinned: true);
    private byte[] _name = GC.AllocateArray<byte>(1, pinned: true);
    private string _headerName = "";
    private string _topic = "";

    /// <param name="producer">The managed producer, which must live longer.</param>
    public NativeSend(IClient producer)
    {
        _client = ((SafeHandle)HandleOf(producer.Handle)).DangerousGetHandle();
        _arguments[0].Kind = TopicType;
        _arguments[1].Kind = PartitionType;
        _arguments[2] = new Argument { Kind = FlagsType, First = CopyFlag };
        _arguments[ValueAt].Kind = ValueType;
        _arguments[HeaderAt].Kind = HeaderType;
    }

    /// <summary>Queues a record for partition 0.</summary>
    /// <returns>librdkafka's code; 0 for done.</returns>
    public ErrorCode Send(string topic, ReadOnlySpan<byte> value, string headerName, ReadOnlySpan<byte> header)
    {
        if (!ReferenceEquals(topic, _topic))
        {
            _arguments[0].First = TopicOf(topic);
            _topic = topic;
        }

        if (!ReferenceEquals(headerName, _headerName))
        {
            _name = GC.AllocateArray<byte>(Encoding.UTF8.GetByteCount(headerName) + 1, pinned: true);
            Encoding.UTF8.GetBytes(headerName, _name);
            _headerName = headerName;
            _arguments[HeaderAt].First = Marshal.UnsafeAddrOfPinnedArrayElement(_name, 0);
        }

        if (_bytes.Length < value.Length + header.Length)
        {
            _bytes = GC.AllocateUninitializedArray<byte>(2 * (value.Length + header.Length), pinned: true);
        }

        value.CopyTo(_bytes);
        header.CopyTo(_bytes.AsSpan(value.Length));
        var address = Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, 0);
        _arguments[ValueAt].First = address;
        _arguments[ValueAt].Second = value.Length;
        _arguments[HeaderAt].Second = address + value.Length;
        _arguments[HeaderAt].Third = header.Length;
        var error = NativeClient.ProduceVa(_client, _arguments, (nuint)_arguments.Length);
        if (error == 0)
        {
            return ErrorCode.NoError;
        }

        var code = (ErrorCode)NativeClient.ErrorCodeOf(error);
        NativeClient.ErrorDestroy(error);
        return code;
    }

    /// <summary>Lets go of the topics, before the producer ends.</summary>
    public void Dispose()
    {
        foreach (var topic in _topics.Values)
        {
            NativeClient.TopicDestroy(topic);
        }

        _topics.Clear();
    }

    private nint TopicOf(string name)
    {
        if (!_topics.TryGetValue(name, out var topic))
        {
            topic = NativeClient.TopicNew(_client, name, 0);
            if (topic == 0)
            {
                throw new KafkaFaultException(name, new KafkaFault(KafkaFaultKind.Fatal, "Local_InvalidArg", "librdkafka refuses the topic."));
            }

            _topics.Add(name, topic);
        }

        return topic;
    }

    /// <summary>The managed client keeps librdkafka's handle to itself; its version is locked, and a test calls this.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_LibrdkafkaHandle")]
    [return: UnsafeAccessorType("Confluent.Kafka.Impl.SafeKafkaHandle, Confluent.Kafka")]
    private static extern object HandleOf(Handle handle);

    /// <summary><c>rd_kafka_vu_t</c>: a kind, and 64 bytes of which a few are used.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 72)]
    internal struct Argument
    {
        [FieldOffset(0)]
        public int Kind;

        [FieldOffset(8)]
        public nint First;

        [FieldOffset(16)]
        public nint Second;

        [FieldOffset(24)]
        public nint Third;
    }
}
