namespace Lockstep.Engine.Tests.Execution;

/// <summary>
/// Goal: what came in many blocks may go through the windows as one where the engine says so, and nowhere else. Method: the same
/// events in one block and one by one, outputs and digests compared; and models for which it must say no.
/// </summary>
public sealed class JoinedBlocksTests
{
    private const string Fields = """<field name="id" type="int64" key="true"/><field name="n" type="int64"/>""";
    private const string Schema = $"<schema><fields>{Fields}</fields></schema>";
    private const string Source = $"""<window-source name="in" index="pi_EMPTY" insert-only="true" autogen-key="true">{Schema}</window-source>""";
    private const string Sum = $"""
        <window-calculate name="sum" algorithm="Summary" index="pi_EMPTY"><schema><fields>{Fields}<field name="s" type="double"/></fields></schema>
        <parameters><properties><property name="windowLength">3</property></properties></parameters>
        <input-map><properties><property name="input">n</property></properties></input-map>
        <output-map><properties><property name="sumOut">s</property></properties></output-map></window-calculate>
        """;

    private const string Counting = $"""
        <window-functional name="out" index="pi_EMPTY"><schema><fields>{Fields}<field name="s" type="double"/><field name="at" type="int64"/></fields></schema>
        <function-context><functions><function name="at">eventCounter()</function></functions></function-context></window-functional>
        """;

    private static readonly string[] Lines = [.. Enumerable.Range(1, 50).Select(n => n % 7 == 0 ? "i,n,," : $"i,n,,{n * n}")];

    [Fact]
    public void One_block_gives_what_its_events_give_one_by_one()
    {
        var xml = EngineRun.Query(Source + Sum + Counting, "in>sum sum>out");
        var (joined, single) = (new EngineRun(xml), new EngineRun(xml));
        Assert.True(MapsRows(joined, Lines));

        joined.Publish("in", Lines);
        foreach (var line in Lines)
        {
            single.Publish("in", line);
        }

        var expected = single.Take("out");
        Assert.Equal(Lines.Length, expected.Length);
        Assert.Equal(expected, joined.Take("out"));
        Assert.Equal(single.Take("sum"), joined.Take("sum"));
        Assert.Equal(single.Engine.Digest(), joined.Engine.Digest());
    }

    [Theory]
    [InlineData("p,n,1,1", "another opcode than Insert")]
    [InlineData("i,r,1,1", "a flag")]
    public void Events_that_can_be_refused_are_not_joined(string line, string why)
    {
        var run = new EngineRun(EngineRun.Query(Source + Sum, "in>sum"));
        Assert.False(MapsRows(run, "i,n,,1", line), why);
    }

    [Fact]
    public void A_missing_key_or_a_transactional_block_is_not_joined()
    {
        var keyed = Source.Replace("autogen-key=\"true\"", "", StringComparison.Ordinal);
        var run = new EngineRun(EngineRun.Query(keyed + Sum, "in>sum"));
        Assert.True(MapsRows(run, "i,n,1,1", "i,n,2,1"));
        Assert.False(MapsRows(run, "i,n,1,1", "i,n,,1"));
        var block = EventCsv.Block(run.Engine.SchemaOf(run.Engine.Find("cq", "in")), "i,n,1,1");
        block.IsTransactional = true;
        Assert.False(run.Engine.MapsRows(run.Engine.Find("cq", "in"), block));
    }

    [Theory]
    [InlineData("""<window-filter name="f" index="pi_EMPTY"><expression>n &gt; 1</expression></window-filter>""", "in>f", "a window that drops events")]
    [InlineData("""<window-copy name="a" index="pi_EMPTY"/><window-copy name="b" index="pi_EMPTY"/>""", "in>a in>b", "a fork")]
    [InlineData("""<window-copy name="a"><retention type="bycount_sliding">2</retention></window-copy>""", "in>a", "a window that retains")]
    public void What_does_not_map_event_by_event_is_not_joined(string windows, string edges, string why)
    {
        var run = new EngineRun(EngineRun.Query(Source + windows, edges));
        Assert.False(run.Engine.MapsInserts(run.Engine.Find("cq", "in")), why);
    }

    private static bool MapsRows(EngineRun run, params ReadOnlySpan<string> lines)
    {
        var source = run.Engine.Find("cq", "in");
        return run.Engine.MapsRows(source, EventCsv.Block(run.Engine.SchemaOf(source), lines));
    }
}
