using System.Globalization;

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
