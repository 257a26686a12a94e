using System.Runtime.InteropServices;
using Lockstep.Kafka.InMemory;

namespace Lockstep.Kafka.Writing;

/// <summary>The parts of librdkafka's public interface (rdkafka.h) that <see cref="NativeSend"/> uses.</summary>
internal static partial class NativeClient
{
    private const string Library = "librdkafka";

    /// <summary>One resolver serves the whole assembly; whoever comes first sets it.</summary>
    static NativeClient() => NativeMock.EnsureResolver();

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_new", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint TopicNew(nint client, string topic, nint conf);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_destroy")]
    internal static partial void TopicDestroy(nint topic);

    [LibraryImport(Library, EntryPoint = "rd_kafka_produceva")]
    internal static partial nint ProduceVa(nint client, [In] NativeSend.Argument[] arguments, nuint count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_error_code")]
    internal static partial int ErrorCodeOf(nint error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_error_destroy")]
    internal static partial void ErrorDestroy(nint error);
}
