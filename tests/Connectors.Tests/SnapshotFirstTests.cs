using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;

namespace Lockstep.Connectors.Tests;

/// <summary>Subscribers with snapshot=true: what is warned of before anything runs, and what they are given.</summary>
public sealed class SnapshotFirstTests : IDisposable
{
    private const string Groups = """
        <project-connectors><connector-groups>
        <connector-group name="fill"><connector-entry connector="cq/w/in" state="running"/></connector-group>
        <connector-group name="watch"><connector-entry connector="cq/w/out" state="running"/></connector-group>
        </connector-groups><edges><edge source="fill" target="watch"/></edges></project-connectors>
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("true", "pi_HASH", Groups, "true", "go on where it ends")]
    [InlineData("true", "pi_HASH", "", "true", null)]
    [InlineData("false", "pi_HASH", Groups, "true", null)]
    [InlineData("false", "pi_EMPTY", Groups, "true", "keeps no rows")]
    [InlineData("false", "pi_EMPTY", Groups, "false", null)]
    public void What_gets_no_rows_is_warned_of(string hot, string index, string groups, string snapshot, string? said)
    {
        var warnings = ConnectorCatalog.Check(Model(hot, index, groups, snapshot), Substitutions.None)
            .Where(p => p.Code == ProblemCode.NoSnapshot).ToList();
        if (said is null)
        {
            Assert.Empty(warnings);
            return;
        }

        var warning = Assert.Single(warnings);
        Assert.Equal((ProblemSeverity.Warning, "p/cq/w/out"), (warning.Severity, warning.Path));
        Assert.Contains(said, warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_comes_before_the_start_is_given_as_rows_and_the_rest_as_it_is()
    {
        using var rig = new Rig();
        var model = Model("false", "pi_HASH", Groups, "true");
        var definition = model.ContinuousQueries[0].Windows[0].Connectors.Single(c => c.Name == "out");
        var connector = (ISubscriber)ConnectorCatalog.Create(Rig.ContextOf(rig.Feed, definition, model: model) with
        {
            Query = "cq",
            Window = model.ContinuousQueries[0].Windows[0],
        });
        connector.Take(Rig.Block((Opcode.Insert, EventFlags.None, 1, "a"), (Opcode.Insert, EventFlags.None, 2, "b")));
        connector.Take(Rig.Block((Opcode.UpdateBlock, EventFlags.None, 1, "c"), (Opcode.Delete, EventFlags.None, 1, "a")));
        connector.Flush();
        using var stop = new CancellationTokenSource();
        var run = connector.RunAsync(stop.Token);
        connector.Take(Rig.Block((Opcode.Delete, EventFlags.None, 1, "c")));
        connector.Flush();
        Assert.Equal("I,N, 2,b\nI,N, 1,c\nD,N, 1,c\n", await File.ReadAllTextAsync(_folder.At("out.csv"), TestContext.Current.CancellationToken));
        await stop.CancelAsync();
        await run;
    }

    private ProjectDefinition Model(string hot, string index, string groups, string snapshot)
    {
        var result = ProjectXmlReader.Read($"""
            <project name="p" pubsub="auto"><contqueries><contquery name="cq"><windows>
            <window-source name="w" index="{index}"><schema-string>id*:int64,name:string</schema-string><connectors>
            <connector class="fs" name="in"><properties><property name="type">pub</property><property name="fsname">/none/in.csv</property>
            <property name="fstype">csv</property></properties></connector>
            <connector class="fs" name="out"><properties><property name="type">sub</property><property name="fsname">{_folder.At("out.csv")}</property>
            <property name="fstype">csv</property><property name="snapshot">{snapshot}</property></properties></connector>
            <connector class="kafka" name="topic"><properties><property name="type">sub</property><property name="kafkahostport">h:9092</property>
            <property name="kafkatopic">t</property><property name="kafkatype">csv</property><property name="urlhostport">h:1</property>
            <property name="hotfailover">{hot}</property><property name="zookeeperhostport">h:2181</property>
            <property name="snapshot">{snapshot}</property></properties></connector>
            </connectors></window-source></windows></contquery></contqueries>{groups}</project>
            """);
        return result.Project ?? throw new InvalidOperationException(string.Join('\n', result.Problems));
    }
}
