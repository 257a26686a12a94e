using System.Globalization;

namespace Lockstep.Engine.Tests.Windows;

/// <summary>
/// Goal: whatever happens to both sides, the rows that a join holds out are the join of what they hold. Method: random events on
/// all forms of it; the rows that its events add up to are compared with a join made anew, and runs with restored ones.
/// </summary>
public sealed class JoinStateTests
{
    private const string Fields = "id*:int32,k:string,v:int32";

    public static TheoryData<string, string, string, bool> Forms()
    {
        var forms = new TheoryData<string, string, string, bool>();
        foreach (var type in new[] { "inner", "leftouter", "rightouter", "fullouter" })
        {
            foreach (var conditions in new[] { "id=id", "k=id", "id=k", "k=k", "id=id,k=k" })
            {
                forms.Add(type, conditions, "", false);
                forms.Add(type, conditions, "", true);
            }
        }

        forms.Add("leftouter", "id=id", "pi_EMPTY", false);
        return forms;
    }

    private static string Model(string type, string conditions, string sources, bool counts) => EngineRun.Query($"""
        <window-source name="a" {sources}><schema-string>{Type(conditions, 0)}</schema-string></window-source>
        <window-source name="b" {sources}><schema-string>{Type(conditions, 1)}</schema-string></window-source>
        <window-join name="j">
          <expr-initialize><initializer type="int32">integer n n=0</initializer></expr-initialize>
          <join type="{type}"><conditions>{string.Concat(conditions.Split(',').Select(c => c.Split('=')).Select(c =>
              $"<fields left='{c[0]}' right='{c[1]}'/>"))}</conditions></join>
          <output><field-selection name="lk" source="l_k"/><field-selection name="lv" source="l_v"/>
            <field-expr name="rv" type="int32">r_v{(counts ? " + 0 * n" : "")}</field-expr><field-selection name="rk" source="r_k"/></output>
        </window-join>
        """, "a>j b>j");

    // Keys are texts where they are compared with one.
    private static string Type(string conditions, int side) => conditions switch
    {
        "k=id" when side == 1 => Fields.Replace("id*:int32", "id*:string", StringComparison.Ordinal),
        "id=k" when side == 0 => Fields.Replace("id*:int32", "id*:string", StringComparison.Ordinal),
        _ => Fields,
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void What_has_left_adds_up_to_the_join_of_both_sides(string type, string conditions, string index, bool counts)
    {
        var model = Model(type, conditions, index.Length == 0 ? "" : $"index='{index}'", counts);
        for (var seed = 1; seed <= 3; seed++)
        {
            var random = new Random(seed);
            var (run, other) = (new EngineRun(model), new EngineRun(model));
            SortedDictionary<string, string[]>[] sides = [new(StringComparer.Ordinal), new(StringComparer.Ordinal)];
            var rows = new SortedDictionary<string, string>(StringComparer.Ordinal);
            for (var step = 0; step < 80; step++)
            {
                var side = random.Next(2);
                var lines = Enumerable.Range(0, 1 + random.Next(4)).Select(_ => Line(random, sides[side])).ToArray();
                run.Publish(side == 0 ? "a" : "b", lines);
                other.Publish(side == 0 ? "a" : "b", lines);
                var events = run.Take("j");
                Assert.Equal(events, other.Take("j"));
                var keys = run.Engine.SchemaOf(run.Engine.Find("cq", "j")).KeyIndexes.Length;
                Apply(events, rows, keys);
                Assert.Equal(Joined(type, conditions, sides), rows.Values.Select(Values(keys)).Order(StringComparer.Ordinal));
                Assert.Equal(run.Engine.Digest(), other.Engine.Digest());
                other = random.Next(10) == 0 ? RestoredRun.Of(run, model) : other;
            }

            Assert.Empty(run.BadEvents);
        }
    }

    private static string Line(Random random, SortedDictionary<string, string[]> rows)
    {
        string Number(int max) => random.Next(max).ToString(CultureInfo.InvariantCulture);
        var id = Number(6);
        string[] row = [id, random.Next(5) is 0 ? "" : Number(4), Number(9)];
        if (rows.ContainsKey(id) && random.Next(3) == 0)
        {
            rows.Remove(id);
            return $"d,n,{id}";
        }

        rows[id] = row;
        return $"p,n,{string.Join(',', row)}";
    }

    // Events must fit the rows: no insert of a key that is there, and a delete has the values that left before.
    private static void Apply(string[] events, SortedDictionary<string, string> rows, int keys)
    {
        for (var i = 0; i < events.Length; i++)
        {
            var fields = events[i].Split(',')[2..];
            var (key, text) = (string.Join(',', fields[..keys]), string.Join(',', fields));
            switch (events[i].Split(',')[0])
            {
                case "I":
                    Assert.True(rows.TryAdd(key, text), events[i]);
                    break;
                case "UB":
                    Assert.Equal($"D,N,{rows[key]}", events[++i]);
                    rows[key] = text;
                    break;
                default:
                    Assert.Equal(rows[key], text);
                    rows.Remove(key);
                    break;
            }
        }
    }

    private static Func<string, string> Values(int keys) => row => string.Join(',', row.Split(',')[keys..]);

    private static IEnumerable<string> Joined(string type, string conditions, SortedDictionary<string, string[]>[] sides)
    {
        static string Of(string[]? left, string[]? right) => string.Join(',', new[] { left?[1], left?[2], right?[2], right?[1] }
            .Select(v => string.IsNullOrEmpty(v) ? "-" : v));
        bool Match(string[] left, string[] right) => conditions.Split(',').Select(c => c.Split('=')).All(c =>
            left[c[0] == "id" ? 0 : 1] is { Length: > 0 } value && value == right[c[1] == "id" ? 0 : 1]);
        var (lefts, rights) = (sides[0].Values, sides[1].Values);
        var pairs = lefts.SelectMany(l => rights.Where(r => Match(l, r)).Select(r => Of(l, r)));
        var aloneLeft = type is "leftouter" or "fullouter" ? lefts.Where(l => !rights.Any(r => Match(l, r))).Select(l => Of(l, null)) : [];
        var aloneRight = type is "rightouter" or "fullouter" ? rights.Where(r => !lefts.Any(l => Match(l, r))).Select(r => Of(null, r)) : [];
        return pairs.Concat(aloneLeft).Concat(aloneRight).Order(StringComparer.Ordinal);
    }
}
