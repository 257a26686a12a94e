namespace Lockstep.Engine.Tests.Windows.Models;

/// <summary>Model-supervisor windows: which models are kept, and when they are handed on.</summary>
public sealed class ModelSupervisorTests
{
    private static string Model(string attributes, string algorithm = "KMEANS") => EngineRun.Query($"""
        <window-source name="s" insert-only="true" index="pi_EMPTY"><schema-string>id*:int64,x:double</schema-string></window-source>
        <window-source name="ask" insert-only="true" index="pi_EMPTY"><schema-string>id*:int64,name:string,value:string</schema-string></window-source>
        <window-train name="t" algorithm="KMEANS"><parameters><properties><property name="nClusters">1</property><property name="nInit">1</property>
          <property name="commitInterval">1</property></properties></parameters>
          <input-map><properties><property name="inputs">x</property></properties></input-map></window-train>
        <window-model-supervisor name="keep" {attributes}/>
        <window-score name="c"><schema-string>id*:int64,distance:double,model:int64</schema-string><models><online algorithm="{algorithm}">
          <input-map><properties><property name="inputs">x</property></properties></input-map>
          <output-map><properties><property name="minDistanceOut">distance</property><property name="modelIdOut">model</property></properties></output-map>
        </online></models></window-score>
        """, "s>t t>keep ask>keep keep>c s>c");

    private static void Feed(EngineRun run, params string[] lines)
    {
        foreach (var line in lines)
        {
            run.Publish("s", line);
        }
    }

    [Fact]
    public void Models_are_handed_on_as_they_come()
    {
        var run = new EngineRun(Model("deployment-policy='immediate'"));
        Feed(run, "i,n,1,4", "i,n,2,4", "i,n,3,4");

        Assert.Equal(["I,N,0,cq/t#0,cq/t,1,0,-", "I,N,1,cq/t#1,cq/t,2,0,-", "I,N,2,cq/t#2,cq/t,3,0,-"], run.Take("keep"));
        Assert.NotEmpty(run.Take("c"));
    }

    [Fact]
    public void Models_leave_on_demand_and_the_oldest_are_given_up()
    {
        var run = new EngineRun(Model("deployment-policy='on-demand' capacity='2'"));
        Feed(run, "i,n,1,4", "i,n,2,4", "i,n,3,4");
        Assert.Empty(run.Take("keep"));
        Assert.Empty(run.Take("c"));

        run.Publish("ask", "i,n,1,action,send", "i,n,2,model,1", "i,n,3,,");
        Assert.Equal(["I,N,1,cq/t#1,cq/t,2,0,-"], run.Take("keep"));
        Feed(run, "i,n,4,4");
        Assert.Equal(["I,N,4,0,1"], run.Take("c"));

        // Model 1 went when model 3 came; without a model the newest is meant.
        run.Publish("ask", "i,n,4,model,1", "i,n,5,,");
        Assert.Empty(run.Take("keep"));
        Assert.Contains("model '1', which is not kept. Kept are cq/t#2, cq/t#3", string.Join('\n', run.BadEvents), StringComparison.Ordinal);
        run.Publish("ask", "i,n,6,,");
        Assert.Equal(["I,N,3,cq/t#3,cq/t,4,0,-"], run.Take("keep"));
        run.Publish("ask", "i,n,7,action,remove", "i,n,8,,", "i,n,9,,");
        Assert.Equal(["I,N,2,cq/t#2,cq/t,3,0,-"], run.Take("keep"));
    }

    [Fact]
    public void Restored_windows_hand_on_what_was_kept()
    {
        var model = Model("deployment-policy='on-demand'");
        var run = new EngineRun(model);
        Feed(run, "i,n,1,4", "i,n,2,6");
        run.Publish("ask", "i,n,1,model,0");
        var restored = RestoredRun.Of(run, model);
        foreach (var engine in new[] { run, restored })
        {
            engine.Publish("ask", "i,n,2,,");
            Feed(engine, "i,n,3,5");
            Assert.Equal(["I,N,0,cq/t#0,cq/t,1,0,-"], engine.Take("keep"));
            Assert.Equal(["I,N,3,1,0"], engine.Take("c"));
        }

        Assert.Equal(run.Engine.Digest(), restored.Engine.Digest());
    }

    [Fact]
    public void A_supervisor_needs_models_that_fit()
    {
        var model = Model("");
        foreach (var wrong in new[] { Model("", "DBSCAN"), model.Replace("source=\"t\"", "source=\"ask\"", StringComparison.Ordinal) })
        {
            Assert.Contains(Lockstep.Engine.Execution.ProjectEngine.Build(EngineRun.Read(wrong)).Problems, p => p.Code == "LS2305");
        }
    }
}
