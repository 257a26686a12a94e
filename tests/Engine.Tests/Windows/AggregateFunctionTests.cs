using System.Globalization;

namespace Lockstep.Engine.Tests.Windows;

/// <summary>Each aggregate function by a small table, and all of them against values taken anew from all members.</summary>
public sealed class AggregateFunctionTests
{
    private const string InsertOnly = """insert-only="true" index="pi_EMPTY" """;

    private static EngineRun One(string type, string expression, string field = "x:double", string source = "") =>
        new(EngineRun.Query($"""
            <window-source name="s" {source}><schema-string>id*:int64,k:string,{field},w:double</schema-string></window-source>
            <window-aggregate name="a"><schema-string>k*:string,v:{type}</schema-string>
              <output><field-expr><![CDATA[{expression}]]></field-expr></output></window-aggregate>
            """, "s>a"));

    /// <summary>The new values of group g after each block of one event.</summary>
    private static string[] Values(EngineRun run, params string[] events)
    {
        var values = new List<string>();
        foreach (var line in events)
        {
            run.Publish("s", line);
            values.Add(run.Take("a").FirstOrDefault(l => !l.StartsWith("D,", StringComparison.Ordinal))?.Split(',')[3] ?? "gone");
        }

        Assert.Empty(run.BadEvents);
        return [.. values];
    }

    [Theory]
    [InlineData("ESP_aSum(x)", "double", "1.5 1.5 5.5 4")]
    [InlineData("ESP_aAve(x)", "double", "1.5 1.5 2.75 4")]
    [InlineData("ESP_aCount()", "int32", "1 2 3 2")]
    [InlineData("ESP_aCountNonNull(x)", "int64", "1 1 2 1")]
    [InlineData("ESP_aCountNull(x)", "int64", "0 1 1 1")]
    [InlineData("ESP_aMin(x)", "double", "1.5 1.5 1.5 4")]
    [InlineData("ESP_aMax(x)", "double", "1.5 1.5 4 4")]
    [InlineData("ESP_aRange(x)", "double", "0 0 2.5 0")]
    [InlineData("ESP_aFirst(x)", "double", "1.5 1.5 1.5 -")]
    [InlineData("ESP_aLast(x)", "double", "1.5 - 4 1.5")]
    [InlineData("ESP_aLastNonDelete(x)", "double", "1.5 - 4 4")]
    [InlineData("ESP_aLag(x,0)", "double", "1.5 - 4 4")]
    [InlineData("ESP_aLag(x,2)", "double", "- - 1.5 -")]
    [InlineData("ESP_aVar(x)", "double", "0 0 3.125 0")]
    [InlineData("ESP_aCSS(x)", "double", "0 0 3.125 0")]
    [InlineData("ESP_aUSS(x)", "double", "2.25 2.25 18.25 16")]
    [InlineData("ESP_aStdErr(x)", "double", "0 0 1.25 0")]
    [InlineData("ESP_aMedian(x)", "double", "1.5 1.5 2.75 4")]
    [InlineData("ESP_aMode(x)", "double", "1.5 1.5 1.5 4")]
    [InlineData("ESP_aCountDistinct(x)", "int64", "1 1 2 1")]
    [InlineData("ESP_aCat(x,'|')", "string", "1.5 1.5 1.5|4 4")]
    [InlineData("ESP_aWAve(w,x)", "double", "1.5 1.5 3.375 4")]
    [InlineData("ESP_aCountOpcodes(1)", "int64", "1 2 3 3")]
    [InlineData("ESP_aCountOpcodes(4)", "int64", "0 0 0 1")]
    [InlineData("ESP_aLastOpcode(1)", "int32", "1 1 1 4")]
    [InlineData("ESP_aLastOpcode()", "int32", "1 1 1 4")]
    [InlineData("ESP_aGini(x)", "double", "0 0 0.22727272727272727 0")]
    [InlineData("ESP_aSkew(x)", "double", "- - - -")]
    public void A_function_follows_members_that_come_are_null_and_go(string expression, string type, string expected) => Assert.Equal(
        expected.Split(' '),
        Values(One(type, expression), "i,n,1,g,1.5,1", "i,n,2,g,,9", "i,n,3,g,4,3", "d,n,1"));

    [Theory]
    [InlineData("ESP_aCountOpcodes(1)", "1 2 2 1 gone 1")]
    [InlineData("ESP_aCountOpcodes(2)", "0 0 1 0 gone 0")]
    [InlineData("ESP_aCountOpcodes(6)", "0 0 0 0 gone 0")]
    [InlineData("ESP_aLastOpcode(0)", "1 1 2 1 gone 1")]
    public void Opcodes_count_in_the_group_of_an_updates_new_values_and_start_anew_with_it(string expression, string expected) => Assert.Equal(
        expected.Split(' '),
        Values(One("int64", expression), "i,n,1,g,1", "i,n,2,g,2", "p,n,2,g,3", "i,n,3,h,1", "d,n,3", "i,n,3,h,1"));

    [Theory]
    [InlineData("ESP_aCountOpcodes(7)", "number of an opcode")]
    [InlineData("ESP_aCountOpcodes(x)", "number of an opcode")]
    [InlineData("ESP_aSkew(k)", "takes numbers")]
    public void Wrong_arguments_are_said(string expression, string part) => Assert.Contains(
        part, Assert.ThrowsAny<Exception>(() => One("double", expression)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("ESP_aStd(x)", "double", "0 0.7071067811865476 1")]
    [InlineData("ESP_aCV(x)", "double", "0 47.14045207910317 50")]
    [InlineData("ESP_aMin(x)", "int32", "1 1 1")]
    [InlineData("ESP_aMax(x)", "double", "1 2 3")]
    [InlineData("ESP_aFirst(x)", "double", "1 1 1")]
    [InlineData("ESP_aLag(x,1)", "double", "- 1 2")]
    [InlineData("ESP_aCat(x,';')", "string", "1 1;2 1;2;3")]
    [InlineData("ESP_aMedian(x)", "double", "1 1.5 2")]
    [InlineData("ESP_aMode(x)", "double", "1 1 1")]
    public void A_function_needs_no_member_of_a_stream_of_inserts(string expression, string type, string expected) => Assert.Equal(
        expected.Split(' '),
        Values(One(type, expression, source: InsertOnly), "i,n,1,g,1", "i,n,1,g,2", "i,n,1,g,3"));

    [Theory]
    [InlineData("x:money", "money", "ESP_aSum(x)", "0.10 0.30 0.60")]
    [InlineData("x:money", "double", "ESP_aAve(x)", "0.1 0.15 0.2")]
    [InlineData("x:money", "money", "ESP_aMax(x)", "0.10 0.20 0.30")]
    public void Amounts_stay_exact(string field, string type, string expression, string expected) => Assert.Equal(
        expected.Split(' '), Values(One(type, expression, field), "i,n,1,g,0.10", "i,n,2,g,0.20", "i,n,3,g,0.30"));

    [Theory]
    [InlineData("x:stamp", "stamp", "ESP_aAve(x)", "10 15 20")]
    [InlineData("x:stamp", "stamp", "ESP_aMin(x)", "10 10 10")]
    [InlineData("x:int64", "int64", "ESP_aSum(x)", "10 30 60")]
    [InlineData("x:int64", "double", "ESP_aAve(x)", "10 15 20")]
    [InlineData("x:string", "string", "ESP_aMax(x)", "10 20 30")]
    [InlineData("x:string", "string", "ESP_aLast(x)", "10 20 30")]
    [InlineData("x:string", "string", "ESP_aMode(x)", "10 10 10")]
    public void Other_types_keep_their_type(string field, string type, string expression, string expected) => Assert.Equal(
        expected.Split(' '), Values(One(type, expression, field), "i,n,1,g,10", "i,n,2,g,20", "i,n,3,g,30"));

    [Theory]
    [InlineData("ESP_aAve(x)", "[1;2] [2;2;7] [3;-;7]")]
    [InlineData("ESP_aSum(x)", "[1;2] [4;2;7] [3;-;7]")]
    [InlineData("ESP_aLast(x)", "[1;2] [3;-;7] [1;2]")]
    public void Arrays_are_taken_item_by_item(string expression, string expected)
    {
        Assert.Equal(expected.Replace("-", "", StringComparison.Ordinal).Split(' '),
            Values(One("array(dbl)", expression, "x:array(dbl)"), "i,n,1,g,[1;2]", "i,n,2,g,[3;;7]", "d,n,1"));
    }

    [Fact]
    public void Whole_numbers_sum_beyond_64_bits_and_come_back()
    {
        var max = long.MaxValue.ToString(CultureInfo.InvariantCulture);
        Assert.Equal([max, "-", max], Values(One("int64", "ESP_aSum(x)", "x:int64"), $"i,n,1,g,{max}", $"i,n,2,g,{max}", "d,n,1"));
    }

    [Fact]
    public void An_infinity_leaves_with_its_value()
    {
        var run = One("double", "ESP_aSum(x)");
        Assert.Equal(["1", "Infinity", "NaN", "-Infinity", "1"],
            Values(run, "i,n,1,g,1", "i,n,2,g,Infinity", "i,n,3,g,-Infinity", "d,n,2", "d,n,3"));
        Assert.Equal(["1", "NaN", "1"], Values(One("double", "ESP_aVar(x) + 1"), "i,n,1,g,1", "i,n,2,g,Infinity", "d,n,2"));
        Assert.Equal(["1", "1"], Values(One("double", "ESP_aMin(x)"), "i,n,1,g,1", "i,n,2,g,NaN"));
    }

    [Fact]
    public void Sums_keep_their_digits_when_large_values_come_and_go()
    {
        Assert.Equal(["0.1", "1E+17", "0.1"], Values(One("double", "ESP_aSum(x)"), "i,n,1,g,0.1", "i,n,2,g,1e17", "d,n,2"));
        Assert.Equal(["0", "0.5", "1"], Values(One("double", "ESP_aVar(x)"), "i,n,1,g,1e9", "i,n,2,g,1000000001", "i,n,3,g,1000000002"));
    }

    [Theory]
    [InlineData("ESP_aSumTimed(x,10)", "double", "1 3 5 5 5 9")]
    [InlineData("ESP_aAveTimed(x,10)", "double", "1 1.5 5 5 5 9")]
    [InlineData("ESP_aMaxTimed(x,10)", "double", "1 2 5 5 5 9")]
    [InlineData("ESP_aMinTimed(x,10)", "double", "1 1 5 5 5 9")]
    [InlineData("ESP_aCountTimed(10)", "int32", "1 2 1 2 2 1")]
    public void Timed_functions_start_anew_at_an_event_after_their_period(string expression, string type, string expected)
    {
        var run = One(type, expression);
        List<string> values = [.. Values(run.At(100), "i,n,1,g,1")];
        values.AddRange(Values(run.At(110), "i,n,2,g,2"));
        values.AddRange(Values(run.At(110.5), "i,n,3,g,5", "i,n,4,g,", "d,n,1"));
        values.AddRange(Values(run.At(130), "u,n,2,g,9"));

        Assert.Equal(expected.Split(' '), values);
    }

    [Theory]
    [InlineData("")]
    [InlineData("index='pi_EMPTY'")]
    public void All_functions_agree_with_values_taken_anew(string source)
    {
        string[] functions =
        [
            "Count()", "CountNonNull(x)", "Sum(x)", "Ave(x)", "Min(x)", "Max(x)", "Std(x)", "First(x)", "Lag(x,1)",
            "Median(x)", "Mode(x)", "CountDistinct(x)", "Range(x)", "Gini(x)", "Skew(x)", "Kurtosis(x)",
        ];
        for (var seed = 1; seed <= 6; seed++)
        {
            var run = new EngineRun(EngineRun.Query($"""
                <window-source name="s" {source}><schema-string>id*:int64,k:string,x:double</schema-string></window-source>
                <window-aggregate name="a">
                  <schema-string>k*:string,{string.Join(',', functions.Select((_, i) => $"f{i}:double"))}</schema-string>
                  <output>{string.Concat(functions.Select(f => $"<field-expr>ESP_a{f}</field-expr>"))}</output></window-aggregate>
                """, "s>a"));
            Compare(run, new Random(seed), seed);
        }
    }

    private static void Compare(EngineRun run, Random random, int seed)
    {
        var members = new List<(int Id, string Group, double? Value)>();
        var rows = new Dictionary<string, string[]>();
        for (var step = 0; step < 400; step++)
        {
            var lines = new List<string>();
            for (var i = random.Next(1, 6); i > 0; i--)
            {
                var (id, group) = (random.Next(60), "abc"[random.Next(3)].ToString());
                double? value = random.Next(8) == 0 ? null : random.Next(step % 100 < 50 ? 1000 : 8) / 4.0;
                var deletes = random.Next(3) == 0;
                members.RemoveAll(m => m.Id == id);
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"{(deletes ? "sd" : "p")},n,{id},{group},{value}"));
                if (!deletes)
                {
                    members.Add((id, group, value));
                }
            }

            run.Publish("s", [.. lines]);
            foreach (var line in run.Take("a").Select(l => l.Split(',')))
            {
                if (line[0] != "D")
                {
                    rows[line[2]] = line[3..];
                }
                else if (members.TrueForAll(m => m.Group != line[2]))
                {
                    rows.Remove(line[2]);
                }
            }

            Assert.Equal(members.Select(m => m.Group).Distinct().Order(), rows.Keys.Order());
            foreach (var (group, row) in rows)
            {
                var got = row.Select(t => t == "-" ? double.NaN : double.Parse(t, CultureInfo.InvariantCulture));
                var expected = Expected([.. members.Where(m => m.Group == group).Select(m => m.Value)]);
                Assert.All(expected.Zip(got), p => Assert.True(
                    double.IsNaN(p.First) ? double.IsNaN(p.Second) : Math.Abs(p.First - p.Second) <= 1e-9,
                    $"seed {seed}, step {step}, group {group}: expected {p.First}, got {p.Second}: {string.Join(',', row)}"));
            }
        }

        Assert.Empty(run.BadEvents);
    }

    private static double[] Expected(double?[] members)
    {
        var values = members.OfType<double>().ToArray();
        var sorted = values.Order().ToArray();
        var n = values.Length;
        var lag = members.Length > 1 ? members[^2] ?? double.NaN : double.NaN;
        if (n == 0)
        {
            var nan = double.NaN;
            return [members.Length, 0, nan, nan, nan, nan, nan, nan, nan, nan, nan, 0, nan, nan, nan, nan];
        }

        var mean = values.Average();
        var std = n > 1 ? Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (n - 1)) : 0;
        double Power(int of) => values.Sum(v => Math.Pow((v - mean) / std, of));
        var differences = values.Sum(a => values.Sum(b => Math.Abs(a - b)));
        var gini = values.Sum() == 0 ? double.NaN : differences / (2 * n * values.Sum());
        var skew = n < 3 || std == 0 ? double.NaN : (double)n / ((n - 1) * (n - 2)) * Power(3);
        var kurtosis = n < 4 || std == 0 ? double.NaN : ((double)n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) * Power(4))
            - (3.0 * (n - 1) * (n - 1) / ((n - 2) * (n - 3)));
        var mode = values.GroupBy(v => v).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).First().Key;
        return
        [
            members.Length, n, values.Sum(), mean, sorted[0], sorted[^1], std, members[0] ?? double.NaN, lag,
            (sorted[(n - 1) / 2] + sorted[n / 2]) / 2, mode, values.Distinct().Count(), sorted[^1] - sorted[0],
            gini, skew, kurtosis,
        ];
    }
}
