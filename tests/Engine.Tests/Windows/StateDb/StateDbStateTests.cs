using System.Globalization;

namespace Lockstep.Engine.Tests.Windows.StateDb;

/// <summary>
/// Goal: a reader always finds exactly the rows that were written, are not deleted and not due, and restored members go on alike.
/// Method: random events against a list kept in the plainest way; snapshots in between.
/// </summary>
public sealed class StateDbStateTests
{
    private static readonly string Model = EngineRun.Query("""
        <window-source name="put" index="pi_EMPTY"><schema-string>k*:int32,name:string,v:int64</schema-string></window-source>
        <window-source name="ask" index="pi_EMPTY" insert-only="true"><schema-string>id*:int64,name:string</schema-string></window-source>
        <window-statedb-writer name="store"><statedb type="memory"/><write prefix="P" ttl="7"/></window-statedb-writer>
        <window-statedb-reader name="found" index="pi_EMPTY">
          <schema-string>id*:int64,n:int64,nn:int64,sum:int64,low:int64,first:int64,last:int64,mid:double,all:string</schema-string>
          <statedb type="memory"/><query prefix="P" query="name==name"/>
          <output>
            <field-selection source="query" aggregate="ESP_aCount"/><field-selection source="query" name="v" aggregate="ESP_aCountNonNull"/>
            <field-selection source="query" name="v" aggregate="ESP_aSum"/><field-selection source="query" name="v" aggregate="ESP_aMin"/>
            <field-selection source="query" name="v" aggregate="ESP_aFirst"/><field-selection source="query" name="v"/>
            <field-selection source="query" name="v" aggregate="ESP_aMedian"/><field-selection source="query" name="v" aggregate="ESP_aCat"/>
          </output>
        </window-statedb-reader>
        """, "put>store ask>found");

    [Fact]
    public void What_is_found_is_what_was_written_and_has_neither_gone_nor_come_due()
    {
        for (var seed = 1; seed <= 4; seed++)
        {
            var random = new Random(seed);
            var (run, other) = (new EngineRun(Model), new EngineRun(Model));
            var rows = new List<Row>();
            var now = 0;
            for (var step = 0; step < 400; step++)
            {
                var name = random.Next(6) == 0 ? "" : ((char)('a' + random.Next(3))).ToString();
                if (random.Next(4) == 0)
                {
                    now += random.Next(3);
                    run.At(now);
                    other.At(now);
                }

                rows.RemoveAll(r => r.At + 7 <= now);
                if (random.Next(3) > 0)
                {
                    var row = new Row(random.Next(12), name, random.Next(5) == 0 ? null : random.Next(20), now);
                    var isDelete = random.Next(5) == 0;
                    rows.RemoveAll(r => r.Key == row.Key);
                    if (!isDelete)
                    {
                        rows.Add(row);
                    }

                    var line = $"{(isDelete ? 'd' : "iup"[random.Next(3)])},n,{row.Key},{row.Name},{row.Value}";
                    run.Publish("put", line);
                    other.Publish("put", line);
                }
                else
                {
                    run.Publish("ask", $"i,n,{step},{name}");
                    other.Publish("ask", $"i,n,{step},{name}");
                    var expected = Answer(step, rows.Where(r => name.Length > 0 && r.Name == name).ToList());
                    Assert.Equal($"seed {seed}: {expected}", $"seed {seed}: {Assert.Single(run.Take("found"))}");
                }

                if (random.Next(10) == 0)
                {
                    run.Tick();
                    other.Tick();
                }

                if (step % 50 == 49)
                {
                    other = RestoredRun.Of(run, Model);
                    other.At(now);
                    run.At(now);
                }

                Assert.Equal(run.Engine.Digest(), other.Engine.Digest());
            }

            Assert.Empty(run.BadEvents);
        }
    }

    private static string Answer(int id, List<Row> rows)
    {
        var values = rows.Where(r => r.Value is not null).Select(r => r.Value!.Value).ToList();
        var sorted = values.Order().ToList();
        static string Text(object? value) => value is null ? "-" : Convert.ToString(value, CultureInfo.InvariantCulture)!;
        double? middle = sorted.Count == 0 ? null : (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2.0;
        return string.Join(',', "I", "N", id, rows.Count, values.Count, Text(values.Count == 0 ? null : values.Sum()),
            Text(sorted.Count == 0 ? null : sorted[0]), Text(rows.FirstOrDefault()?.Value), Text(rows.LastOrDefault()?.Value), Text(middle),
            values.Count == 0 ? "-" : string.Concat(values));
    }

    private sealed record Row(int Key, string Name, int? Value, int At);
}
