using System.Globalization;
using Lockstep.Connectors.Snapshots;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using Lockstep.Failover;

namespace Lockstep.Connectors.Tests.Snapshots;

/// <summary>An engine that keeps every row of its input, and snapshot headers for it.</summary>
internal static class StateModel
{
    private const string Xml = """
        <project name="p" threads="1" pubsub="auto"><contqueries><contquery name="cq"><windows>
        <window-source pubsub="true" index="pi_HASH" name="rows"><schema><fields>
        <field name="id" type="int64" key="true"/><field name="name" type="string"/><field name="x" type="double"/>
        </fields></schema></window-source></windows></contquery></contqueries></project>
        """;

    public const string Model = "model-1";

    public static ProjectEngine NewEngine()
    {
        var read = ProjectXmlReader.Read(Xml);
        Assert.False(read.HasErrors, string.Join(Environment.NewLine, read.Problems));
        return ProjectEngine.Build(read.Project!).Engine!;
    }

    /// <summary>An engine that holds rows with text that packs about as well as people's does.</summary>
    public static ProjectEngine Holding(int rows)
    {
        var engine = NewEngine();
        engine.Begin(new StepTime(1_700_000_000_000_000, 1, 1));
        var source = engine.Find("cq", "rows");
        var block = new EventBlock(engine.SchemaOf(source), 1000);
        var random = 42UL;
        for (var id = 0; id < rows; id++)
        {
            random = (random * 6364136223846793005UL) + 1442695040888963407UL;
            block.AppendObjects(
                Opcode.Insert, EventFlags.None, (long)id,
                string.Create(CultureInfo.InvariantCulture, $"customer {random >> 44} of branch {id % 97}"), (random >> 40) / 100.0);
            if (block.Count == 1000 || id == rows - 1)
            {
                engine.Publish(source, block, Nowhere.Output);
                block.Clear();
            }
        }

        engine.Tick(Nowhere.Output);
        return engine;
    }

    public static SnapshotHeader HeaderOf(ProjectEngine engine, long sequence = 4711) => SnapshotHeader.Of(
        "group", Model,
        new JournalCursor
        {
            Sequence = sequence,
            Epoch = new Epoch(3),
            Member = "engine-a",
            StreamTime = 1_700_000_000_000_000,
            InboundNext = [17, 99],
            LastQ = [1234],
        },
        journalOffset: 5000, engine.Digest());

    private sealed class Nowhere : IWindowOutput
    {
        public static readonly Nowhere Output = new();

        public void OnBlock(WindowId window, EventBlock block)
        {
        }

        public void OnBadEvent(WindowId window, string message) => Assert.Fail(message);
    }
}
