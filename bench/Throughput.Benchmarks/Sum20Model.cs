using System.Buffers;
using System.Globalization;
using System.Text;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.TestKit;

namespace Lockstep.Throughput.Benchmarks;

/// <summary>The sample sum20 with a topic prefix of its own, its inbound topic shared by all runs, binary or csv.</summary>
internal static class Sum20Model
{
    public const string Query = "ESP_CQ";
    public const string SourceWindow = "ESP_incoming_source_window";
    public const string OutWindow = "ESP_outgoing_window";

    private const string Binary = "<property name=\"kafkatype\"><![CDATA[binary]]></property>";
    private const string Csv =
        "<property name=\"kafkatype\"><![CDATA[csv]]></property><property name=\"csvmsgperevent\"><![CDATA[true]]></property>";

    public static ProjectDefinition Read(string prefix, string inbound, bool csv)
    {
        var text = File.ReadAllText(Path.Combine(Checkout.Root, "samples/sum20/project.xml"))
            .Replace($"@PREFIX@.sum20.{Query}.{SourceWindow}.I", inbound, StringComparison.Ordinal)
            .Replace("@PREFIX@", prefix, StringComparison.Ordinal);
        var read = ProjectXmlReader.Read(csv ? text.Replace(Binary, Csv, StringComparison.Ordinal) : text);
        return read.HasErrors ? throw new InvalidDataException(string.Join('\n', read.Problems)) : read.Project!;
    }

    public static string Outbound(string prefix) => $"{prefix}.sum20.{Query}.{OutWindow}.O";

    /// <summary>The value of one inbound record: events n, n + 1, ... as a block, or event n as a line.</summary>
    public static byte[] Record(Schema schema, bool csv, long n, int events)
    {
        if (csv)
        {
            return Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"i,n,,{n},{4845 + (n % 1000)},{55038 - (n % 1000)},{1617126214 + (n / 1000)}\n"));
        }

        var block = new EventBlock(schema, events);
        for (var i = n; i < n + events; i++)
        {
            block.AppendObjects(
                Opcode.Insert, EventFlags.None, null, i, 4845 + (i % 1000), 55038 - (i % 1000), 1617126214 + (i / 1000));
        }

        var bytes = new ArrayBufferWriter<byte>(events * 32);
        EventBlockCodec.Encode(block, bytes);
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>The sum of the counters n - 19 to n, or of all up to n.</summary>
    public static double SumAt(long n) => n <= 20 ? n * (n + 1) / 2.0 : (20.0 * n) - 190;
}
