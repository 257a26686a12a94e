using Lockstep.Contracts.Projects;

namespace Lockstep.Engine.Tests.Windows;

/// <summary>Random logics over random events: the window and the oracle find the same matches at the same events.</summary>
public sealed class PatternOracleTests
{
    private const int Events = 60;

    [Theory]
    [InlineData(1, false, false)]
    [InlineData(2, true, false)]
    [InlineData(3, false, true)]
    public void Random_logics_match_as_the_rules_say(int seed, bool isIndexed, bool isUnified)
    {
        var matches = 0;
        for (var round = 0; round < 120; round++)
        {
            var random = new Random((seed * 1000) + round);
            var isPlain = random.Next(2) == 0;
            var text = Logic(random, 3, isPlain);
            var logic = PatternLogic.Parse(
                new ExpressionText(text, new TextPosition(1, 1)), (_, message) => Assert.Fail(message))!;
            matches += Compare(text, logic, random, isIndexed, isUnified, isPlain, $"seed {seed}, round {round}: {text}");
        }

        Assert.True(matches > 200, $"Only {matches} matches: the test would see little.");
    }

    private static int Compare(
        string text, PatternLogic logic, Random random, bool isIndexed, bool isUnified, bool isPlain, string what)
    {
        var run = new EngineRun(Model(text, isIndexed, isUnified));
        var history = new List<(long Time, char Kind, char Key)>();
        var got = new List<(int At, string Ids)>();
        var time = 0L;
        for (var i = 0; i < Events; i++)
        {
            time += random.Next(3) * 1_000_000L;
            history.Add((time, "abcd"[random.Next(4)], "kl"[random.Next(2)]));
            run.At(time / 1e6);
            run.Tick();
            got.AddRange(run.Take("p").Select(l => (-1, Ids(l))));
            run.Publish("s", $"i,n,{i},{history[i].Kind},{history[i].Key}");
            got.AddRange(run.Take("p").Select(l => (i, Ids(l))));
        }

        time += 100_000_000;
        run.At(time / 1e6).Tick();
        got.AddRange(run.Take("p").Select(l => (-1, Ids(l))));

        // Which events a match shows is compared where no part of the logic can have matched some in vain.
        var expected = new PatternOracle(logic, history, isIndexed, isUnified).Matches(time).OrderBy(m => m.At).ThenBy(m => m.First)
            .Select(m => (m.At, Ids: string.Join(',', "abcd".Select(n => m.Seen.TryGetValue($"{n}", out var at) ? $"{at}" : "-")))).ToList();
        var ordered = got.OrderBy(g => g.At).ToList();
        Assert.True(expected.Select(e => e.At).SequenceEqual(ordered.Select(g => g.At)),
            $"{what}: expected at {string.Join(' ', expected.Select(e => e.At))}, got {string.Join(' ', ordered.Select(g => g.At))}");
        if (isPlain)
        {
            Assert.True(expected.SequenceEqual(ordered), $"{what}: expected {string.Join(' ', expected)}, got {string.Join(' ', ordered)}");
        }

        return got.Count;
    }

    private static string Ids(string line) => string.Join(',', line.Split(',')[3..]);

    private static string Logic(Random random, int depth, bool isPlain)
    {
        string Event() => "abcd"[random.Next(4)].ToString();
        string Choice() => random.Next(3) == 0 && !isPlain ? $"or({Event()},{Event()})" : Event();
        string Inner() => depth <= 1 ? Event() : Logic(random, depth - 1, isPlain);
        var limit = random.Next(3) == 0 ? "" : $"{{{random.Next(1, 9)} seconds}}";
        switch (random.Next(isPlain ? 5 : 9))
        {
            case 0 or 1: return $"fby{limit}({Event()},{Inner()})";
            case 2: return $"fby{limit}({Inner()},{Event()},{Inner()})";
            case 3: return $"and({Event()},{Inner()})";
            case 4: return $"fby({Event()},is{(random.Next(2) == 0 ? "" : ":2")}({Choice()}))";
            case 5: return $"or({Inner()},{Inner()})";
            case 6: return $"fby{limit}({Event()},not({Choice()}),{Inner()})";
            case 7: return $"fby{limit}({Event()},and({(random.Next(2) == 0 ? "not" : "notoccur")}({Choice()}),{Inner()}))";
            default: return $"fby{{{random.Next(1, 9)} seconds}}({Event()},{(random.Next(2) == 0 ? "" : "notoccur(c),")}notoccur({Choice()}))";
        }
    }

    private static string Model(string logic, bool isIndexed, bool isUnified) => EngineRun.Query($"""
        <window-source name="s" insert-only="true"><schema-string>id*:int64,kind:string,k:string</schema-string></window-source>
        <window-pattern name="p"><schema-string>key*:int64,a:int64,b:int64,c:int64,d:int64</schema-string><patterns>
        <pattern {(isIndexed ? "index='k'" : "")}><events>
        {string.Concat("abcd".Select(n => $"<event name='{n}' source='s'>kind=='{n}'{(isUnified ? " and v == k" : "")}</event>"))}
        </events><logic>{logic}</logic><output>
        {string.Concat("abcd".Select(n => $"<field-selection node='{n}' name='id'/>"))}
        </output></pattern></patterns></window-pattern>
        """, "s>p");
}
