using System.Globalization;
using System.Xml.Linq;
using Lockstep.Contracts.Events;

namespace Lockstep.Engine.Tests.Corpus;

/// <summary>
/// Sample models with results that their publisher showed: fed with the published input, compared as published.
/// </summary>
public sealed class SampleModelTests
{
    public static bool IsMissing => SampleFiles.Folder is null;

    private static EngineRun Run(string name)
    {
        Assert.SkipWhen(IsMissing, "The sample models are not beside the repository.");
        return new EngineRun(SampleFiles.Read(name, "model.xml"), new Dictionary<string, string>
        {
            ["ESP_PROJECT_HOME"] = "/",
            ["ESP_PROJECT_OUTPUT"] = "/",
            ["ESPTESTDATA"] = "/",
        });
    }

    [Fact]
    public void Copy_retains_as_published()
    {
        var run = Run("copy");
        var lines = SampleFiles.Lines("copy", "test_files", "input.csv")[..11];
        var second = 100.0;
        foreach (var line in lines)
        {
            run.At(second++).Publish("Source", line).Tick();
        }

        var inserts = run.Take("Source");
        var deletes = inserts.Select(l => "D,R" + l[3..]).ToArray();
        Assert.Equal([.. inserts, deletes[0]], run.Take("Copy_Count_Sliding"));
        Assert.Equal([.. inserts, .. deletes[..10]], run.Take("Copy_Count_Jumping"));
        Assert.Equal([.. inserts, deletes[0], deletes[1]], run.Take("Copy_EventTime_Sliding"));

        run.At(second + 5).Tick();
        Assert.Equal(22, run.Take("Copy_SystemTime_Sliding").Length);
        Assert.Equal(22, run.Take("Copy_SystemTime_Jumping").Length);
        Assert.Empty(run.BadEvents);
    }

    [Fact]
    public void Filter_on_opcode_lets_the_three_inserts_through()
    {
        var run = Run("filter_on_opcode");
        foreach (var block in SampleFiles.Lines("filter_on_opcode", "filter_on_opcode_data.csv").Chunk(3))
        {
            run.Publish("sourceWindow", isTransactional: true, block);
        }

        Assert.Equal(["44001", "50000", "66666"], run.Take("filterWindow").Select(l => l.Split(',')[2]));
        Assert.Equal(10, run.Take("sourceWindow").Length);
    }

    [Fact]
    public void Compute_matches_the_city()
    {
        var run = Run("compute");
        run.Publish("sourceWindow", SampleFiles.Lines("compute", "test_files", "input-compute.csv"));

        Assert.Equal(
            ["I,N,1111,Jerry,Apex,1", "I,N,1112,Scott,Apex,1", "I,N,1113,someone,Raleigh,0"], run.Take("computeWindow"));
    }

    [Fact]
    public void Splitter_sends_by_expression()
    {
        var run = Run("splitter");
        run.Publish("source", SampleFiles.Lines("splitter", "test_files", "input-splitter.csv"));

        Assert.Equal(["2", "3", "4", "5", "6"], run.Take("copyNoMatch").Select(l => l.Split(',')[2]));
        Assert.Equal(["1", "7"], run.Take("copyMatch").Select(l => l.Split(',')[2]));
    }

    [Fact]
    public void Summary_slides_over_five_events()
    {
        var run = Run("summary");
        var lines = SampleFiles.Lines("summary", "input.csv");
        run.Publish("w_source", lines);

        var values = lines.Select(l => double.Parse(l.Split(',')[3], CultureInfo.InvariantCulture)).ToArray();
        var got = run.Take("w_calculate");
        Assert.Equal(1871, got.Length);
        for (var i = 0; i < got.Length; i++)
        {
            var window = values[Math.Max(0, i - 4)..(i + 1)];
            var fields = got[i].Split(',');
            Assert.Equal(window.Length.ToString(CultureInfo.InvariantCulture), fields[5]);
            Assert.Equal("0", fields[6]);
            Assert.Equal(window.Min(), double.Parse(fields[7], CultureInfo.InvariantCulture));
            Assert.Equal(window.Max(), double.Parse(fields[8], CultureInfo.InvariantCulture));
            Assert.Equal(window.Sum(), double.Parse(fields[9], CultureInfo.InvariantCulture), 1e-9);
            Assert.Equal(window.Average(), double.Parse(fields[10], CultureInfo.InvariantCulture), 1e-9);
        }
    }

    [Fact]
    public void Aggregate_groups_by_symbol()
    {
        var run = Run("aggregate_exp");
        foreach (var line in SampleFiles.Lines("aggregate_exp", "aggregate_exp_data.csv"))
        {
            run.Publish("sourceWindow", isTransactional: true, line);
        }

        Assert.Equal(
            [
                "I,N,ibm,2000,164.1", "I,N,ms,1000,26.67", "UB,N,ms,3000,26.68", "D,N,ms,1000,26.67", "D,N,ibm,2000,164.1",
                "UB,N,ms,5000,26.99", "D,N,ms,3000,26.68", "I,N,ACL,3000,2.11",
            ],
            run.Take("aggregateWindow"));
    }

    [Fact]
    public void Trades_are_summed_by_security()
    {
        // The filter in Lua as an expression, and without the join that only adds names.
        Assert.SkipWhen(IsMissing, "The sample models are not beside the repository.");
        var run = new EngineRun(EngineRun.Query("""
            <window-source name="Trades" index="pi_EMPTY" insert-only="true">
              <schema-string>tradeID*:string,security:string,quantity:int32,price:double</schema-string></window-source>
            <window-filter name="LargeTrades" index="pi_EMPTY"><expression>quantity &gt;= 100</expression></window-filter>
            <window-compute name="TotalCost" index="pi_EMPTY">
              <schema-string>tradeID*:string,security:string,quantity:int32,totalCost:double</schema-string>
              <output><field-expr>security</field-expr><field-expr>quantity</field-expr><field-expr>price*quantity</field-expr></output></window-compute>
            <window-copy name="TotalCostCopy"><retention type="bytime_sliding">1 days</retention></window-copy>
            <window-aggregate name="BySecurity"><schema-string>security*:string,quantityTotal:double,costTotal:double</schema-string>
              <output><field-expr>ESP_aSum(quantity)</field-expr><field-expr>ESP_aSum(totalCost)</field-expr></output></window-aggregate>
            """, "Trades>LargeTrades LargeTrades>TotalCost TotalCost>TotalCostCopy TotalCostCopy>BySecurity"));
        foreach (var line in SampleFiles.Lines("trades", "test_files", "trades.csv"))
        {
            run.Publish("Trades", line);
        }

        var lines = run.Take("BySecurity");
        Assert.Equal(8 + (2 * 393), lines.Length);
        Assert.Equal(8, lines.Count(l => l[0] == 'I'));
        string[] expected =
        [
            "aapl 153575 18810050", "fb 29700 2364690", "googl 73600 10552690", "ibm 42855 4863750", "orcl 47000 3516990",
            "sap 51550 3940120", "tsla 77200 3519060", "twtr 48600 4496385",
        ];
        var last = lines.Where(l => l[0] != 'D').Select(l => l.Split(',')).GroupBy(f => f[2], f => f[3..]).OrderBy(g => g.Key, StringComparer.Ordinal);
        Assert.Equal(expected, last.Select(g => string.Create(
            CultureInfo.InvariantCulture, $"{g.Key} {g.Last()[0]} {Math.Round(double.Parse(g.Last()[1], CultureInfo.InvariantCulture), 6)}")));

        // A day later all is taken back, and nothing is left of any sum.
        run.At(24 * 3600).Tick();
        Assert.Equal(8, run.Take("BySecurity").Count(l => l.StartsWith("D,R", StringComparison.Ordinal)));
    }

    [Fact]
    public void Union_joins_the_three_price_lists()
    {
        var run = Run("union");
        string[][] feeds = [["sourceWindow_01", "1"], ["sourceWindow_02", "3"], ["sourceWindow_01", "2"]];
        foreach (var feed in feeds)
        {
            foreach (var line in SampleFiles.Lines("union", "test_files", $"stockpricelist{feed[1]}.csv"))
            {
                run.Publish(feed[0], line);
            }
        }

        Assert.Equal(
            [
                "I,N,1,ibm,101.45", "I,N,2,sunw,23.5", "I,N,3,orcl,10.1", "I,N,4,sas,353.62", "I,N,5,dfx,132.39", "I,N,6,att,1.5",
                "UB,N,4,sas,444.44", "D,N,4,sas,353.62", "D,N,3,orcl,10.1",
            ],
            run.Take("unionWindow"));
        Assert.Empty(run.BadEvents);
    }

    [Fact]
    public void Remove_state_numbers_the_thirteen_inserts()
    {
        var run = Run("removestate");
        var second = 0.0;
        foreach (var line in SampleFiles.Lines("removestate", "test_files", "InputRemove.csv"))
        {
            run.At(second += 0.1).Publish("sourceWindow", line).Tick();
        }

        var source = run.Take("sourceWindow");
        Assert.Equal(18, source.Length);
        Assert.Contains("D,N,21,id,2000,26.68", source);
        var passed = run.Take("removestateWindow");
        Assert.Equal(13, passed.Length);
        Assert.Equal("I,N,1,I,N,1,iu,2000,164.1", passed[0]);
        Assert.Equal("I,N,13,I,N,23,pd,1000,26.67", passed[12]);
        run.At(second + 30).Tick();
        Assert.Equal([.. passed, .. passed.Select(l => "D,R" + l[3..])], run.Take("copyWindow"));
    }

    [Fact]
    public void Counter_counts_a_hundred_events_of_the_source()
    {
        var run = Run("counter_sub_csv");
        var lines = SampleFiles.Lines("counter_sub_csv", "sub_data_csv_data.csv");
        run.At(10).Publish("src_win", lines).Tick().At(15).Tick();

        Assert.Equal(SampleFiles.Lines("counter_sub_csv", "expected", "sub_data_csv_result2.csv")[1..].Select(l => $"I,N,{l}"), run.Take("compute_count"));
    }

    [Fact]
    public void Functional_event_loops_take_the_claims_apart()
    {
        var run = Run("functional_event_loop");
        var source = run.Engine.Find("query", "source");
        var block = new EventBlock(run.Engine.SchemaOf(source));
        foreach (var claim in XDocument.Parse(SampleFiles.Read("functional_event_loop", "input.xml")).Descendants("event"))
        {
            block.AppendObjects(Opcode.Insert, EventFlags.None, claim.Element("id")!.Value, claim.Element("claimData")!.Value);
        }

        run.Engine.Publish(source, block, run);

        var last = run.Take("claimStats").Where(l => l[0] != 'D').Select(l => l.Split(',')).GroupBy(f => f[2], f => f[3..]);
        Assert.Equal(
            ["214848 2739.80 18348.20 1 1 1", "214917 2606.10 7252.90 2 2 3", "214961 9482.80 108294.10 2 3 5"],
            last.Select(g => $"{g.Key} {Cents(g.Last()[0])} {Cents(g.Last()[1])} {string.Join(' ', g.Last()[2..])}"));
        Assert.Empty(run.BadEvents);
    }

    private static string Cents(string number) =>
        double.Parse(number, CultureInfo.InvariantCulture).ToString("F2", CultureInfo.InvariantCulture);

    [Fact]
    public void High_availability_sample_gives_the_sum_of_the_last_twenty()
    {
        var run = Run("ha_kafka1");
        for (var n = 2; n <= 200; n++)
        {
            run.At(n).Publish("kafka_incoming", string.Create(CultureInfo.InvariantCulture, $"i,n,,7,{n}")).Tick();
        }

        var lines = run.Take("kafka_outgoing");
        for (var n = 2; n <= 200; n++)
        {
            var sum = n <= 21 ? (n * (n + 1) / 2) - 1 : (20 * n) - 190;
            Assert.Equal($"I,N,{n - 2},7,{n},{n - 1},{sum}", lines[n - 2]);
        }

        // Half an hour later retention takes the rows back, all the way down and with the values they had.
        run.At(2 + (30 * 60)).Tick();
        Assert.Equal(["D,R,0,7,2,1,2"], run.Take("kafka_outgoing"));
        Assert.Empty(run.BadEvents);
    }
}
