using Lockstep.Contracts.Failover;

namespace Lockstep.Connectors.Tests.Kafka;

/// <summary>The models that groups under test run; all put out counters and the sum of the last 20 of them.</summary>
internal sealed record TestModel
{
    private const string Fields = """
        <schema><fields><field name="index_esp" type="int64" key="true"/><field name="Record_Counter" type="int64"/>
        """;

    /// <summary>binary or csv, in and out.</summary>
    public string KafkaType { get; init; } = "binary";

    /// <summary>What inbound records hold; null for the same.</summary>
    public string? InboundType { get; init; }

    /// <summary>One event a record goes out with csv; else up to 1,000.</summary>
    public bool OneEventARecord { get; init; }

    /// <summary>dlq or stop.</summary>
    public string OnPoison { get; init; } = "dlq";

    /// <summary>The field that is summed up; the other one makes a window that counts otherwise than the group's.</summary>
    public string SumOf { get; init; } = "Record_Counter";

    /// <summary>
    /// True: two sources with a topic each, <c>source</c> and <c>right</c>, run together, and counters above
    /// <see cref="RightFrom"/> go out on a second topic, window <c>late</c>, too.
    /// </summary>
    public bool HasTwoTopics { get; init; }

    /// <summary>Counters of the right topic begin here.</summary>
    public const long RightFrom = 1_000_000_000;

    /// <summary>The model as text.</summary>
    public string Xml(string prefix) => $"""
        <project name="p" threads="1" pubsub="auto" heartbeat-interval="1"><contqueries><contquery name="cq"><windows>
        {Source(prefix, "source")}{(HasTwoTopics ? Source(prefix, "right") + Both(prefix) : "")}
        <window-calculate pubsub="true" algorithm="Summary" index="pi_EMPTY" name="out">{Fields}<field name="sum20" type="double"/>
        </fields></schema><parameters><properties><property name="windowLength">20</property></properties></parameters>
        <input-map><properties><property name="input">{SumOf}</property></properties></input-map>
        <output-map><properties><property name="sumOut">sum20</property></properties></output-map>
        {Subscriber(prefix, "out")}</window-calculate>
        </windows><edges>{(HasTwoTopics
            ? Edge("source", "both") + Edge("right", "both") + Edge("both", "out") + Edge("both", "late")
            : Edge("source", "out"))}</edges></contquery></contqueries></project>
        """;

    private string Source(string prefix, string name) => $"""
        <window-source pubsub="true" index="pi_EMPTY" insert-only="true" autogen-key="true" name="{name}">{Fields}</fields></schema>
        <connectors><connector class="kafka" name="kafka_IN_{name}"><properties><property name="type">pub</property>
        <property name="kafkahostport">h:9092</property><property name="kafkatopic">{TopicName.Inbound(prefix, "p", "cq", name)}</property>
        <property name="kafkatype">{InboundType ?? KafkaType}</property><property name="urlhostport">{prefix}</property>
        <property name="onpoison">{OnPoison}</property>
        <property name="kafkainitialoffset">smallest</property></properties></connector></connectors></window-source>
        """;

    private string Both(string prefix) => $"""
        <window-filter pubsub="true" index="pi_EMPTY" name="both"><expression>Record_Counter &gt; 0</expression></window-filter>
        <window-filter pubsub="true" index="pi_EMPTY" name="late"><expression>Record_Counter &gt; {RightFrom}</expression>
        {Subscriber(prefix, "late")}</window-filter>
        """;

    private string Subscriber(string prefix, string name) => $"""
        <connectors><connector class="kafka" name="kafka_OUT_{name}"><properties><property name="type">sub</property>
        <property name="hotfailover">true</property><property name="zookeeperhostport">h:2181</property>
        <property name="kafkahostport">h:9092</property><property name="kafkatopic">{TopicName.Outbound(prefix, "p", "cq", name)}</property>
        <property name="kafkatype">{KafkaType}</property><property name="urlhostport">{prefix}</property>
        <property name="csvmsgperevent">{(OneEventARecord ? "true" : "false")}</property>
        </properties></connector></connectors>
        """;

    private static string Edge(string from, string to) => $"""<edge source="{from}" target="{to}" role="data"/>""";
}
