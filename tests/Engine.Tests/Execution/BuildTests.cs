using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;

namespace Lockstep.Engine.Tests.Execution;

/// <summary>Building: all problems at once with their places; finding windows; order of evaluation.</summary>
public sealed class BuildTests
{
    private const string Source = "<window-source name='s'><schema-string>id*:int64,x:double</schema-string></window-source>";

    [Fact]
    public void A_template_does_not_run_by_itself()
    {
        var template = EngineRun.Read("<template name='t' input-windows='in'><windows><window-copy name='in'/></windows></template>");
        var problem = Assert.Single(ProjectEngine.Build(template).Problems);
        Assert.Equal("LS2008", problem.Code);
        Assert.Contains("a template does not run by itself", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_problems_come_back_at_once()
    {
        var project = EngineRun.Read(EngineRun.Query(Source + """

            <window-filter name="f"><expression>x > unknown</expression></window-filter>
            <window-compute name="c"><schema-string>id*:int64,a:double,b:double</schema-string>
              <output><field-expr>x +</field-expr><field-expr>nosuch(x)</field-expr></output></window-compute>
            <window-functional name="g"><schema-string>id*:int64,a:double</schema-string>
              <function-context><functions><function name="a">nosuch($x,'y')</function></functions></function-context></window-functional>
            <window-calculate name="k" algorithm="Tutorial"><schema-string>id*:int64</schema-string></window-calculate>
            <window-texttopic name="j"/>
            """, "s>f s>c s>g s>k"));

        var problems = ProjectEngine.Build(project).Problems;

        Assert.Null(ProjectEngine.Build(project).Engine);
        Assert.Superset(
            new HashSet<string> { "LS2001", "LS2102", "LS2101", "LS2104", "LS2202", "LS2301" }, problems.Select(p => p.Code).ToHashSet());
        var unknown = problems.Single(p => p.Code == "LS2102");
        Assert.Equal("p/cq/f", unknown.Path);
        Assert.True(unknown.Position.Line > 0 && unknown.Position.Column > 0, unknown.ToString());
        Assert.Contains("eventCounter", problems.Single(p => p.Code == "LS2202").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Windows_are_found_by_name_and_others_are_named()
    {
        var engine = new EngineRun(EngineRun.Query(Source + "<window-copy name='c'/>", "s>c")).Engine;

        Assert.Equal("cq/c", engine.NameOf(engine.Find("cq", "c")));
        Assert.Equal("id*:int64,x:double", engine.SchemaOf(engine.Find("cq", "s")).ToString());
        var error = Assert.Throws<KeyNotFoundException>(() => engine.Find("cq", "nope"));
        Assert.Contains("cq/s, cq/c", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Windows_run_in_topological_order_then_in_the_order_of_the_model()
    {
        var run = new EngineRun(EngineRun.Query(
            "<window-copy name='d'/><window-copy name='b'/>" + Source + "<window-copy name='a'/>", "s>a s>b a>d b>d"));
        run.Publish("s", "i,n,1,1");

        // d takes both paths: the second insert of the key is a bad event there.
        Assert.Equal(["s", "b", "a", "d"], run.Order);
        Assert.Equal(["I,N,1,1"], run.Take("d"));
        Assert.Single(run.BadEvents);
    }

    [Fact]
    public void A_cycle_is_a_problem()
    {
        var project = EngineRun.Read(EngineRun.Query(Source, ""));
        var query = project.ContinuousQueries[0];
        var schema = query.Windows[0].Schema;
        var cyclic = project with
        {
            ContinuousQueries =
            [
                query with
                {
                    Windows =
                    [
                        .. query.Windows,
                        new CopyWindowDefinition { Name = "a", Schema = schema },
                        new CopyWindowDefinition { Name = "b", Schema = schema },
                    ],
                    Edges = [Edge("s", "a"), Edge("a", "b"), Edge("b", "a"), Edge("s", "gone")],
                },
            ],
        };

        Assert.Equal(["LS2003", "LS2004"], ProjectEngine.Build(cyclic).Problems.Select(p => p.Code).Order());
    }

    [Fact]
    public void Time_never_goes_back_and_only_sources_take_blocks_of_their_schema()
    {
        var run = new EngineRun(EngineRun.Query(Source + "<window-copy name='c'/>", "s>c")).At(5);
        var copy = run.Engine.Find("cq", "c");

        Assert.Throws<ArgumentOutOfRangeException>(() => run.Engine.Begin(new StepTime(4_999_999, 1, 9)));
        Assert.Throws<ArgumentException>(() => run.Engine.Publish(copy, new EventBlock(run.Engine.SchemaOf(copy)), run));
        Assert.Throws<ArgumentException>(() => run.Engine.Publish(
            run.Engine.Find("cq", "s"), new EventBlock(new Schema([new Field("y", FieldType.Int64, true)])), run));
    }

    [Fact]
    public void A_pair_that_a_splitter_parts_becomes_an_insert_and_a_delete()
    {
        var run = new EngineRun(EngineRun.Query("""
            <window-source name='s'><schema-string>id*:int64,x:double</schema-string>
              <splitter-expr><expression>x > 10</expression></splitter-expr></window-source>
            <window-copy name='low'/><window-copy name='high'/><window-copy name='all'/>
            """, "s>low:0 s>high:1 s>all:-1"));
        run.Publish("s", "i,n,1,5", "u,n,1,50", "u,n,1,60", "d,n,1,");

        Assert.Equal(["I,N,1,5", "D,N,1,5"], run.Take("low"));
        Assert.Equal(["I,N,1,50", "UB,N,1,60", "D,N,1,50", "D,N,1,60"], run.Take("high"));
        Assert.Equal(6, run.Take("all").Length);
    }

    private static EdgeDefinition Edge(string source, string target) => new(source, target, "", null, default);
}
