using System.Reflection;
using System.Runtime.InteropServices;

namespace Lockstep.Kafka.InMemory;

/// <summary>The parts of librdkafka's public mock interface (rdkafka_mock.h, rdkafka.h) that are used here.</summary>
internal static partial class NativeMock
{
    internal const int ProducerType = 0;
    internal const int ConfOk = 0;
    private const string Library = "librdkafka";

    /// <summary>
    /// The builds that librdkafka.redist carries, in the order in which the managed client tries them: the first one wants a
    /// SASL library that some distributions have under another version.
    /// </summary>
    private static readonly string[] Builds = [Library, "centos8-librdkafka", "alpine-librdkafka"];

    static NativeMock() => NativeLibrary.SetDllImportResolver(typeof(NativeMock).Assembly, Resolve);

    /// <summary>Sees to it that the library is found, for other classes of this assembly.</summary>
    internal static void EnsureResolver()
    {
        // The static constructor has run by now.
    }

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_new")]
    internal static partial nint ConfNew();

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ConfSet(nint conf, string name, string value, nint error, nuint errorBytes);

    [LibraryImport(Library, EntryPoint = "rd_kafka_new")]
    internal static partial nint New(int type, nint conf, nint error, nuint errorBytes);

    [LibraryImport(Library, EntryPoint = "rd_kafka_destroy")]
    internal static partial void Destroy(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_new")]
    internal static partial nint ClusterNew(nint client, int brokers);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_destroy")]
    internal static partial void ClusterDestroy(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    internal static partial nint ClusterBootstraps(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int TopicCreate(nint cluster, string topic, int partitions, int replication);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_topic_delete", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int TopicDelete(nint cluster, string topic);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_partition_delete_records", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int DeleteRecords(nint cluster, string topic, int partition, long before);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_rack", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int BrokerSetRack(nint cluster, int broker, string rack);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_rtt")]
    internal static partial int BrokerSetRtt(nint cluster, int broker, int milliseconds);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_set_controller_id")]
    internal static partial void SetControllerId(nint cluster, int broker);

    [LibraryImport(Library, EntryPoint = "rd_kafka_err2str")]
    internal static partial nint ErrorText(int code);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library)
        {
            return 0;
        }

        foreach (var build in Builds)
        {
            if (NativeLibrary.TryLoad(build, assembly, path, out var handle))
            {
                return handle;
            }
        }

        // Zero lets the runtime try its own ways and name each file that it missed.
        return 0;
    }
}
