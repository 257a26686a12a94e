namespace Lockstep.Engine.Tests.Windows;

/// <summary>
/// Goal: a block of events does to rows exactly what its events do one by one: inserts, updates, partial updates, deletes, bad
/// events, keys that come again within a block, and rows that retention takes. Method: random events over few keys, in blocks
/// and one by one, outputs, bad events and digests compared after each block, and a restored engine that goes on.
/// </summary>
public sealed class KeyedRowsTests
{
    private const string Whole = """<field name="id" type="int64" key="true"/><field name="part" type="int32"/>""";
    private const string Text = """<field name="id" type="string" key="true"/><field name="part" type="int32"/>""";
    private const string Both = """<field name="id" type="int64" key="true"/><field name="part" type="int32" key="true"/>""";
    private static readonly string[] Opcodes = ["i", "i", "i", "p", "p", "u", "d", "sd"];

    public static TheoryData<string, string, int> Cases()
    {
        var data = new TheoryData<string, string, int>();
        string[] retentions =
        [
            "", """<retention type="bycount_sliding">1</retention>""", """<retention type="bycount_sliding">5</retention>""",
            """<retention type="bycount_jumping">5</retention>""", """<retention type="bytime_sliding">3 seconds</retention>""",
            """<retention type="bytime_jumping">3 seconds</retention>""",
            """<retention type="bytime_sliding" field="at">3 seconds</retention>""",
        ];
        foreach (var fields in new[] { Whole, Text, Both })
        {
            for (var i = 0; i < retentions.Length; i++)
            {
                data.Add(fields, retentions[i], i);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_block_does_what_its_events_do_one_by_one(string fields, string retention, int seed)
    {
        var xml = EngineRun.Query(
            $"""
            <window-source name="in"><schema><fields>{fields}<field name="v" type="double"/><field name="at" type="stamp"/></fields></schema></window-source>
            <window-copy name="kept">{retention}</window-copy><window-copy name="loose" index="pi_EMPTY"/>
            <window-copy name="again"><retention type="bycount_sliding">3</retention></window-copy>
            """, "in>kept kept>again kept>loose");
        var random = new Random(seed);
        var (together, single) = (new EngineRun(xml), new EngineRun(xml));
        var outputs = 0;
        for (var block = 0; block < 60; block++)
        {
            var lines = Enumerable.Range(0, random.Next(1, 40)).Select(_ => Line(random, block)).ToArray();
            together.At(block).Publish("in", lines);
            single.At(block);
            foreach (var line in lines)
            {
                single.Publish("in", line);
            }

            together.Tick();
            single.Tick();
            foreach (var window in new[] { "in", "kept", "again" })
            {
                var expected = single.Take(window);
                outputs += expected.Length;
                Assert.Equal(expected, together.Take(window));
            }

            Assert.Equal(single.BadEvents.Order(), together.BadEvents.Order());
            Assert.Equal(single.Engine.Digest(), together.Engine.Digest());
            together = block % 20 == 19 ? RestoredRun.Of(together, xml) : together;
        }

        Assert.True(outputs > 1_000, $"Only {outputs} rows were compared.");
        Assert.True(single.BadEvents.Count > 10, $"Only {single.BadEvents.Count} bad events were compared.");
    }

    private static string Line(Random random, int second)
    {
        var opcode = Opcodes[random.Next(Opcodes.Length)];
        var flag = opcode is "u" or "p" && random.Next(4) == 0 ? "p" : "n";
        var value = random.Next(5) == 0 ? "" : random.Next(100).ToString(System.Globalization.CultureInfo.InvariantCulture);
        return $"{opcode},{flag},{random.Next(-6, 70)},{random.Next(2)},{value},{(second + random.Next(2)) * 1_000_000L}";
    }
}
