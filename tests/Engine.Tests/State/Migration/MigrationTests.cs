using System.Collections.Immutable;
using Lockstep.Engine.State.Migration;

namespace Lockstep.Engine.Tests.State.Migration;

/// <summary>
/// State of one version of a project taken over by another: each rule with the further outputs that follow from it, and each
/// change that no rule covers refused until it was decided.
/// </summary>
public sealed class MigrationTests
{
    private const string Source = """<window-source name="s"><schema-string>id*:int64,x:double</schema-string></window-source>""";
    private const string WiderSource =
        """<window-source name="s"><schema-string>id*:int64,note:string,x:double</schema-string></window-source>""";

    private const string Counting = """
        <window-compute name='w'><expr-initialize><initializer type='int32'>integer n n=0</initializer></expr-initialize>
        <schema-string>id*:int64,n:int64</schema-string>
        """;

    private const string Sum = """
        <window-calculate name="sum" algorithm="Summary"><schema-string>id*:int64,sum:double</schema-string>
          <parameters><properties><property name="windowLength">3</property></properties></parameters>
          <input-map><properties><property name="input">x</property></properties></input-map>
          <output-map><properties><property name="sumOut">sum</property></properties></output-map></window-calculate>
        """;

    private static readonly MigrationChoices StartEmpty = new([MigrationChoices.All], []);

    [Fact]
    public void Windows_of_the_same_definition_go_on_as_if_nothing_had_happened()
    {
        var (old, now) = Runs(Source + Sum, "s>sum", Source + Sum + Filter("f", "x &gt; 1"), "s>sum s>f");
        var (one, other) = (old.Engine.Digest(), now.Engine.Migrate(old.Engine, MigrationChoices.None));
        Assert.Equal([Kept("cq/s"), Kept("cq/sum"), (MigrationOutcome.Stateless, "cq/f")], Outcomes(other));
        now.At(9).Publish("s", "i,n,7,7");
        old.At(9).Publish("s", "i,n,7,7");
        Assert.Equal(old.Take("sum")[^1..], now.Take("sum"));
        Assert.NotEqual(0UL, one);
        now.Publish("s", "d,n,1,1");
        Assert.Empty(now.BadEvents);
    }

    [Fact]
    public void An_added_field_is_null_in_the_rows_there_are_and_rows_keep_their_order_and_times()
    {
        var (old, now) = Runs(
            Source + Copy("5 seconds"), "s>c", WiderSource + Copy("5 seconds"), "s>c");
        now.Engine.Migrate(old.Engine, MigrationChoices.None);
        now.At(7.5).Tick();
        Assert.Equal(["D,R,1,-,1", "D,R,2,-,2"], now.Take("c"));
        now.Publish("s", "d,n,3,,0");
        Assert.Equal(["D,N,3,-,3"], now.Take("s"));
    }

    [Fact]
    public void A_shorter_retention_counts_from_the_next_event_on()
    {
        var (old, now) = Runs(
            Source + Copy("3", "bycount_sliding"), "s>c", Source + Copy("2", "bycount_sliding"), "s>c");
        Assert.Equal(
            (MigrationOutcome.Adapted, "cq/c"), Outcomes(now.Engine.Migrate(old.Engine, MigrationChoices.None))[1]);
        now.At(9).Publish("s", "i,n,9,9");
        Assert.Equal(["I,N,9,,", "D,R,1,,", "D,R,2,,"], now.Take("c").Select(l => string.Join(',', l.Split(',')[..3]) + ",,"));
    }

    [Theory]
    [InlineData("a changed expression", Counting + "<output><field-expr>n = n + 2 return n</field-expr></output></window-compute>")]
    [InlineData("another kind", "<window-copy name='w'><retention type='bycount_sliding'>2</retention></window-copy>")]
    public void A_changed_window_with_state_asks_for_a_choice(string why, string changed)
    {
        const string Before = Counting + "<output><field-expr>n = n + 1 return n</field-expr></output></window-compute>";
        var (old, now) = Runs(Source + Before, "s>w", Source + changed, "s>w");
        var plan = now.Engine.PlanMigration(old.Engine, MigrationChoices.None);
        Assert.False(plan.IsPossible, why);
        Assert.Contains("cq/w", plan.Problem, StringComparison.Ordinal);
        var digest = now.Engine.Digest();
        Assert.Throws<InvalidOperationException>(() => now.Engine.Migrate(old.Engine, MigrationChoices.None));
        Assert.Equal(digest, now.Engine.Digest());
        var moved = now.Engine.Migrate(old.Engine, new MigrationChoices(["cq/w"], []));
        Assert.Equal([Kept("cq/s"), (MigrationOutcome.StartedEmpty, "cq/w")], Outcomes(moved));
    }

    [Fact]
    public void A_window_whose_feed_has_changed_asks_whether_it_may_keep_what_it_holds()
    {
        var (old, now) = Runs(
            Source + Filter("f", "x &gt; 1") + Sum, "s>f f>sum", Source + Filter("f", "x &gt; 2") + Sum, "s>f f>sum");
        Assert.Equal(MigrationOutcome.NotPossible, Outcomes(now.Engine.PlanMigration(old.Engine, MigrationChoices.None))[^1].Outcome);
        var plan = now.Engine.Migrate(old.Engine, new MigrationChoices([], ["cq/sum"]));
        Assert.Equal(Kept("cq/sum"), Outcomes(plan)[^1]);
        now.At(9).Publish("s", "i,n,7,7");
        Assert.Equal(["I,N,7,12"], now.Take("sum"));
    }

    [Fact]
    public void A_new_window_with_state_starts_empty_only_when_that_was_decided()
    {
        var (old, now) = Runs(Source, "", Source + Sum, "s>sum");
        Assert.False(now.Engine.PlanMigration(old.Engine, MigrationChoices.None).IsPossible);
        now.Engine.Migrate(old.Engine, StartEmpty);
        now.At(9).Publish("s", "i,n,7,7");
        Assert.Equal(["I,N,7,7"], now.Take("sum"));
    }

    [Fact]
    public void A_window_that_is_gone_is_dropped()
    {
        var (old, now) = Runs(Source + Sum, "s>sum", Source, "");
        Assert.Equal(
            [Kept("cq/s"), (MigrationOutcome.Dropped, "cq/sum")], Outcomes(now.Engine.Migrate(old.Engine, MigrationChoices.None)));
    }

    [Theory]
    [InlineData("id*:int64,other*:int64,x:double")]
    [InlineData("id*:int64,x:int64")]
    public void Other_keys_and_other_types_are_not_taken_over(string schema)
    {
        var (old, now) = Runs(
            Source, "", $"<window-source name='s'><schema-string>{schema}</schema-string></window-source>", "");
        Assert.False(now.Engine.PlanMigration(old.Engine, MigrationChoices.None).IsPossible);
        Assert.True(now.Engine.PlanMigration(old.Engine, StartEmpty).IsPossible);
    }

    [Fact]
    public void Made_keys_go_on_counting_when_the_schema_has_changed()
    {
        const string Auto = """
            <window-source name='s' insert-only='true' autogen-key='true' index='pi_EMPTY'>
            <schema-string>id*:int64,{0}x:double</schema-string></window-source>
            """;
        var old = new EngineRun(EngineRun.Query(Auto.Replace("{0}", "", StringComparison.Ordinal), ""));
        old.Publish("s", "i,n,,1", "i,n,,2");
        var now = new EngineRun(EngineRun.Query(Auto.Replace("{0}", "y:double,", StringComparison.Ordinal), ""));
        Assert.Equal([Kept("cq/s")], Outcomes(now.Engine.Migrate(old.Engine, MigrationChoices.None)));
        now.At(9).Publish("s", "i,n,,5,3");
        Assert.Equal(["I,N,2,5,3"], now.Take("s"));
    }

    [Theory]
    [InlineData("l_x", true)]
    [InlineData("l_note", false)]
    public void A_join_goes_on_when_a_field_that_it_does_not_use_was_added(string output, bool isKept)
    {
        string Join(string field) => $"""
            <window-source name="r"><schema-string>x*:int64,name:string</schema-string></window-source>
            <window-join name="j"><join type="leftouter"><conditions><fields left="id" right="x"/></conditions></join>
              <output><field-expr name="f">{field}</field-expr><field-selection name="name" source="r_name"/></output></window-join>
            """;
        var (old, now) = Runs(Source + Join("l_x"), "s>j r>j", WiderSource + Join(output), "s>j r>j");
        Assert.Equal(isKept, now.Engine.PlanMigration(old.Engine, MigrationChoices.None).IsPossible);
        var plan = now.Engine.Migrate(old.Engine, StartEmpty);
        Assert.Equal((isKept ? MigrationOutcome.Kept : MigrationOutcome.StartedEmpty, "cq/j"), Outcomes(plan)[^1]);
        now.At(9).Publish("r", "i,n,2,two");
        Assert.Equal(isKept ? ["UB,N,2,2,two", "D,N,2,2,-"] : [], now.Take("j"));
    }

    [Fact]
    public void A_window_that_keeps_rows_of_its_input_is_not_taken_over_when_their_fields_have_changed()
    {
        const string Sum = """
            <window-source name="e" index="pi_EMPTY"><schema-string>id*:int64,{0}x:double</schema-string></window-source>
            <window-aggregate name="a"><schema-string>id*:int64,n:int64</schema-string>
              <output><field-expr>ESP_aCount()</field-expr></output></window-aggregate>
            """;
        var (old, now) = Runs(Source + Sum.Replace("{0}", "", StringComparison.Ordinal), "e>a",
            Source + Sum.Replace("{0}", "y:string,", StringComparison.Ordinal), "e>a");
        Assert.Equal((MigrationOutcome.NotPossible, "cq/a"), Outcomes(now.Engine.PlanMigration(old.Engine, MigrationChoices.None))[^1]);
    }

    [Fact]
    public void The_same_state_and_choices_give_the_same_digest()
    {
        var (old, one) = Runs(Source + Copy("5 seconds"), "s>c", WiderSource + Copy("5 seconds") + Sum, "s>c s>sum");
        var other = new EngineRun(EngineRun.Query(WiderSource + Copy("5 seconds") + Sum, "s>c s>sum"));
        one.Engine.Migrate(old.Engine, StartEmpty);
        other.Engine.Migrate(old.Engine, StartEmpty);
        Assert.Equal(one.Engine.Digest(), other.Engine.Digest());
    }

    private static (MigrationOutcome Outcome, string Window) Kept(string window) => (MigrationOutcome.Kept, window);

    private static ImmutableArray<(MigrationOutcome Outcome, string Window)> Outcomes(MigrationPlan plan) =>
        [.. plan.Windows.Select(w => (w.Outcome, w.Window))];

    private static string Filter(string name, string expression) =>
        $"<window-filter name='{name}'><expression>{expression}</expression></window-filter>";

    private static string Copy(string limit, string type = "bytime_sliding") =>
        $"<window-copy name='c'><retention type='{type}'>{limit}</retention></window-copy>";

    /// <summary>An engine of the old version with three rows (at 1, 2 and 3 seconds), and one of the new version without state.</summary>
    private static (EngineRun Old, EngineRun Now) Runs(string oldWindows, string oldEdges, string windows, string edges)
    {
        var old = new EngineRun(EngineRun.Query(oldWindows, oldEdges));
        for (var i = 1; i <= 3; i++)
        {
            old.At(i).Publish("s", $"i,n,{i},{i}");
        }

        return (old, new EngineRun(EngineRun.Query(windows, edges)));
    }
}
